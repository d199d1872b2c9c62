"""Marks that a student could dispute: bands, seeds, comparisons, and what is passed on."""

import json
import math
import statistics
from collections.abc import Callable

import pytest
from grading.marking import BEATS, HIGHER, INF, LOWER, NAN, one, rubric_of

from harness.errors import UsageError
from harness.grading.baseline_build import build_baseline
from harness.grading.marks import mark, share_of_band, task_result
from harness.grading.results import TaskResult
from harness.grading.rubric import Rubric
from harness.grading.seeds import Gap, Value, decide
from harness.grading.words import beside, number, percent
from harness.records.models import Fault, Measurement, Status
from harness.task import Task

Make = Callable[..., Measurement]


@pytest.mark.parametrize(
    ("target", "floor", "value", "share"),
    [
        (0.95, 0.85, 0.95, 1.0),
        (0.95, 0.85, 0.97, 1.0),
        (0.95, 0.85, 0.90, 0.5),
        (0.95, 0.85, 0.85, 0.0),
        (0.95, 0.85, 0.10, 0.0),
        (0.95, 0.85, 0.95 - 1e-13, 1.0),
        (0.95, 0.85, 0.95 - 1e-9, 1.0 - 1e-8),
        (0.95, 0.85, NAN, 0.0),
        (0.95, 0.85, INF, 1.0),
        (0.95, 0.85, -INF, 0.0),
        (0.02, 0.04, 0.02, 1.0),
        (0.02, 0.04, 0.001, 1.0),
        (0.02, 0.04, 0.03, 0.5),
        (0.02, 0.04, 0.04, 0.0),
        (0.02, 0.04, 5.0, 0.0),
        (0.02, 0.04, NAN, 0.0),
        (0.02, 0.04, INF, 0.0),
        (0.02, 0.04, -INF, 1.0),
        (475.0, 20.0, 475.0 * (1 - 1e-13), 1.0),
    ],
)
def test_points_follow_the_band(target: float, floor: float, value: float, share: float) -> None:
    assert share_of_band(value, target, floor) == pytest.approx(share, abs=1e-12)


def test_full_marks_are_exact_and_partial_marks_fail(task: Task, measured: Make) -> None:
    full = one(HIGHER, task, [measured(test_accuracy=0.1 + 0.85)])
    part = one(HIGHER, task, [measured(test_accuracy=0.9)])
    assert (full.status, full.earned) == (Status.PASSED, 10)
    assert part.status is Status.FAILED and part.earned == pytest.approx(5)


@pytest.mark.parametrize(
    ("values", "better", "decided"),
    [
        ([0.9], "higher", 0.9),
        ([0.9, 0.8, 0.7], "higher", 0.8),
        ([0.9, 0.8], "higher", 0.8),
        ([0.9, 0.8], "lower", 0.9),
        ([1.0, 2.0, 3.0, 4.0], "higher", 2.0),
        ([1.0, 2.0, 3.0, 4.0], "lower", 3.0),
        ([0.9, NAN, 0.7], "higher", 0.7),
        ([0.1, NAN, 0.3], "lower", 0.3),
        ([0.9, NAN], "higher", NAN),
        ([NAN, NAN, 0.9], "higher", NAN),
        ([NAN, 0.1, 0.2, 0.3], "lower", 0.3),
        ([INF, 0.1, 0.2], "lower", 0.2),
        ([-INF, NAN, 0.5], "higher", -INF),
    ],
)
def test_the_median_decides_and_nan_is_the_worst(values: list[float], better: str, decided: float) -> None:
    for order in (values, values[::-1]):
        assert decide(order, better) == pytest.approx(decided, nan_ok=True)  # type: ignore[arg-type]


def test_the_median_is_the_one_python_names(several: list[float]) -> None:
    assert decide(several, "higher") == statistics.median_low(several)
    assert decide(several, "lower") == statistics.median_high(several)


@pytest.fixture(params=[[3.0, 1.0, 2.0], [4.0, 1.0, 3.0, 2.0], [1.0, 1.0, 5.0, 9.0, 2.0, 6.0]])
def several(request: pytest.FixtureRequest) -> list[float]:
    values: list[float] = request.param
    return values


def test_a_crash_is_worse_than_any_value_and_does_not_hide_behind_seeds() -> None:
    crash = Gap(Status.STUDENT_ERROR, counts=True, reason="It crashed.")
    later = Gap(Status.NOT_RUN, counts=True, reason="Not run.")
    open_ = Gap(Status.NOT_RUN, counts=False, reason="Not yet.")
    broken = Gap(Status.HARNESS_ERROR, counts=False, reason="Ours.")
    table: list[tuple[list[Value], Value]] = [
        ([0.9, crash, 0.8], 0.8),
        ([0.9, crash], crash),
        ([later, crash, 0.8], crash),
        ([0.9, open_], 0.9),
        ([open_, crash], crash),
        ([open_], open_),
        ([0.9, broken, 0.8], broken),
        ([crash, open_, broken], broken),
    ]
    for values, expected in table:
        assert decide(values, "higher") == expected


