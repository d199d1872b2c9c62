"""A course of the toy task that workers can load, and workers that only pretend to train."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dask
import pytest
import toy
from workers import pretending
from workflow.classes import FakeSandbox, answered_by, options, truth

from harness.course.found import read_course
from harness.workflow.options import Options

CLASS = {
    "ann": toy.GOOD,
    "bob": toy.GOOD + "\n# Bob's\n",
    "cy": toy.UNTRAINABLE,
    "dee": toy.SYNTAX_ERROR,
    "eve": toy.GOOD,  # the same work as Ann's
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Return the folder of a course with the toy task."""
    folder = tmp_path / "course"
    (folder / "tasks").mkdir(parents=True)
    (folder / "course.yaml").write_text("name: Toys\n")
    (folder / "tasks" / "toy.py").write_text(Path(toy.__file__).read_text(encoding="utf-8"))
    return folder


@pytest.fixture
def pretending_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let every worker process pretend; yield the folder of signs."""
    folder = tmp_path / "signs"
    folder.mkdir()
    monkeypatch.setenv(pretending.FOLDER, str(folder))
    with dask.config.set({"distributed.worker.preload": [pretending.__file__]}):
        yield folder


def of_course(folder: Path, course: Path, **changes: Any) -> Options:
    """Return how to grade the course's toy task into `folder/out`."""
    found = read_course(course)
    return options(folder, **{"registry": found.tasks, "rooms": found.rooms, **changes})


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> FakeSandbox:
    """Let this process pretend too."""
    return answered_by(monkeypatch, FakeSandbox(truth()))


def written(folder: Path, sources: Mapping[str, str] = CLASS) -> Path:
    toy.write_class(folder / "class", sources)
    return folder
