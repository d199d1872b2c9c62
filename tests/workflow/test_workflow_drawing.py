"""Figures of a class that was never drawn: by several processes, each once, and never in the way of the marks."""

from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import toy
from workflow.classes import FakeSandbox, NoLauncher, graded, options, truth, undrawn

from harness.grading.results import ClassResult
from harness.records.models import Measurement
from harness.records.store import Records
from harness.task import Task
from harness.workflow import drawing
from harness.workflow.pictures import drawn_before

NAMES = {f"student {i}": f"{toy.GOOD}\n# {i}" for i in range(3)}


@pytest.fixture
def class_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClassResult:
    """A graded class in `out` whose figures are gone."""
    monkeypatch.setattr("harness.workflow.execute.run_job", FakeSandbox(truth()))
    monkeypatch.setattr("harness.workflow.machine.launcher", lambda *_: NoLauncher())
    undrawn(monkeypatch)
    result = graded(toy.write_class(tmp_path / "class", NAMES), options(tmp_path))
    for file in (tmp_path / "out" / "records" / "figures").iterdir():
        file.unlink()
    return result


def kept(records: Records, result: ClassResult) -> list[Any]:
    return [drawn_before(records, task.measurements) for student in result.students for task in student.tasks]


@pytest.mark.parametrize(("few", "processes", "there"), [(0, 2, True), (0, 1, False), (24, 2, False)])
def test_many_are_drawn_by_several_processes_and_a_few_are_left_to_the_report(
    class_: ClassResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int, processes: int, there: bool
) -> None:
    monkeypatch.setattr(drawing, "FEW", few)
    records = Records(tmp_path / "out", create=False)
    drawing.draw_class(records, toy.REGISTRY, class_, processes)
    found = kept(records, class_)
    assert [bool(figures) for figures in found] == [there] * len(NAMES)
    records.close()


def test_the_end_of_a_run_waits_for_no_picture_that_is_not_begun_and_none_is_missing(
    tmp_path: Path, sandbox: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, begun = Event(), list[Task]()

    class Over(Event):
        def set(self) -> None:
            super().set()
            ended.set()

    def until_the_end(records: Records, task: Task, measurements: Sequence[Measurement]) -> None:
        begun.append(task)
        assert ended.wait(60)

    monkeypatch.setattr("harness.workflow.measure.Event", Over)
    monkeypatch.setattr("harness.workflow.measure.figures_of", until_the_end)
    result = graded(toy.write_class(tmp_path / "class", NAMES), options(tmp_path))
    assert len(begun) <= 1
    records = Records(tmp_path / "out", create=False)
    assert all(kept(records, result))
    records.close()


def test_a_figure_that_cannot_be_drawn_is_left_to_the_report(
    class_: ClassResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Sequence[Any]:
        raise ValueError

    monkeypatch.setattr(drawing, "FEW", 0)
    monkeypatch.setattr(drawing, "recorded", broken)
    records = Records(tmp_path / "out", create=False)
    drawing.draw_class(records, toy.REGISTRY, class_, 2)
    assert kept(records, class_) == [None] * len(NAMES)
    records.close()
