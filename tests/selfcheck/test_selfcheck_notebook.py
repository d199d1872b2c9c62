"""`harness.check(build_model)` in a notebook: from source, in the sandbox, with the card shown."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import toy
from selfcheck.made import Pretended, write_work

import harness
from harness.errors import UsageError
from harness.selfcheck.closure import source_of

CELL = '''\
import math
from collections import OrderedDict as Ordered

import numpy as np

WIDTH = 3
TABLE = {"a": (1, 2.5, None)}
memory = np.zeros(3)
model = memory


class Block:
    """A block."""

    size = WIDTH

    def half(self):
        return math.ceil(self.size / 2)


def helper(n):
    return Block().half() * n


def build_model(input_shape, num_classes, units=WIDTH):
    model = Ordered()
    model["x"] = helper(units) if units else other(TABLE)
    return model


def other(table):
    return build_model(1, 2)


def greedy(x):
    return memory + x
'''


@pytest.fixture
def cell(tmp_path: Path) -> ModuleType:
    """Return a module that stands in for a notebook's `__main__`."""
    path = tmp_path / "cells.py"
    path.write_text(CELL)
    module = ModuleType("cells")
    exec(compile(CELL, str(path), "exec"), vars(module))
    return module


def test_what_a_function_names_comes_along_and_runs_the_same(cell: ModuleType) -> None:
    source = source_of({"build_model": cell.build_model})
    again: dict[str, Any] = {}
    exec(source.text, again)
    assert again["build_model"](1, 2) == cell.build_model(1, 2) == {"x": 6}
    assert again["build_model"](1, 2, 4) == {"x": 8}
    assert "greedy" not in source.text
    assert "np" not in source.taken
    assert set(source.taken.split(", ")) >= {"math", "Ordered", "WIDTH", "TABLE", "Block", "helper", "other"}


def test_a_local_variable_is_not_what_lies_in_memory_under_its_name(cell: ModuleType) -> None:
    assert "model = " in source_of({"build_model": cell.build_model}).text, "model is a local variable there"


def test_what_lies_in_memory_is_refused_by_name(cell: ModuleType) -> None:
    with pytest.raises(UsageError, match=r"greedy.*'memory', a ndarray"):
        source_of({"greedy": cell.greedy})


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a notebook's `__main__` with a sound builder, in a folder with rubrics."""
    write_work(tmp_path)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "cell.py"
    path.write_text(toy.GOOD)
    module = ModuleType("cell")
    exec(compile(toy.GOOD, str(path), "exec"), vars(module))
    return module


def test_it_prints_contract_and_criteria_and_shows_the_card(
    fake: Pretended,
    notebook: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr("builtins.display", shown.append, raising=False)
    assert harness.check(notebook.build_model, rubrics="rubrics") is None
    printed = capsys.readouterr().out
    assert "Taken: keras, layers, build_model." in printed
    assert "80 / 80 points" in printed
    (card,) = shown
    frame = card._repr_html_()
    assert frame.startswith("<iframe sandbox srcdoc=")
    assert "<html" not in frame, "the page is escaped inside the frame"
    assert {job.files["toy.py"].decode() for job in fake.jobs} == {
        source_of({"build_model": notebook.build_model}).text
    }


def test_contract_only_trains_nothing(
    fake: Pretended, notebook: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    harness.check(notebook.build_model, contract=True, rubrics="rubrics")
    assert "build_model(input_shape, num_classes, units)" in capsys.readouterr().out
    assert not fake.trained()


def build_modle(x: int) -> int:
    return x


@pytest.mark.parametrize(
    ("functions", "task", "words"),
    [
        ((build_modle,), "", "Known: toy (build_model)"),
        ((), "", "harness.check(build_model)"),
        ((3,), "", "received something else"),
        ((build_modle,), "toi", "Did you mean 'toy'?"),
    ],
)
def test_a_mistake_is_one_sentence(
    fake: Pretended,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    functions: tuple[Callable[..., Any], ...],
    task: str,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    harness.check(*functions, task=task)
    printed = capsys.readouterr().out
    assert printed.startswith("harness: ")
    assert words in printed
    assert not fake.jobs


def test_importing_the_package_stays_light() -> None:
    code = "import sys, harness; print(*{'numpy', 'pydantic', 'rich', 'keras', 'IPython'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout.strip() == ""
    with pytest.raises(AttributeError, match="chek"):
        harness.chek  # noqa: B018
