"""Every way of writing that a library of today refuses is answered with today's spelling, beside real Keras."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from explain.idioms import TABLES
from explain.running import raised

from harness.explain.explained import MOST

CASES = [(kind, name) for kind, table in TABLES.items() for name in table]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have what a file writes lie in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    yield


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_an_idiom_is_answered_with_todays_spelling(tmp_path: Path, kind: str, name: str) -> None:
    code, words = TABLES[kind][name]
    said = raised(tmp_path, code)
    assert words in said
    assert said.startswith("work.py line ")
    assert len(said) <= MOST
    assert "site-packages" not in said and str(tmp_path) not in said
    assert "\n" not in said and "\x1b" not in said and " 0x" not in said
    assert re.fullmatch(r".*[\w)\]}'\"`.>…]", said)


# What looks like an idiom and is a student's own affair.
OWN = {
    "an argument of their own function": (
        "def head(units): ...\nhead(init=3)",
        "work.py line 2: TypeError: head() got",
    ),
    "an attribute of their own": ("class Config: ...\nConfig().lr", "work.py line 2: AttributeError: 'Config' object"),
    "a layer of their own": (
        "import keras\nclass Mine(keras.layers.Layer):\n    def __init__(self, n): ...\nMine(p=3)",
        "work.py line 4: TypeError: Mine.__init__() got",
    ),
    "a plain dictionary": ("{}.output_shape", "work.py line 1: AttributeError: 'dict' object"),
    "an index": ("outputs = []\noutputs[0]", "work.py line 2: IndexError: list index out of range"),
    "a value": ("int('output')", "work.py line 1: ValueError: invalid literal"),
    "a condition": ("assert 1 == 2, 'output'", "work.py line 1: AssertionError: output"),
}


@pytest.mark.parametrize("name", OWN)
def test_what_is_a_students_own_gets_no_sentence_of_keras(tmp_path: Path, name: str) -> None:
    code, words = OWN[name]
    assert raised(tmp_path, code).startswith(words)
