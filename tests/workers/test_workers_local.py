"""A class on worker processes of this machine: the same records and marks as without them, whatever happens to them."""

from pathlib import Path
from typing import Any

import toy
from workers.conftest import of_course, written
from workflow.classes import FakeSandbox, fault_of, graded, marks
from workflow.test_workflow_shards import told_of

from harness.grading.results import ClassResult
from harness.workers.asked import Asked
from harness.workers.cluster import DaskCluster
from harness.workflow.grade import grade


def on_workers(folder: Path, course: Path, workers: int = 2, told: Any = None, **changes: Any) -> ClassResult:
    chosen = of_course(folder, course, **changes)
    said = told if told is not None else []
    return grade(folder / "class", chosen, lambda board, plan: None, said.append, DaskCluster(Asked(local=workers)))


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


def test_lost_workers_cost_nothing_and_blame_the_one_that_loses_them(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox
) -> None:
    sources = {
        "ann": toy.GOOD,
        "bob": toy.GOOD + "# kills once\n",
        "cy": toy.GOOD + "# kills\n",
        "dee": toy.GOOD + "# fails once\n",
        "eve": toy.GOOD + "# Eve's\n",
    }
    written(tmp_path, sources)
    lossy = on_workers(tmp_path, course, out=tmp_path / "lossy")
    assert fault_of(lossy, "cy").owner == "harness"
    assert "lost" in fault_of(lossy, "cy").message
    assert len([*pretending_workers.glob("worker *")]) == 2 + 1 + 3, "one was lost by Bob's work, three by Cy's"
    assert (pretending_workers / "failed").exists()
    here = marks(graded(tmp_path / "class", of_course(tmp_path, course)))
    well = {name: marks(lossy)[name] for name in ("ann", "bob", "dee", "eve")}
    assert well == {name: here[name] for name in well}
