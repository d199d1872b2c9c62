"""Marks and outcomes in words, and what a student may see of them before hidden criteria are revealed."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from harness.grading.by_hand import summed
from harness.grading.passing import judged
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.grading.terms import Absent
from harness.records.models import WITHHELD, Measurement, Status
from harness.report.words.phrase import Phrase, plural
from harness.report.words.text import count, points
from harness.task import OVERALL


@dataclass(frozen=True)
class Mark:
    """Points earned of those the harness decided, and the points that a person marks; `excused`: they do not count."""

    earned: float
    possible: float
    manual: float = 0.0
    excused: bool = False

    @property
    def share(self) -> float | None:
        """Return earned / possible, in [0, 1]; None where nothing could be decided, or points are no numbers."""
        share = self.earned / self.possible if self.possible > 0 else math.nan
        return share if math.isfinite(share) else None

    @property
    def text(self) -> str:
        if self.excused:
            return EXCUSED.word
        if not self.possible:
            return Phrase("no points decided yet")
        return Phrase("%(earned)s / %(possible)s", earned=points(self.earned), possible=count(self.possible, "point"))

    @property
    def manual_text(self) -> str:
        if not self.manual:
            return ""
        given = count(self.manual, "point")
        return plural(
            self.manual,
            "%(points)s is still to be marked by a person.",
            "%(points)s are still to be marked by a person.",
            points=given,
        )


@dataclass(frozen=True)
class Outcome:
    """A result in a word. `kind` is its CSS class; the symbol helps those who do not see the colour."""

    word: str
    kind: str
    symbol: str


PASSED = Outcome(Phrase("passed"), "passed", "✓")
NOT_PASSED = Outcome(Phrase("not passed"), "not-passed", "✗")
OPEN = Outcome(Phrase("open"), "open", "○")
REACHED = Outcome(Phrase("reached"), "reached", "✓")
PARTLY = Outcome(Phrase("partly"), "partly", "◐")
MISSED = Outcome(Phrase("missed"), "missed", "✗")
STUDENT_ERROR = Outcome(Phrase("student error"), "student-error", "!")
HARNESS_ERROR = Outcome(Phrase("harness error"), "harness-error", "⚠")
NOT_RUN = Outcome(Phrase("not run"), "not-run", "–")
ABSENT = Outcome(Phrase("missing"), "missing", "∅")
EXCUSED = Outcome(Phrase("excused"), "excused", "◇")
BY_HAND = Outcome(Phrase("to be marked by hand"), "by-hand", "✎")
TROUBLE = {
    Status.STUDENT_ERROR: STUDENT_ERROR,
    Status.HARNESS_ERROR: HARNESS_ERROR,
    Status.NOT_RUN: NOT_RUN,
}
BY_STATUS = {Status.PASSED: REACHED, **TROUBLE}  # of criteria and tasks, which reach targets


def criterion_outcome(criterion: CriterionResult) -> Outcome:
    if criterion.manual or criterion.override:
        return BY_HAND if criterion.earned is None else _by_points(criterion.earned, criterion.points)
    return BY_STATUS.get(criterion.status) or (PARTLY if criterion.earned else MISSED)


def task_outcome(task: TaskResult) -> Outcome:
    if not task.counts:
        return EXCUSED
    return BY_STATUS.get(task.status) or (PARTLY if task.earned else MISSED)


def result_outcome(student: StudentResult) -> Outcome:
    """Return whether a student passed, or that it is open; that nothing was run only where nothing else is known."""
    if student.passed is None:
        if total(student_marks(student)).excused:
            return EXCUSED
        if not student.tasks and student.absent and student.fault is None:
            return ABSENT
        return NOT_RUN if student.status is Status.NOT_RUN else OPEN
    return PASSED if student.passed else NOT_PASSED


def trouble(student: StudentResult) -> Outcome | None:
    """Return what stands beside the result: whose fault there was, or that not all has run; None for neither."""
    found, result = TROUBLE.get(student.status), result_outcome(student)
    if found is NOT_RUN and not student.tasks and student.absent:
        found = ABSENT
    return None if found is result or result is EXCUSED else found


def _by_points(earned: float, of: float) -> Outcome:
    return REACHED if earned >= of else PARTLY if earned > 0 else MISSED


def task_mark(task: TaskResult) -> Mark:
    """Return the points after the rules of the class, of those that are decided."""
    return Mark(task.mark, task.possible, task.manual_points) if task.counts else Mark(0.0, 0.0, excused=True)


def absent_outcome(absent: Absent) -> Outcome:
    return ABSENT if absent.excused is None else EXCUSED


def absent_mark(absent: Absent) -> Mark:
    """Return what a task counts that nothing was handed in for."""
    return Mark(0.0, absent.worth, excused=absent.excused is not None)


def student_marks(student: StudentResult) -> list[Mark]:
    """Return the marks of all that counts for a student, and of what does not."""
    return [*(task_mark(t) for t in student.tasks), *(absent_mark(a) for a in student.absent)]


def total(marks: Iterable[Mark]) -> Mark:
    """Return the sum; excused where nothing but what is excused is there."""
    every = list(marks)
    excused = bool(every) and all(m.excused for m in every)
    sums = (sum(m.earned for m in every), sum(m.possible for m in every), sum(m.manual for m in every))
    return Mark(*sums, excused=excused)


def without_hidden(task: TaskResult) -> TaskResult:
    """Return the task as if its hidden criteria were not in the rubric.

    Marks and status are computed again from what is visible. Of the variants that hidden criteria read, only values
    that visible criteria read stay, and no arrays, from which others could be computed; of all variants, where a hidden
    criterion reads a measure over several. So nothing derived from the result can give a hidden criterion away.
    """
    visible = [criterion for criterion in task.criteria if not criterion.hidden]
    if len(visible) == len(task.criteria):
        return task
    shown = _measures(visible)
    secret = _measures(c for c in task.criteria if c.hidden) - shown
    variants = {name.partition(".")[0] for name in secret}
    variants |= {m.variant for m in task.measurements} if OVERALL in variants else set()
    kept = [_without_measures(m, shown) if m.variant in variants else m for m in task.measurements]
    gone = {f"{m.variant}.{name}" for m in task.measurements if m.variant in variants for name in m.measures} - shown
    findings = [finding for finding in task.findings if not (secret | gone) & set(finding.quotes)]
    return summed(task, visible).model_copy(update={"measurements": kept, "findings": findings})


def as_shown(task: TaskResult, *, revealed: bool) -> TaskResult:
    """Return a task with what its student may see."""
    return task if revealed else without_hidden(task)


def student_without_hidden(student: StudentResult, scale: GradingScale) -> StudentResult:
    """Return the student as a card may show them, judged by that: points of hidden criteria count as open."""
    hidden = sum(c.points for task in student.tasks for c in task.criteria if c.hidden)
    seen = student.model_copy(update={"tasks": [without_hidden(task) for task in student.tasks]})
    return judged(seen, scale, undisclosed=hidden)


COUNTS = Phrase(
    "A task counts for whoever handed something in for it, and for everybody where the class was graded in it by name."
)


def skipped_tasks(result: ClassResult) -> dict[str, int]:
    """Return for how many each task of a class does not count, as they handed nothing in for it; by title."""
    titles = {t.task: t.title for s in result.students for t in s.tasks}
    having = {name: sum(name in _known_of(s) for s in result.students) for name in titles}
    read = sum(bool(s.tasks) for s in result.students)
    return {titles[name]: read - n for name, n in having.items() if n < read}


def _known_of(student: StudentResult) -> set[str]:
    """Return the tasks of a student, with those that nothing was handed in for where it is known that they are due."""
    absent = [*student.absent, *(a for member in student.members for a in member.absent)]
    return {*(t.task for t in student.tasks), *(a.task for a in absent)}


def counts_text(result: ClassResult) -> str:
    """Return by which rule tasks count, where they do not count for everybody."""
    return COUNTS if skipped_tasks(result) else ""


def hidden_text(task: TaskResult) -> str:
    """Return the one sentence a student may read about hidden criteria, or an empty string."""
    hidden = [criterion.points for criterion in task.criteria if criterion.hidden]
    if not hidden:
        return ""
    return plural(
        len(hidden),
        "%(n)s more criterion worth %(points)s is hidden until the instructor reveals it.",
        "%(n)s more criteria worth %(points)s are hidden until the instructor reveals them.",
        points=count(sum(hidden), "point"),
    )


def _measures(criteria: Iterable[CriterionResult]) -> set[str]:
    return {name for criterion in criteria for name in (criterion.measure, criterion.over) if name}


def _without_measures(measurement: Measurement, shown: set[str]) -> Measurement:
    """Return a measurement with the measures that are shown, before training too, and without arrays and signs."""
    names = {name.partition(".")[2] for name in shown if name.partition(".")[0] == measurement.variant}
    kept = {n: v for n, v in measurement.measures.items() if n in names}
    before = {n: v for n, v in measurement.before.items() if n in names}
    return measurement.model_copy(update={"measures": kept, "before": before, "evidence": WITHHELD, "signs": {}})
