"""What each student's mark is, as a share of all there is, or why there is none to give yet."""

import math
from collections.abc import Iterator, Sequence
from typing import Literal

from harness.errors import UsageError, did_you_mean
from harness.grading.passing import open_points
from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.records.models import Frozen, Status

Lack = Literal["open", "fault", "unread", "no task", "excused", "absent", ""]


class Mark(Frozen):
    """The mark of one student in some tasks: `share` of all their points, in [0, 1].

    `share` is None where the mark is not known, and then `lack` says of which kind that is and `why` says it in words.
    `unclear` says what is not known of lateness, for which nothing was taken off then.
    """

    slug: str
    name: str
    share: float | None
    earned: float = 0.0
    possible: float = 0.0
    lack: Lack = ""
    why: str = ""
    unclear: str = ""


def tasks_in(result: ClassResult) -> list[str]:
    """Return the names of the tasks that anybody of a class has a result in, in their order."""
    return list(dict.fromkeys(task.task for student in result.students for task in student.tasks))


def check_tasks(result: ClassResult, asked: Sequence[str]) -> None:
    """Raise UsageError for a task that nobody of the class has a result in."""
    known = tasks_in(result)
    for name in asked:
        if name not in known:
            raise UsageError(f"Expected a task of this class, received {name!r}.{did_you_mean(name, known)}")


def mark_of(student: StudentResult, tasks: Sequence[str]) -> Mark:
    """Return a student's mark in tasks together, after what the rules of the class change.

    None where anything of it is open, so that open never counts as zero. A task that the student is excused from does
    not count. One that others have and this student has no result in leaves the mark open, unless the rules of the
    class say that it counts as nothing.
    """
    results = [task for task in student.tasks if task.task in tasks and task.counts]
    earned = math.fsum(t.mark for t in results)
    possible = math.fsum([*(t.possible for t in results), *(a.worth for a in student.absent if a.task in tasks)])
    lack, why = _lacking(student, results, tasks)
    if not lack and not possible > 0:
        lack, why = "open", "no points are decided"
    share = None if lack else min(1.0, max(0.0, earned / possible))
    unclear = next((t.terms.unclear for t in results if t.terms and t.terms.unclear), "")
    return Mark(
        slug=student.slug,
        name=student.name,
        share=share,
        earned=earned,
        possible=possible,
        lack=lack,
        why=why,
        unclear=unclear,
    )


def _lacking(student: StudentResult, results: Sequence[TaskResult], tasks: Sequence[str]) -> tuple[Lack, str]:
    """Return what keeps a mark open, the harness's fault first."""
    faults = (*_faults(student, results), *_excused(student, results, tasks))
    return next(iter((*faults, *_open(results), *_missing(student, tasks))), ("", ""))


def _faults(student: StudentResult, results: Sequence[TaskResult]) -> Iterator[tuple[Lack, str]]:
    if student.fault and student.fault.owner == "harness":
        yield "fault", "a fault of the harness, which `harness grade` tries again"
    if student.fault and not results:
        yield "unread", f"nothing could be read: {student.fault.message}"
    if any(c.earned is None and c.status is Status.HARNESS_ERROR for t in results for c in t.criteria):
        yield "fault", "a fault of the harness left points open, which `harness grade` tries again"


def _excused(student: StudentResult, results: Sequence[TaskResult], tasks: Sequence[str]) -> Iterator[tuple[Lack, str]]:
    """Yield that nothing counts: a student is excused from all of these tasks, or handed nothing in for any."""
    absent = [a for a in student.absent if a.task in tasks]
    if results or any(a.worth for a in absent):
        return
    said = [t.terms.excused for t in student.tasks if t.task in tasks and t.terms and t.terms.excused is not None]
    said += [a.excused for a in absent if a.excused is not None]
    if said:
        yield "excused", said[0]
    elif absent:
        yield "absent", ""


def _open(results: Sequence[TaskResult]) -> Iterator[tuple[Lack, str]]:
    if by_hand := [c.id for t in results for c in t.criteria if c.manual and c.earned is None]:
        yield "open", f"still to be marked by hand: {', '.join(by_hand)}"
    if open_points(results) or any(not t.criteria for t in results):
        yield "open", "not all of it has run; `harness grade` goes on from there"


def _missing(student: StudentResult, tasks: Sequence[str]) -> Iterator[tuple[Lack, str]]:
    settled = {t.task for t in student.tasks} | {a.task for a in student.absent if a.worth or a.excused is not None}
    if missing := [name for name in tasks if name not in settled]:
        yield "no task", f"no result in {', '.join(missing)}; say in class.yaml what it counts, or name tasks by --task"
