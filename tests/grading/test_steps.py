"""A band that is a step gives all points at the target and none before, and says so."""

import math
from collections.abc import Callable

import pytest
from grading.marking import BEATS, HIGHER, LOWER, rubric_of

from harness.grading.marks import mark
from harness.grading.results import CriterionResult
from harness.grading.rubric_model import Band, Rubric
from harness.records.models import Measurement
from harness.task import Task

Make = Callable[..., Measurement]


def stepped(settings: dict[str, object], task: Task, *runs: Measurement) -> CriterionResult:
    (criterion,) = rubric_of(settings).criteria
    band = Band(target=criterion.profiles["quick"].target, step=True)
    changed = criterion.model_copy(update={"profiles": {"quick": band}})
    [result] = mark(Rubric(task="toy@2", criteria=[changed]), task, "quick", runs)
    return result


@pytest.mark.parametrize(("value", "earned"), [(0.95, 10), (0.95 - 1e-14, 10), (0.9499, 0), (0.0, 0), (math.nan, 0)])
def test_there_is_nothing_between_nothing_and_all(task: Task, measured: Make, value: float, earned: float) -> None:
    result = stepped(HIGHER, task, measured(test_accuracy=value))
    assert (result.earned, result.floor, result.target) == (earned, None, 0.95)


def test_lower_and_an_advantage_are_steps_too(task: Task, measured: Make) -> None:
    assert stepped(LOWER, task, measured(mse=0.02)).earned == 10
    assert stepped(LOWER, task, measured(mse=0.0201)).earned == 0
    runs = measured("plain", test_accuracy=0.9), measured("deep", test_accuracy=0.911)
    assert stepped(BEATS, task, *runs).earned == 10
    less = stepped(BEATS, task, measured("plain", test_accuracy=0.9), measured("deep", test_accuracy=0.905))
    assert less.earned == 0
    assert less.reason.endswith("the target is 0.01. Points are given there and not before.")


def test_the_card_says_that_it_is_one(task: Task, measured: Make) -> None:
    short = stepped(HIGHER, task, measured(test_accuracy=0.9499)).reason
    assert short == "Test accuracy of 0.9499 does not reach the target 0.95. Points are given there and not before."
    assert stepped(HIGHER, task, measured(test_accuracy=0.96)).reason == (
        "Test accuracy of 0.96 reaches the target 0.95."
    )
