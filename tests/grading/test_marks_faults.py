"""Whose fault a missing value is, what it costs, and what becomes of the task."""

from collections.abc import Callable

import pytest
from grading.marking import BEATS, HIGHER, LOWER, one, rubric_of

from harness.grading.marks import task_result
from harness.records.models import Fault, Measurement, Status
from harness.task import Task

Make = Callable[..., Measurement]


def test_the_students_fault_earns_nothing_and_says_why(task: Task, measured: Make, student_fault: Fault) -> None:
    result = one({**HIGHER, "hint": "Train less."}, task, [measured(fault=student_fault)])
    assert (result.status, result.earned) == (Status.STUDENT_ERROR, 0)
    assert result.value is None and result.hint == "", "the reason says what to mend"
    assert result.reason == "Training took longer than 60 s."


def test_what_was_measured_before_a_fault_still_counts(task: Task, measured: Make, student_fault: Fault) -> None:
    result = one(HIGHER, task, [measured(fault=student_fault, test_accuracy=0.96)])
    assert (result.status, result.earned) == (Status.PASSED, 10)


def test_a_harness_error_never_costs_marks(task: Task, measured: Make, harness_fault: Fault) -> None:
    runs = [
        measured("plain", test_accuracy=0.96, mse=0.03),
        measured("deep", fault=harness_fault),
    ]
    result = task_result(rubric_of(HIGHER, LOWER, {**BEATS, "points": 70, "hint": "H"}), task, "quick", runs)
    broken = result.criteria[2]
    assert (broken.status, broken.earned, broken.hint) == (Status.HARNESS_ERROR, None, "")
    assert (result.earned, result.possible) == (pytest.approx(15), 20)
    assert result.status is Status.HARNESS_ERROR


def test_a_harness_error_under_one_seed_of_three_leaves_the_criterion_open(
    task: Task, measured: Make, harness_fault: Fault
) -> None:
    runs = [measured(seed=0, test_accuracy=0.86), measured(seed=1, fault=harness_fault)]
    runs.append(measured(seed=2, test_accuracy=0.96))
    assert one(HIGHER, task, runs).earned is None


def test_a_value_missing_without_a_fault_is_the_harnesss_error(task: Task, measured: Make) -> None:
    result = one(LOWER, task, [measured(test_accuracy=0.9)])
    assert (result.status, result.earned) == (Status.HARNESS_ERROR, None)
    assert "'mse'" in result.reason


def test_what_was_not_run_is_charged_to_whoever_stopped_it(
    task: Task, measured: Make, student_fault: Fault, harness_fault: Fault
) -> None:
    skipped = measured("plain", not_run="Not run because deep failed")
    cases: list[tuple[list[Measurement], Fault | None, Status, float | None]] = [
        ([measured("deep", fault=student_fault)], None, Status.NOT_RUN, 0),
        ([measured("deep", seed=1, fault=student_fault)], None, Status.NOT_RUN, 0),
        ([measured("deep", fault=harness_fault)], None, Status.HARNESS_ERROR, None),
        ([measured("deep", fault=harness_fault)], student_fault, Status.NOT_RUN, 0),
        (
            [measured("deep", fault=harness_fault), measured("pca", seed=1, fault=student_fault)],
            None,
            Status.HARNESS_ERROR,
            None,
        ),
        (
            [measured("deep", fault=student_fault), measured("pca", seed=1, fault=harness_fault)],
            None,
            Status.NOT_RUN,
            0,
        ),
        ([], student_fault, Status.NOT_RUN, 0),
        ([], harness_fault, Status.HARNESS_ERROR, None),
        ([], None, Status.NOT_RUN, None),
    ]
    for others, fault, status, earned in cases:
        result = one(HIGHER, task, [skipped, *others], fault)
        assert (result.status, result.earned) == (status, earned)
        assert result.reason == "Not run because deep failed."


def test_a_submission_that_could_not_be_imported_earns_nothing(task: Task, student_fault: Fault) -> None:
    result = task_result(rubric_of(HIGHER, BEATS), task, "quick", [], task_fault=student_fault)
    assert (result.status, result.earned, result.possible) == (Status.STUDENT_ERROR, 0, 20)
    assert result.fault == student_fault
    assert {c.reason for c in result.criteria} == {"Training took longer than 60 s."}


def test_a_submission_that_the_harness_could_not_start_loses_nothing(task: Task, harness_fault: Fault) -> None:
    result = task_result(rubric_of(HIGHER, BEATS), task, "quick", [], task_fault=harness_fault)
    assert (result.status, result.earned, result.possible) == (Status.HARNESS_ERROR, 0, 0)


def test_a_task_stopped_by_a_student_error_says_so_though_no_criterion_met_it(
    task: Task, measured: Make, student_fault: Fault
) -> None:
    runs = [measured("deep", fault=student_fault), measured("plain", not_run="Not run because deep failed.")]
    result = task_result(rubric_of(HIGHER), task, "quick", runs)
    assert result.criteria[0].status is Status.NOT_RUN
    assert (result.status, result.earned, result.possible) == (Status.STUDENT_ERROR, 0, 10)


def test_the_fault_of_a_whole_submission_is_its_status_also_without_criteria(
    task: Task, student_fault: Fault, harness_fault: Fault
) -> None:
    by_hand = rubric_of({"manual": True})
    assert task_result(by_hand, task, "quick", [], task_fault=student_fault).status is Status.STUDENT_ERROR
    assert task_result(by_hand, task, "quick", [], task_fault=harness_fault).status is Status.HARNESS_ERROR


def test_an_interrupted_run_leaves_the_rest_open(task: Task, measured: Make) -> None:
    result = task_result(rubric_of(HIGHER, BEATS), task, "quick", [measured(test_accuracy=0.96)])
    assert [c.earned for c in result.criteria] == [10, None]
    assert (result.status, result.possible) == (Status.NOT_RUN, 10)
    assert "deep has not been run" in result.criteria[1].reason


def test_a_comparison_with_a_crashed_variant_is_decided_before_the_other_is_run(
    task: Task, measured: Make, student_fault: Fault
) -> None:
    result = one(BEATS, task, [measured("deep", fault=student_fault)])
    assert (result.status, result.earned) == (Status.STUDENT_ERROR, 0)


def test_of_two_missing_sides_the_harnesss_fault_speaks_first(
    task: Task, measured: Make, student_fault: Fault, harness_fault: Fault
) -> None:
    crashed = measured("deep", fault=student_fault)
    cases = {
        Status.HARNESS_ERROR: measured("plain", fault=harness_fault),
        Status.STUDENT_ERROR: measured("plain", seed=0, test_accuracy=0.9),
    }
    for status, other in cases.items():
        assert one(BEATS, task, [crashed, other]).status is status


@pytest.mark.parametrize(
    ("accuracy", "mse", "status"),
    [(0.96, 0.01, Status.PASSED), (0.96, 0.03, Status.FAILED), (0.2, 0.5, Status.FAILED)],
)
def test_the_status_of_a_task(task: Task, measured: Make, accuracy: float, mse: float, status: Status) -> None:
    manual = {"manual": True}
    runs = [measured(test_accuracy=accuracy, mse=mse)]
    assert task_result(rubric_of(HIGHER, manual, LOWER), task, "quick", runs).status is status


def test_nothing_measured_is_not_run(task: Task) -> None:
    assert task_result(rubric_of(HIGHER, {"manual": True}), task, "quick", []).status is Status.NOT_RUN
