"""Criteria to mark by, and one of them marked."""

import math

from harness.grading.marks import mark
from harness.grading.results import CriterionResult
from harness.grading.rubric import Criterion, Rubric
from harness.grading.rubric_model import Band
from harness.records.models import Fault, Measurement
from harness.task import Task

NAN, INF = math.nan, math.inf
HIGHER = {"measure": "plain.test_accuracy", "better": "higher", "target": 0.95, "floor": 0.85}
LOWER = {"measure": "plain.mse", "better": "lower", "target": 0.02, "floor": 0.04}
BEATS = {"measure": "deep.test_accuracy", "over": "plain.test_accuracy", "better": "higher", "target": 0.01}


def rubric_of(*settings: dict[str, object]) -> Rubric:
    criteria = []
    for index, given in enumerate(settings):
        keys = dict(given)
        if not keys.get("manual"):
            band = Band.model_validate({k: keys.pop(k) for k in ("target", "floor") if k in keys})
            keys["profiles"] = {"quick": band}
        criteria.append(Criterion.model_validate({"id": f"c{index}", "text": "T", "points": 10, **keys}))
    return Rubric(task="toy@2", criteria=criteria)


def one(
    settings: dict[str, object], task: Task, runs: list[Measurement], fault: Fault | None = None
) -> CriterionResult:
    [result] = mark(rubric_of(settings), task, "quick", runs, task_fault=fault)
    return result
