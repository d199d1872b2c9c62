"""Figures of a class that was never drawn: by several processes, each once, and never in the way of the marks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import toy
from workflow.classes import FakeSandbox, NoLauncher, graded, options, truth, undrawn

from harness.grading.results import ClassResult
from harness.records.store import Records
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
