"""A class on worker processes of this machine: the same records and marks as without them, whatever happens to them."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
import toy
from workers.conftest import of_course, written
from workflow.classes import FakeSandbox, fault_of, graded, marks
from workflow.test_workflow_shards import told_of

from harness.grading.results import ClassResult
from harness.sandbox import detect
from harness.workers.asked import Asked
from harness.workers.cluster import DaskCluster
from harness.workers.connection import Connection
from harness.workflow.grade import grade
from harness.workflow.plan import ClassPlan
from harness.workflow.schedule import Board


def quiet(board: Board, plan: ClassPlan) -> None:
    """Show nothing."""


def on_workers(
    folder: Path, course: Path, workers: int = 2, told: Any = None, show: Any = quiet, **changes: Any
) -> ClassResult:
    chosen = of_course(folder, course, **changes)
    said = told if told is not None else []
    return grade(folder / "class", chosen, show, said.append, DaskCluster(Asked(local=workers)))


def test_two_workers_come_to_what_one_machine_does(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver has neither backend nor sandbox nor data."""
    written(tmp_path)
    said: list[str] = []
    with monkeypatch.context() as bare:
        for name in ("tensorflow", "keras", "jax", "torch"):
            bare.setitem(sys.modules, name, None)
        bare.setattr(detect, "strongest", never)
        bare.setattr("harness.workflow.context.load", never)
        elsewhere = on_workers(tmp_path, course, told=said, out=tmp_path / "elsewhere")
    here = graded(tmp_path / "class", of_course(tmp_path, course))
    assert told_of(elsewhere) == told_of(here)
    assert marks(elsewhere) == marks(here)
    assert len([*pretending_workers.glob("worker *")]) == 2
    assert said == []
    again = on_workers(tmp_path, course, 1, out=tmp_path / "elsewhere")
    assert told_of(again) == told_of(here)


def never(*_: object) -> Any:
    raise AssertionError("nothing runs here")


@pytest.mark.slow
def test_ctrl_c_ends_the_command_and_its_workers(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox
) -> None:
    written(tmp_path, {"ann": toy.GOOD, "bob": toy.GOOD + "# waits\n"})

    def show(board: Board, plan: ClassPlan) -> None:
        if [*pretending_workers.glob("waiting *")] and board.done >= 4:  # the naive variant, and all of Ann's
            for pid in [os.getpid(), *workers_in(pretending_workers)]:  # as a terminal does
                os.kill(pid, signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        on_workers(tmp_path, course, show=show)
    assert not any(map(psutil.pid_exists, workers_in(pretending_workers)))
    (pretending_workers / "go on").touch()
    (done,) = (s for s in on_workers(tmp_path, course).students if s.name == "ann")
    assert done.tasks[0].earned is not None


@pytest.mark.slow
def test_what_stands_behind_a_unit_that_takes_long_is_done_by_another_worker(
    tmp_path: Path, course: Path, pretending_workers: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_back, forget = list[int](), Connection.forget
    monkeypatch.setattr(Connection, "forget", lambda self, call: (taken_back.append(call), forget(self, call)))
    short = {name: f"{toy.GOOD}\n# {name}\n" for name in ("ann", "bob", "cy", "dee")}
    written(tmp_path, {**short, "zoe": toy.GOOD + "# waits\n"})

    def show(board: Board, plan: ClassPlan) -> None:
        if [unit.student for unit in board.running] == [len(short)] and board.done >= 3 * len(short):
            (pretending_workers / "go on").touch()  # nothing is left but what waits

    elsewhere = on_workers(tmp_path, course, show=show, out=tmp_path / "elsewhere", seeds=[1])
    assert taken_back
    assert marks(elsewhere) == marks(graded(tmp_path / "class", of_course(tmp_path, course, seeds=[1])))


def workers_in(signs: Path) -> list[int]:
    return [int(path.name.split()[1]) for path in signs.glob("worker *")]


@pytest.mark.slow
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
    said: list[str] = []
    lossy = on_workers(tmp_path, course, told=said, out=tmp_path / "lossy")
    assert fault_of(lossy, "cy").owner == "harness"
    assert "lost" in fault_of(lossy, "cy").message and fault_of(lossy, "cy").kind == "lost"
    assert sum("was lost" in sentence and "costs no marks" in sentence for sentence in said) == 1
    lost = len([*pretending_workers.glob("worker *")]) - 2
    assert lost in (1 + 2, 1 + 3), "one by Bob's work, two by Cy's alone, and one before if Bob's did not take it along"
    assert (pretending_workers / "failed").exists()
    here = marks(graded(tmp_path / "class", of_course(tmp_path, course)))
    well = {name: marks(lossy)[name] for name in ("ann", "bob", "dee", "eve")}
    assert well == {name: here[name] for name in well}
