"""An advantage counts only where both sides are good by themselves: two spoilt networks prove nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from grading.made import made_baseline

from harness.grading.decisions import more_seeds
from harness.grading.marks import mark
from harness.grading.results import CriterionResult
from harness.grading.rubric_model import Band, Criterion, Rubric
from harness.records.models import Measurement
from harness.task import Measure, NaiveAnswer, Task

LINEAR = NaiveAnswer("plain.test_accuracy", "logistic regression on pixels", "quick", 0.87)
Measured = Callable[..., Measurement]


@pytest.fixture
def task(task: Task) -> Task:
    gap = Measure("gap", "training minus test accuracy", "lower")
    return replace(task, naive=(LINEAR,), measures=(*task.measures, gap))


def comparison(measure: str, over: str, band: Band, **more: str) -> Rubric:
    better = "lower" if measure.endswith(("mse", "gap")) else "higher"
    given = {"id": "c", "text": "It.", "points": 10, "measure": measure, "over": over, "better": better, **more}
    return Rubric(task="toy@2", criteria=[Criterion.model_validate({**given, "profiles": {"quick": band}})])


def marked(rubric: Rubric, task: Task, runs: Sequence[Measurement]) -> CriterionResult:
    (result,) = mark(rubric, task, "quick", runs)
    return result


def test_an_improvement_over_a_spoilt_variant_earns_nothing(task: Task, measured: Measured) -> None:
    """A decoder that throws a short code away makes everything look like an improvement over it."""
    rubric = comparison("deep.mse", "plain.mse", Band(target=0.004, floor=0.001, naive=0.0266))
    spoilt = marked(rubric, task, [measured("plain", mse=0.231), measured("deep", mse=0.02)])
    assert (spoilt.earned, spoilt.hint) == (0, "")
    assert "both have to be better than 0.0266 in MSE, what an answer without learning reaches" in spoilt.reason
    assert spoilt.reason.endswith("plain reaches 0.231.")
    sound = marked(rubric, task, [measured("plain", mse=0.0186), measured("deep", mse=0.0126)])
    assert sound.earned == 10 and "counts for nothing" not in sound.reason


def test_a_gap_counts_by_the_accuracy_beside_it(task: Task, measured: Measured) -> None:
    """Networks that do not learn have no gap at all."""
    band = Band(target=0.01, naive=0.87)
    rubric = comparison("deep.gap", "plain.gap", band, level="test_accuracy")
    runs = [measured("plain", gap=0.02, test_accuracy=0.13), measured("deep", gap=0.0, test_accuracy=0.11)]
    spoilt = marked(rubric, task, runs)
    assert spoilt.earned == 0
    assert "better than 0.87 in test accuracy, what logistic regression on pixels reaches" in spoilt.reason
    assert "plain reach 0.11 and 0.13" in spoilt.reason
    fine = [measured("plain", gap=0.05, test_accuracy=0.93), measured("deep", gap=0.01, test_accuracy=0.94)]
    assert marked(rubric, task, fine).earned == 10


def test_being_as_good_as_the_naive_answer_is_not_beating_it(task: Task, measured: Measured) -> None:
    rubric = comparison("deep.test_accuracy", "plain.test_accuracy", Band(target=0.01, naive=0.87))
    runs = [measured("plain", test_accuracy=0.87), measured("deep", test_accuracy=0.95)]
    assert marked(rubric, task, runs).earned == 0


def test_a_side_that_is_meant_to_fail_or_is_the_harness_s_has_nothing_to_beat(task: Task, measured: Measured) -> None:
    zero = replace(task, variants=tuple(replace(v, learns=v.name != "plain") for v in task.variants))
    over_zero = comparison("deep.test_accuracy", "plain.test_accuracy", Band(target=0.5, naive=0.87))
    runs = [measured("plain", test_accuracy=0.1), measured("deep", test_accuracy=0.93)]
    assert marked(over_zero, zero, runs).earned == 10
    over_given = comparison("deep.test_accuracy", "pca.test_accuracy", Band(target=0.01, naive=0.87))
    runs = [measured("pca", test_accuracy=0.5), measured("deep", test_accuracy=0.93)]
    assert marked(over_given, task, runs).earned == 10
    weak = marked(over_given, task, [measured("pca", test_accuracy=0.5), measured("deep", test_accuracy=0.8)])
    assert weak.earned == 0 and "as deep has to be better than 0.87" in weak.reason


def test_a_side_near_the_naive_answer_is_tried_under_more_seeds(task: Task, measured: Measured) -> None:
    rubric = comparison("deep.test_accuracy", "plain.test_accuracy", Band(target=0.01, naive=0.87))
    reached = {"plain.test_accuracy": [0.92, 0.93, 0.94], "deep.test_accuracy": [0.96, 0.975, 0.98]}
    baseline = made_baseline(task, reached)

    def asked(plain: float) -> dict[str, str]:
        runs = [measured("plain", test_accuracy=plain), measured("deep", test_accuracy=0.99)]
        return more_seeds(rubric, task, "quick", runs, baseline=baseline)

    assert asked(0.92) == {}
    assert asked(0.875)["plain"] == "c: plain.test_accuracy of 0.875 is only 0.5 sd better than 0.87"
    assert asked(0.86)["deep"] == "c: plain.test_accuracy of 0.86 is no better than 0.87"


def test_the_median_of_three_seeds_decides_about_a_side_too(task: Task, measured: Measured) -> None:
    rubric = comparison("deep.test_accuracy", "plain.test_accuracy", Band(target=0.01, naive=0.87))
    plain = [measured("plain", seed=s, test_accuracy=v) for s, v in ((1, 0.86), (2, 0.9), (3, 0.91))]
    deep = [measured("deep", seed=s, test_accuracy=0.95) for s in (1, 2, 3)]
    assert marked(rubric, task, [*plain, *deep]).earned == 10
