"""Textbook designs, as a preflight trained them, earn by today's rubrics what a teacher would give.

`harness preflight` trains them anew; what they measured is kept, so that a rubric is tried on them at once.
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from harness import shipped
from harness.grading.baselines import load_baseline
from harness.grading.designs import BANDS, disorder, outside, percent_of
from harness.grading.marks import task_result
from harness.grading.results import TaskResult
from harness.records.models import Measurement
from harness.task import Task
from harness.tasks import find, names
from harness.workflow.standards import load_rubrics

KEPT: dict[str, Any] = json.loads(Path(__file__).with_name("designs.json").read_text(encoding="utf-8"))


def test_they_are_of_the_tasks_as_they_are() -> None:
    """After a new version: `harness preflight --task NAME --out OUT`, then `tools/design_rows.py` with OUT."""
    assert {name: kept["version"] for name, kept in KEPT.items()} == {name: find(name).version for name in names()}


@pytest.mark.parametrize("name", names())
def test_each_earns_what_its_band_says_and_more_than_the_one_before(name: str) -> None:
    earned = {design: percent_of([c for c in marked(name, design).criteria if not c.manual]) for design in BANDS}
    assert {design: outside(design, percent) for design, percent in earned.items()} == dict.fromkeys(BANDS, "")
    assert disorder(earned) == []


@cache
def marked(name: str, design: str) -> TaskResult:
    task, measurements = find(name), measured(name, design)
    baseline = load_baseline(shipped.folder("reference_models") / "baselines", task, "quick", "cpu")
    rubric = load_rubrics(None, {name: task})[name]
    return task_result(rubric, having(task, measurements), "quick", measurements, baseline=baseline)


def having(task: Task, measurements: list[Measurement]) -> Task:
    """Return the task with the variants of a submission: of candidates those that it handed in."""
    there = {m.variant for m in measurements}
    return replace(task, variants=tuple(v for v in task.variants if v.candidate is None or v.name in there))


def measured(name: str, design: str) -> list[Measurement]:
    kept = KEPT[name]
    same = {"key": "", "source": design, "task": name, "profile": "quick"}
    shared = {**same, "version": kept["version"], "provenance": kept["provenance"]}
    return [Measurement.model_validate({**shared, **row}) for row in kept["rows"][design]]
