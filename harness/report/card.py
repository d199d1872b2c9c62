"""One student's results arranged for the card: every sentence and number, ready for the template."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.grading.results import CriterionResult, Finding, StudentResult, TaskResult
from harness.records.models import Fault
from harness.report.figures import DrawnFigure
from harness.report.findings import together
from harness.report.marks import (
    Mark,
    Outcome,
    criterion_outcome,
    hidden_text,
    student_outcome,
    task_mark,
    task_outcome,
    total,
    without_hidden,
)
from harness.report.measured import Fact, VariantTable, provenance, signatures, variant_table
from harness.report.text import count, number, points, sentence, short_name
from harness.report.verdict import next_step, overall_verdict, task_verdict


@dataclass(frozen=True)
class CriterionView:
    """`bar` is the way from floor (0) to target (100) in percent; None where there is no such way."""

    text: str
    outcome: Outcome
    points: str
    facts: list[Fact]
    bar: int | None
    floor: str
    target: str
    reason: str
    hint: str


@dataclass(frozen=True)
class TaskView:
    title: str
    outcome: Outcome
    mark: Mark
    verdict: str
    next_step: str
    fault: str
    hidden: str
    criteria: list[CriterionView]
    figures: Sequence[DrawnFigure]
    findings: list[Finding]
    variants: VariantTable
    facts: list[Fact]
    signatures: list[Fact]


@dataclass(frozen=True)
class CardView:
    name: str
    outcome: Outcome
    mark: Mark
    verdict: str
    next_step: str
    fault: str
    notes: list[str]
    tasks: list[TaskView]


def card_view(student: StudentResult, published: bool, figures: Mapping[str, Sequence[DrawnFigure]]) -> CardView:
    """Arrange a student's results; hidden criteria are taken out first unless marks are published."""
    seen = student if published else _without_hidden(student)
    tasks = [
        _task(task, "" if published else hidden_text(whole), figures.get(task.task, ()))
        for task, whole in zip(seen.tasks, student.tasks, strict=True)
    ]
    return CardView(
        name=short_name(student.name, student.slug),
        outcome=student_outcome(seen),
        mark=total(task.mark for task in tasks),
        verdict=overall_verdict(seen),
        next_step=next((step for task in seen.tasks if (step := next_step(task))), ""),
        fault=fault_text(student.fault) if student.fault else "",
        notes=student.notes,
        tasks=tasks,
    )


def _without_hidden(student: StudentResult) -> StudentResult:
    return student.model_copy(update={"tasks": [without_hidden(task) for task in student.tasks]})


def _task(task: TaskResult, hidden: str, figures: Sequence[DrawnFigure]) -> TaskView:
    return TaskView(
        title=task.title,
        outcome=task_outcome(task),
        mark=task_mark(task),
        verdict=task_verdict(task),
        next_step=next_step(task),
        fault=fault_text(task.fault) if task.fault else "",
        hidden=hidden,
        criteria=[_criterion(criterion) for criterion in task.criteria],
        figures=figures,
        findings=together(task.findings),
        variants=variant_table(task.measurements),
        facts=provenance(task),
        signatures=signatures(task.measurements),
    )


def fault_text(fault: Fault) -> str:
    """Return whose fault it was, where it happened and what was said about it."""
    limit = {"wall": ", time limit", "cpu": ", CPU time limit", "memory": ", memory limit", "": ""}[fault.limit]
    where = f"{fault.step}{limit}" if fault.step else f"{fault.kind}{limit}"
    if fault.owner == "harness":
        return (
            f"The grader had a fault ({where}): {sentence(fault.message)} "
            "This is not your mistake; it costs no marks and grading will be tried again."
        )
    return f"Your submission stopped here ({where}): {sentence(fault.message)}"


def _criterion(criterion: CriterionResult) -> CriterionView:
    return CriterionView(
        text=criterion.text,
        outcome=criterion_outcome(criterion),
        points=_points(criterion),
        facts=[] if criterion.manual else _facts(criterion),
        bar=bar_percent(criterion),
        floor=number(criterion.floor, criterion.unit),
        target=number(criterion.target, criterion.unit),
        reason=sentence(criterion.reason),
        hint=sentence(criterion.hint),
    )


def _points(criterion: CriterionResult) -> str:
    if criterion.earned is None:
        return f"worth {count(criterion.points, 'point')}"
    return f"{points(criterion.earned)} of {count(criterion.points, 'point')}"


def _facts(criterion: CriterionResult) -> list[Fact]:
    unit = criterion.unit
    # A comparison is stored as an advantage: positive is better whatever the direction of the measure.
    at = "at most" if criterion.better == "lower" and not criterion.over else "at least"
    facts = [Fact("Measure", _measure(criterion)), Fact("Measured", _measured(criterion))]
    if criterion.target is not None:
        facts.append(Fact("Target", f"{at} {number(criterion.target, unit)}"))
    if criterion.floor is not None:
        facts.append(Fact("Floor", f"no points at {number(criterion.floor, unit)} or worse"))
    if criterion.reference is not None:
        facts.append(Fact("Reference model", number(criterion.reference, unit)))
    if criterion.interval is not None:
        low, high = criterion.interval
        facts.append(Fact("95 % interval", f"{number(low, unit)} to {number(high, unit)}, of the mean over seeds"))
    if criterion.certainty:
        facts.append(Fact("How sure", sentence(criterion.certainty)))
    return facts


def _measure(criterion: CriterionResult) -> str:
    if criterion.over:
        return f"advantage of {criterion.measure} over {criterion.over}"
    return f"{criterion.measure}, {criterion.better} is better" if criterion.better else criterion.measure


def _measured(criterion: CriterionResult) -> str:
    # A seed without a value stands in the list as NaN, whether it stopped or computed NaN.
    seeds = ", ".join("no value" if math.isnan(value) else number(value) for value in criterion.values)
    if criterion.value is None:
        measured = any(math.isfinite(value) for value in criterion.values)
        return f"no median; seeds: {seeds}" if measured else "not measured"
    value = number(criterion.value, criterion.unit)
    n = len(criterion.values)
    return f"{value}, the median of {n} seeds: {seeds}" if n > 1 else value


def bar_percent(criterion: CriterionResult) -> int | None:
    """Return how far from floor to target the value came, 0 to 100; NaN is the worst value there is."""
    value, target, floor = criterion.value, criterion.target, criterion.floor
    if value is None or target is None or floor is None or target == floor:
        return None
    share = (value - floor) / (target - floor)
    return 0 if math.isnan(share) else round(100 * min(1.0, max(0.0, share)))
