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