def test_seeds_are_kept_and_the_reason_says_how_many(task: Task, measured: Make) -> None:
    runs = [measured(seed=s, test_accuracy=v) for s, v in enumerate((0.80, 0.96, 0.912))]
    result = one(HIGHER, task, runs)
    assert result.values == [0.80, 0.96, 0.912] and result.value == 0.912
    assert result.reason == (
        "Test accuracy of 0.912 (median of 3 seeds) is 62 % of the way from the floor 0.85 to the target 0.95."
    )


def test_a_retry_replaces_the_try(task: Task, measured: Make, harness_fault: Fault) -> None:
    result = one(HIGHER, task, [measured(fault=harness_fault), measured(test_accuracy=0.96)])
    assert result.status is Status.PASSED and result.values == [0.96]


def test_measurements_of_another_version_or_profile_do_not_count(task: Task, measured: Make) -> None:
    run = measured(test_accuracy=0.96)
    old = [run.model_copy(update=other) for other in ({"version": 1}, {"profile": "full"}, {"task": "x"})]
    assert one(HIGHER, task, old).status is Status.NOT_RUN


@pytest.mark.parametrize(
    ("settings", "values", "reason"),
    [
        (HIGHER, {"test_accuracy": 0.97}, "Test accuracy of 0.97 reaches the target 0.95."),
        (HIGHER, {"test_accuracy": 0.949999}, "Test accuracy of 0.949999 is 99 % of the way"),
        (HIGHER, {"test_accuracy": 0.8501}, "Test accuracy of 0.8501 is less than 1 % of the way"),
        (
            HIGHER,
            {"test_accuracy": 0.5},
            "is no better than the floor 0.85, where marks begin",
        ),
        (HIGHER, {"test_accuracy": NAN}, "Test accuracy is not a number, which counts as the worst value"),
        (LOWER, {"mse": 0.035}, "MSE of 0.035 is 25 % of the way from the floor 0.04"),
        (LOWER, {"mse": INF}, "MSE of infinity is no better than the floor 0.04"),
    ],
)
def test_reasons_of_levels(
    task: Task, measured: Make, settings: dict[str, object], values: dict[str, float], reason: str
) -> None:
    assert reason in one(settings, task, [measured(**values)]).reason


def test_a_unit_is_named(task: Task, measured: Make) -> None:
    clock = {"measure": "plain.clock_error", "better": "lower", "target": 10, "floor": 180}
    assert "Clock error of 12.3 min is 98 % of" in one(clock, task, [measured(clock_error=12.34)]).reason


@pytest.mark.parametrize(
    ("deep", "plain", "advantage", "earned", "reason"),
    [
        (0.904, 0.9, 0.004, 4, "deep beats plain by 0.004 in test accuracy; the target is 0.01."),
        (0.92, 0.9, 0.02, 10, "deep beats plain by 0.02 in test accuracy, which reaches the target 0.01."),
        (0.91, 0.9, 0.01, 10, "which reaches the target 0.01."),
        (0.9, 0.9, 0.0, 0, "deep and plain are equal in test accuracy"),
        (0.85, 0.9, -0.05, 0, "deep is behind plain by 0.05 in test accuracy; the target is 0.01."),
        (NAN, 0.9, NAN, 0, "cannot be compared"),
        (0.9, NAN, NAN, 0, "cannot be compared"),
        (0.9, -INF, NAN, 0, "cannot be compared"),
    ],
)
def test_comparisons(
    task: Task, measured: Make, deep: float, plain: float, advantage: float, earned: float, reason: str
) -> None:
    runs = [measured("deep", test_accuracy=deep), measured("plain", test_accuracy=plain)]
    result = one(BEATS, task, runs)
    assert result.value == pytest.approx(advantage, nan_ok=True)
    assert result.earned == pytest.approx(earned)
    assert reason in result.reason


def test_a_comparison_of_errors_counts_less_as_more(task: Task, measured: Make) -> None:
    less = {"measure": "deep.mse", "over": "plain.mse", "better": "lower", "target": 0.02, "floor": 0.01}
    half = one(less, task, [measured("deep", mse=0.035), measured("plain", mse=0.05)])
    assert half.value == pytest.approx(0.015) and half.earned == pytest.approx(5)
    none = one(less, task, [measured("deep", mse=0.045), measured("plain", mse=0.05)])
    assert none.earned == 0 and "marks start above 0.01 and the target is 0.02" in none.reason


def test_a_comparison_pairs_by_seed_and_takes_the_median_advantage(task: Task, measured: Make) -> None:
    deep = {0: 0.90, 1: 0.80, 2: 0.70, 7: 0.99}
    plain = {2: 0.60, 1: 0.79, 0: 0.95, 5: 0.10}
    runs = [measured("deep", s, test_accuracy=v) for s, v in deep.items()]
    runs += [measured("plain", s, test_accuracy=v) for s, v in plain.items()]
    result = one(BEATS, task, runs)
    assert result.values == pytest.approx([-0.05, 0.01, 0.10])  # seeds 0, 1, 2; 5 and 7 have no partner
    assert result.value == pytest.approx(0.01) and result.status is Status.PASSED


