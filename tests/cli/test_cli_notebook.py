"""A class in which somebody hands in a notebook, graded as a user types it."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from intake.notebooks import executed, notebook
from typer.testing import Result
from workflow.classes import FakeSandbox, source

Harness = Callable[..., Result]

GRADE = ("grade", "class", "--rubrics", "rubrics", "--device", "cpu", "--jobs", "1")
CELLS = ("# Some text", "!pip install keras\n" + toy.GOOD, "model = build_model((4, 4, 1), 10, 8)\nmodel.fit(x, y)")


@pytest.fixture(autouse=True)
def in_class(toys: FakeSandbox, tmp_path: Path) -> Path:
    """A class of one file and one notebook that was run before it was handed in."""
    folder = toy.write_class(tmp_path / "class", {"bob": toy.GOOD})
    (folder / "ann").mkdir()
    (folder / "ann" / "toy.ipynb").write_bytes(executed(notebook(*CELLS)))
    return folder


def test_a_notebook_is_graded_as_a_file_is(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    done = harness(*GRADE, "--json")
    assert done.exit_code == 0, done.output
    ann, bob = json.loads(done.stdout)["students"]
    assert [t["earned"] for t in ann["tasks"]] == [t["earned"] for t in bob["tasks"]]
    card = (tmp_path / "results" / "cards" / "ann.html").read_text()
    for words in ("Taken from toy.ipynb (cell 2): build_model; 2 imports.", "cell 3", "!pip"):
        assert words in card
    trained = {source(job) for job in toys.jobs}
    assert len(trained) == 2
    assert not any("fit(" in text or "pip" in text for text in trained)


def test_what_was_taken_is_in_the_bundle(harness: Harness, tmp_path: Path) -> None:
    harness(*GRADE)
    assert harness("bundle", "ann").exit_code == 0
    with zipfile.ZipFile(tmp_path / "appeal-ann.zip") as bundle:
        (path,) = (name for name in bundle.namelist() if name.endswith("toy.py"))
        text = bundle.read(path).decode()
    assert text.startswith("# Taken from a notebook")
    assert "# cell 2\nimport keras" in text


def test_a_notebook_run_again_is_not_trained_again(harness: Harness, toys: FakeSandbox, in_class: Path) -> None:
    harness(*GRADE)
    before = len(toys.jobs)
    (in_class / "ann" / "toy.ipynb").write_bytes(notebook(*CELLS))
    assert harness(*GRADE).exit_code == 0
    assert len(toys.jobs) == before


def test_a_cell_that_is_not_python_is_told_and_the_class_goes_on(
    harness: Harness, in_class: Path, tmp_path: Path
) -> None:
    (in_class / "ann" / "toy.ipynb").write_bytes(notebook("x = 1", "def build_model(\n"))
    done = harness(*GRADE)
    assert done.exit_code == 1
    card = (tmp_path / "results" / "cards" / "ann.html").read_text()
    assert "toy.ipynb cell 2 line 1 is not valid Python" in card
    assert "bob" in done.stdout
