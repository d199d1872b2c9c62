"""A class on worker processes of this machine: the same records and marks as without them, whatever happens to them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import toy
from workers.conftest import of_course
from workflow.classes import FakeSandbox, graded, marks
from workflow.test_workflow_shards import told_of

from harness.grading.results import ClassResult
from harness.workers.asked import Asked
from harness.workers.cluster import DaskCluster
from harness.workflow.grade import grade

CLASS = {
    "ann": toy.GOOD,
    "bob": toy.GOOD + "\n# Bob's\n",
    "cy": toy.UNTRAINABLE,
    "dee": toy.SYNTAX_ERROR,
    "eve": toy.GOOD,  # the same work as Ann's
}


def on_workers(folder: Path, course: Path, workers: int = 2, told: Any = None, **changes: Any) -> ClassResult:
    chosen = of_course(folder, course, **changes)
    said = told if told is not None else []
    return grade(folder / "class", chosen, lambda board, plan: None, said.append, DaskCluster(Asked(local=workers)))


def written(folder: Path, sources: Mapping[str, str] = CLASS) -> Path:
    toy.write_class(folder / "class", sources)
    return folder


def test_two_workers_come_to_what_one_machine_does(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox
) -> None:
    written(tmp_path)
    said: list[str] = []
    elsewhere = on_workers(tmp_path, course, told=said, out=tmp_path / "elsewhere")
    here = graded(tmp_path / "class", of_course(tmp_path, course))
    assert told_of(elsewhere) == told_of(here)
    assert marks(elsewhere) == marks(here)
    assert len([*pretending_workers.glob("worker *")]) == 2
    assert said == []
