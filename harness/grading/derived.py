"""What was measured of a submission, with the measures that follow from others: budgets, and those over variants."""

from collections.abc import Sequence

from harness.grading.baselines import Baseline
from harness.grading.budgets import budgets_of
from harness.grading.overall import overall_of
from harness.grading.seeds import Values
from harness.records.models import Fault, Measurement
from harness.task import Task


def all_values(
    task: Task, measurements: Sequence[Measurement], task_fault: Fault | None, baseline: Baseline | None
) -> Values:
    """Return the values of everything a rubric can name.

    `task` has the variants that the submission has; `baseline` gives what the ratios among the budgets are taken over.
    """
    budgets = budgets_of(task, Values(measurements, task_fault), baseline)
    values = Values(measurements, task_fault, budgets)
    return Values(measurements, task_fault, {**budgets, **overall_of(task, values)})
