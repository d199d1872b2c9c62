"""One student's results arranged for the card: every sentence and number, ready for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness import __version__
from harness.grading.results import ClassResult, ReferenceRun, StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.records.models import Finding
from harness.report.card_page.criteria import CriterionView, criterion_view
from harness.report.card_page.faults import fault_text
from harness.report.card_page.findings import together
from harness.report.card_page.measured import Fact, provenance, signatures
from harness.report.card_page.reproduce import check_command
from harness.report.card_page.variants import Compared, ResourceRow, VariantTable, compared, resources, variant_table
from harness.report.card_page.verdict import next_step, overall_verdict, passing_text, task_verdict
from harness.report.drawing.figures import DrawnFigure
from harness.report.words.machines import is_mixed
from harness.report.words.marks import (
    Mark,
    Outcome,
    absent_mark,
    hidden_text,
    result_outcome,
    student_without_hidden,
    task_mark,
    task_outcome,
    total,
    trouble,
)
from harness.report.words.rules import RulesView, absent_text, rules_view
from harness.report.words.text import short_name

References = Mapping[str, Mapping[str, ReferenceRun]]


@dataclass(frozen=True)
class ClassFacts:
    """What a card says of the class it is from, and what its student is judged by.

    A class is `mixed` that was measured on machines of several kinds.
    """

    title: str
    harness: str = __version__
    references: References = field(default_factory=dict)
    scale: GradingScale = field(default_factory=GradingScale)
    mixed: bool = False

    @classmethod
    def of(cls, result: ClassResult) -> "ClassFacts":
        return cls(result.title, result.harness, result.references, result.scale, is_mixed(result))


@dataclass(frozen=True)
class TaskView:
    """`percent` of the points that are decided, None where none is."""

    title: str
    outcome: Outcome
    mark: Mark
    percent: int | None
    verdict: str
    next_step: str
    fault: str
    hidden: str
    criteria: list[CriterionView]
    figures: Sequence[DrawnFigure]
    findings: list[Finding]
    compared: list[Compared]
    resources: list[ResourceRow]
    variants: VariantTable
    facts: list[Fact]
    signatures: list[Fact]
    command: str
    rules: RulesView | None


@dataclass(frozen=True)
class CardView:
    """`outcome` says whether it is passed, `trouble` whose fault there was, `passing` by which mark.

    `absent` says of each task that nothing was handed in for what it counts.
    """

    name: str
    outcome: Outcome
    trouble: Outcome | None
    grade: str
    passing: str
    mark: Mark
    percent: int | None
    verdict: str
    next_step: str
    fault: str
    notes: list[str]
    pseudonym: str
    group: str
    tasks: list[TaskView]
    absent: list[str]


def card_view(
    student: StudentResult,
    revealed: bool,
    figures: Mapping[str, Sequence[DrawnFigure]],
    facts: ClassFacts,
) -> CardView:
    """Arrange a student's results; hidden criteria are taken out first unless revealed, and count as open."""
    seen = student if revealed else student_without_hidden(student, facts.scale)
    there = facts.references
    tasks = [
        _task(
            task,
            "" if revealed else hidden_text(whole),
            figures.get(task.task, ()),
            there.get(task.task, {}),
            mixed=facts.mixed,
        )
        for task, whole in zip(seen.tasks, student.tasks, strict=True)
    ]
    mark = total([*(task.mark for task in tasks), *(absent_mark(a) for a in seen.absent)])
    return CardView(
        name=short_name(student.name, student.slug),
        outcome=result_outcome(seen),
        trouble=trouble(seen),
        grade=seen.grade,
        passing=passing_text(seen, facts.scale),
        mark=mark,
        percent=percent_of(mark),
        verdict=overall_verdict(seen),
        next_step=next((step for task in seen.tasks if (step := next_step(task))), ""),
        fault=fault_text(student.fault) if student.fault else "",
        notes=student.notes,
        pseudonym=short_name(student.pseudonym, "", 40),
        group=short_name(student.group, ""),
        tasks=tasks,
        absent=[absent_text(a) for a in seen.absent],
    )


def percent_of(mark: Mark) -> int | None:
    """Return the mark in whole percent, 100 only where nothing is missing; None where nothing is decided."""
    if mark.share is None:
        return None
    percent = round(100 * min(1.0, max(0.0, mark.share)))
    return 99 if percent == 100 and mark.share < 1 else percent


def _task(
    task: TaskResult,
    hidden: str,
    figures: Sequence[DrawnFigure],
    references: Mapping[str, ReferenceRun],
    *,
    mixed: bool,
) -> TaskView:
    mark = task_mark(task)
    return TaskView(
        title=task.title,
        outcome=task_outcome(task),
        mark=mark,
        percent=percent_of(mark),
        verdict=task_verdict(task),
        next_step=next_step(task),
        fault=fault_text(task.fault) if task.fault else "",
        hidden=hidden,
        criteria=[criterion_view(criterion) for criterion in task.criteria],
        figures=figures,
        findings=together(task.findings),
        compared=compared(task, references),
        resources=resources(task, references),
        variants=variant_table(task.measurements),
        facts=provenance(task, mixed=mixed),
        signatures=signatures(task.measurements),
        command=check_command(task),
        rules=rules_view(task),
    )