def test_of_two_seeds_the_smaller_advantage_decides_also_when_lower_is_better(task: Task, measured: Make) -> None:
    less = {"measure": "deep.mse", "over": "plain.mse", "better": "lower", "target": 0.02}
    runs = [measured("plain", s, mse=0.05) for s in (0, 1)]
    runs += [measured("deep", 0, mse=0.01), measured("deep", 1, mse=0.04)]
    assert one(less, task, runs).value == pytest.approx(0.01)


def test_two_measures_of_one_variant_are_named_in_full(task: Task, measured: Make) -> None:
    same = {"measure": "deep.mse", "over": "deep.clock_error", "better": "lower", "target": 1}
    result = one(same, task, [measured("deep", mse=0.5, clock_error=1.0)])
    assert result.reason.startswith("deep.mse beats deep.clock_error by 0.5")


def test_a_manual_criterion_waits_for_a_person(task: Task, measured: Make) -> None:
    rubric = rubric_of(HIGHER, {"manual": True, "points": 25})
    result = task_result(rubric, task, "quick", [measured(test_accuracy=0.96)])
    waiting = result.criteria[1]
    assert waiting.manual and waiting.earned is None and waiting.reason == "A person marks this."
    assert (result.earned, result.possible, result.manual_points) == (10, 10, 25)


def test_a_criterion_without_a_band_for_the_profile_is_not_marked(
    task: Task, measured: Make, rubric_from: Callable[[str], Rubric], good: str
) -> None:
    full = measured(test_accuracy=0.99).model_copy(update={"profile": "full"})
    result = task_result(rubric_from(good), task, "full", [full])
    assert [c.id for c in result.criteria] == ["plain-accuracy", "discussion"]
    assert (result.earned, result.possible, result.status) == (40, 40, Status.PASSED)


def test_an_unknown_profile_is_a_usage_error(task: Task) -> None:
    with pytest.raises(UsageError, match="Did you mean 'quick'"):
        mark(rubric_of(HIGHER), task, "quik", [])


def test_hint_and_hidden_and_unit_are_passed_on(task: Task, measured: Make) -> None:
    clock = {"measure": "plain.clock_error", "better": "lower", "target": 10, "floor": 180}
    given = {**clock, "hint": "Combine to minutes.", "hidden": True}
    short = one(given, task, [measured(clock_error=90)])
    assert (short.hint, short.hidden, short.unit, short.better) == (
        "Combine to minutes.",
        True,
        "min",
        "lower",
    )
    assert one(given, task, [measured(clock_error=5)]).hint == ""


def test_the_reference_stands_beside_the_value_and_changes_no_marks(task: Task, measured: Make) -> None:
    reference = [measured(v, s, test_accuracy=a + s / 10) for s in (0, 1) for v, a in (("plain", 0.5), ("deep", 0.7))]
    baseline = build_baseline(task, "quick", reference, "2025-01-01")
    runs = [measured("plain", test_accuracy=0.9), measured("deep", test_accuracy=0.92)]
    rubric = rubric_of(HIGHER, BEATS, {"measure": "pca.mse", "better": "lower", "target": 1, "floor": 2})
    with_it = mark(rubric, task, "quick", runs, baseline=baseline)
    without = mark(rubric, task, "quick", runs)
    assert [c.reference for c in with_it] == [pytest.approx(0.55), pytest.approx(0.2), None]
    assert [(c.status, c.earned, c.reason) for c in with_it] == [(c.status, c.earned, c.reason) for c in without]


def test_results_survive_a_round_trip_as_json_even_with_nan(task: Task, measured: Make) -> None:
    result = task_result(rubric_of(HIGHER), task, "quick", [measured(test_accuracy=NAN)])
    again = TaskResult.model_validate_json(result.model_dump_json())
    assert math.isnan(again.criteria[0].value or 0)
    json.loads(result.model_dump_json())


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0068, "0.0068"),
        (0.95, "0.95"),
        (0.123456, "0.123"),
        (12345.6, "12346"),
        (475.0, "475"),
        (9.9996, "10"),
        (100.0, "100"),
        (-0.05, "-0.05"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.00002, "0.00002"),
        (1e-12, "1.00e-12"),
        (1e30, "1.00e+30"),
        (NAN, "not a number"),
        (-INF, "minus infinity"),
    ],
)
def test_numbers_read_well(value: float, text: str) -> None:
    assert number(value) == text


def test_a_share_never_reads_as_all_or_nothing() -> None:
    assert [percent(s) for s in (1e-9, 0.01, 0.62, 1 - 1e-12)] == ["less than 1 %", "1 %", "62 %", "99 %"]


def test_a_value_just_off_a_threshold_reads_so() -> None:
    assert beside(0.94996, 0.95, 0.5) == ["0.94996", "0.95", "0.5"]
    assert beside(0.95 - 1e-14, 0.95) == ["0.95", "0.95"]
    assert beside(0.9, 0.97125) == ["0.9", "0.97125"]
