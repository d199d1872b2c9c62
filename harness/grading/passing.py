"""Whether a student has passed, with which grade, and how that came about: decided here and nowhere else.

Pure functions. What is still open, for a person to mark, after a fault of the harness or while grading goes on, fails
nobody: passed and grade are said only where they would be the same however it turns out.
"""

import math
from collections.abc import Sequence
from typing import TypeVar

from harness.grading.results import ClassResult, Judgement, StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.grading.terms import Absent, adjusted
from harness.records.models import Fault, Status

T = TypeVar("T")


def judge(
    fault: Fault | None,
    tasks: Sequence[TaskResult],
    scale: GradingScale,
    *,
    undisclosed: float = 0.0,
    absent: Sequence[Absent] = (),
) -> Judgement:
    """Judge a student by what the tasks came to; `fault` is what stopped the whole submission.

    `undisclosed` are points of criteria that are not among those of `tasks`: they count as open. Tasks that the student
    is excused from do not count; of those that nothing was handed in for, `absent` says what they are worth, or could
    be while that is not decided.
    """
    tasks = [t for t in tasks if t.counts]
    missed, waiting = math.fsum(a.worth for a in absent), math.fsum(a.open for a in absent)
    bounds = [(_mark(t, 0.0), _mark(t, open_points([t]))) for t in tasks]
    earned = max(0.0, math.fsum(low for low, _ in bounds) - _most_taken(tasks) * undisclosed)
    left = math.fsum(high for _, high in bounds) + undisclosed + waiting - earned
    of = math.fsum(t.possible for t in tasks) + open_points(tasks) + undisclosed + missed + waiting
    passed: bool | None = None
    grade = ""
    if of > 0:
        passed = _either_way(scale.passes(earned, of), scale.passes(earned + left, of))
        grade = _either_way(scale.grade(earned, of), scale.grade(earned + left, of)) or ""
    elif fault and fault.owner == "student":
        passed, grade = False, scale.grade(0.0, 1.0)
    return Judgement(status=_status(fault, tasks, passed), passed=passed, grade=grade)


def _mark(task: TaskResult, more: float) -> float:
    """Return the mark in a task once all is decided and `more` of what is open is earned."""
    return adjusted(task.earned + more, task.possible + open_points([task]), task.terms)


def _most_taken(tasks: Sequence[TaskResult]) -> float:
    """Return the largest share that lateness takes off in any of the tasks."""
    return max((t.terms.late.taken for t in tasks if t.terms and t.terms.late), default=0.0)


def _either_way(lowest: T, highest: T) -> T | None:
    """Return what holds whether everything open is lost or earned; None if that makes a difference."""
    return lowest if lowest == highest else None


def open_points(tasks: Sequence[TaskResult]) -> float:
    """Return the points that nobody has decided yet."""
    return math.fsum(c.points for t in tasks for c in t.criteria if c.earned is None)


def judged(student: StudentResult, scale: GradingScale, *, undisclosed: float = 0.0) -> StudentResult:
    """Return the student judged by what their tasks say now; the same object where that is what it says already."""
    found = judge(student.fault, student.tasks, scale, undisclosed=undisclosed, absent=student.absent)
    return student if found == student.judgement else student.model_copy(update={"judgement": found})


def judged_class(result: ClassResult) -> ClassResult:
    """Return the class with every student judged by its scale."""
    return result.model_copy(update={"students": [judged(s, result.scale) for s in result.students]})


def _status(fault: Fault | None, tasks: Sequence[TaskResult], passed: bool | None) -> Status:
    """Return faults first, of the harness before the student's; then what is not run; then what is passed or open."""
    found = {t.status for t in tasks}
    owner = fault.owner if fault else ""
    if owner == "harness" or Status.HARNESS_ERROR in found:
        return Status.HARNESS_ERROR
    if owner == "student" or Status.STUDENT_ERROR in found:
        return Status.STUDENT_ERROR
    if not tasks or any(_waits(task) for task in tasks):
        return Status.NOT_RUN
    if passed is None:
        return Status.OPEN
    return Status.PASSED if passed else Status.FAILED


def _waits(task: TaskResult) -> bool:
    """Say whether the harness has still to run something of a task; what a person marks is not run."""
    automatic = [c for c in task.criteria if not c.manual]
    return task.status is Status.NOT_RUN and (not task.criteria or any(c.earned is None for c in automatic))
