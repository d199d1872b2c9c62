"""What people decided, put into results: pure functions that can be applied again and again, to the same effect.

A criterion that a person marks gets their points. An automatic one keeps what the harness gave in `automatic` and
`automatic_status`, and takes the person's points with their reason in `override`. Nothing that was measured changes.
"""

import math
from collections.abc import Sequence

from harness.grading.marks import overall_status
from harness.grading.passing import judged
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.grading.words import TO_BE_MARKED, number, sentence
from harness.records.models import Fault, HandMark, Newest, Status

MARKED = "A person marked this."
NOTHING_THERE = "Nothing was handed in for this that could be read."
EARLIER = "This was decided on an earlier version of the submission."


def class_by_hand(result: ClassResult, marks: Newest) -> ClassResult:
    """Return the class as `student_by_hand` returns its students."""
    return result.model_copy(update={"students": [student_by_hand(s, marks, result.scale) for s in result.students]})


def student_by_hand(student: StudentResult, marks: Newest, scale: GradingScale) -> StudentResult:
    """Return the student's results under `marks`, and under no decision that is not among them, judged anew."""
    tasks = [task_by_hand(student, task, marks) for task in student.tasks]
    if all(new is old for new, old in zip(tasks, student.tasks, strict=True)):
        return student
    return judged(student.model_copy(update={"tasks": tasks}), scale)


def task_by_hand(student: StudentResult, task: TaskResult, marks: Newest) -> TaskResult:
    """Return one task of a student under `marks`, summed up again; the same object where nothing changes."""
    source, absent = source_of(student, task), is_absent(task)
    places = ((c, marks.get((student.slug, task.task, c.id))) for c in task.criteria)
    criteria = [decided(c, mark, source, absent=absent) for c, mark in places]
    return task if criteria == task.criteria else summed(task, criteria)


def source_of(student: StudentResult, task: TaskResult) -> str:
    """Return the fingerprint of what was handed in for a task; results of older harnesses know the first one only."""
    return task.source or student.source


def is_absent(task: TaskResult) -> bool:
    """Say whether nothing could be read for a task that was asked for: then a person has nothing to mark, either."""
    return not task.source and task.fault is not None and (task.fault.owner, task.fault.kind) == ("student", "intake")


def decided(criterion: CriterionResult, mark: HandMark | None, source: str, *, absent: bool = False) -> CriterionResult:
    """Return a criterion under the newest decision about it; None: as the harness left it.

    Points above what the criterion is worth, after a change of the rubric, count as all of it. A decision made on
    another `source` counts and says so.
    """
    plain = by_harness(criterion, absent=absent)
    if mark is None:
        return plain
    changes: dict[str, object] = {"comment": mark.comment}
    if mark.points is not None:
        earned = min(max(0.0, mark.points), criterion.points)
        changes |= {"earned": earned, "status": Status.PASSED if earned >= criterion.points else Status.FAILED}
        notes = remarks(criterion, mark, source)
        if criterion.manual:
            changes["reason"] = " ".join([MARKED, *notes])
        else:
            reason = " ".join([sentence(mark.reason) or MARKED, *notes])
            changes |= {"automatic": plain.earned, "automatic_status": plain.status, "override": reason}
    return plain.model_copy(update=changes)


def by_harness(criterion: CriterionResult, *, absent: bool = False) -> CriterionResult:
    """Return a criterion without any person's decision; what a person marks earns nothing in an `absent` task."""
    changes: dict[str, object] = {"comment": "", "automatic": None, "automatic_status": None, "override": ""}
    if criterion.manual and absent:
        changes |= {"earned": 0.0, "status": Status.FAILED, "reason": NOTHING_THERE}
    elif criterion.manual:
        changes |= {"earned": None, "status": Status.NOT_RUN, "reason": TO_BE_MARKED}
    elif criterion.automatic_status is not None:
        changes |= {"earned": criterion.automatic, "status": criterion.automatic_status}
    return criterion.model_copy(update=changes)


def remarks(criterion: CriterionResult, mark: HandMark, source: str) -> list[str]:
    """Return what has to be said about a decision that was made about something else than what is there now."""
    said = [EARLIER] if mark.source and source and mark.source != source else []
    if mark.points is not None and mark.points > criterion.points:
        said.append(f"It was {number(mark.points)} points; the rubric now gives {number(criterion.points)} at most.")
    return said


def summed(task: TaskResult, criteria: Sequence[CriterionResult]) -> TaskResult:
    """Return a task with these criteria, its points and its status computed from them."""
    counted = [c for c in criteria if c.earned is not None]
    return task.model_copy(
        update={
            "criteria": list(criteria),
            "earned": math.fsum(c.earned or 0.0 for c in counted),
            "possible": math.fsum(c.points for c in counted),
            "manual_points": math.fsum(c.points for c in criteria if c.manual and c.earned is None),
            "status": status_of(criteria, task.fault),
        }
    )


def status_of(criteria: Sequence[CriterionResult], fault: Fault | None) -> Status:
    """Return the status of a task as `overall_status`, which people's decisions change in two ways.

    Where a person decided all that the harness would decide, the fault that kept it from doing so no longer counts.
    Where the harness decides nothing, the task is passed or failed once a person has decided everything.
    """
    automatic = [c for c in criteria if not c.manual]
    if automatic and all(c.automatic_status is not None for c in automatic):
        fault = None
    if not automatic and criteria and fault is None and all(c.earned is not None for c in criteria):
        return Status.PASSED if all(c.status is Status.PASSED for c in criteria) else Status.FAILED
    return overall_status(criteria, fault)
