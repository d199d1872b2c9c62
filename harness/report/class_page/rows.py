"""The table of students: one row each, one cell a task."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.grading.results import StudentResult, TaskResult
from harness.records.models import GIVEN, Status
from harness.report.words.links import ALL, REFERENCE_CARD, Cards, Link
from harness.report.words.machines import machines_of
from harness.report.words.marks import (
    Mark,
    Outcome,
    absent_mark,
    absent_outcome,
    result_outcome,
    task_mark,
    task_outcome,
    total,
    trouble,
)
from harness.report.words.phrase import Phrase
from harness.report.words.rules import changed_text
from harness.report.words.text import percent, short_name


@dataclass(frozen=True)
class TaskCell:
    """`seeds` counts those that any variant was trained under, `by_hand` the points that a person has still to give.

    `raw` is what was earned, where the rules of the class changed it; `changed` says how.
    """

    mark: Mark
    outcome: Outcome
    seeds: int = 0
    by_hand: float = 0.0
    raw: float | None = None
    changed: str = ""


@dataclass(frozen=True)
class StudentRow:
    """`cells` has None for a task that nothing was handed in for, unless the class list tells who should have.

    `outcome` says whether it is passed, `trouble` whose fault there was, or that not all has run; `reached_all` that
    every target was reached. `machine` is what it was measured on, where the class was on machines of several kinds.
    """

    student: Link
    group: str
    cells: list[TaskCell | None]
    mark: Mark
    percent: str
    outcome: Outcome
    trouble: Outcome | None
    status: Status
    passed: bool | None
    grade: str
    reached_all: bool
    by_hand: float
    machine: str = ""

    @property
    def outcomes(self) -> list[Outcome]:
        """Return the result, the trouble beside it, and the outcome of every task, each once: what a filter finds."""
        found = (self.outcome, self.trouble, *(cell.outcome for cell in self.cells if cell))
        return list(dict.fromkeys(outcome for outcome in found if outcome))


def student_row(student: StudentResult, tasks: Sequence[str], cards: Cards = ALL, *, mixed: bool = False) -> StudentRow:
    """Return a student's row, with a cell for each of `tasks`, and the machine where the class is `mixed`."""
    by_name = {a.task: TaskCell(absent_mark(a), absent_outcome(a)) for a in student.absent}
    by_name |= {task.task: _cell(task) for task in student.tasks}
    mark = total(cell.mark for cell in by_name.values())
    return StudentRow(
        student=cards.of(student),
        group=short_name(student.group, ""),
        cells=[by_name.get(name) for name in tasks],
        mark=mark,
        percent=percent(mark.share),
        outcome=result_outcome(student),
        trouble=trouble(student),
        status=student.status,
        passed=student.passed,
        grade=student.grade,
        reached_all=student.reached_all,
        by_hand=sum(cell.by_hand for cell in by_name.values()),
        machine=short_name("; ".join(machines_of(student)), "") if mixed else "",
    )


def reference_row(reference: StudentResult, tasks: Sequence[str], *, there: bool, mixed: bool = False) -> StudentRow:
    """Return the row of the reference, which is no student; its card lies beside the page if it is `there`."""
    row = student_row(reference, tasks, mixed=mixed)
    return replace(row, student=Link(Phrase("Reference, under the same key"), REFERENCE_CARD if there else ""))


def _cell(task: TaskResult) -> TaskCell:
    return TaskCell(
        mark=task_mark(task),
        outcome=task_outcome(task),
        seeds=len({m.seed for m in task.measurements if m.source != GIVEN}),
        by_hand=sum(c.points for c in task.criteria if c.manual and c.earned is None) if task.counts else 0.0,
        raw=task.earned if task.mark != task.earned else None,
        changed=changed_text(task),
    )
