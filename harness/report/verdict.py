"""The one sentence at the top of a card, and the one thing to try next."""

from harness.grading.results import CriterionResult, StudentResult, TaskResult
from harness.records.models import Status
from harness.report.text import count, sentence


def overall_verdict(student: StudentResult) -> str:
    if student.fault is not None:
        return "The submission could not be graded."
    if not student.tasks:
        return "Nothing has been graded yet."
    if len(student.tasks) == 1:
        return task_verdict(student.tasks[0])
    passed = sum(task.status is Status.PASSED for task in student.tasks)
    return f"{passed} of {len(student.tasks)} tasks reached every target."


def task_verdict(task: TaskResult) -> str:
    automatic = [criterion for criterion in task.criteria if not criterion.manual]
    passed = sum(criterion.status is Status.PASSED for criterion in automatic)
    partly = sum(criterion.status is Status.FAILED and bool(criterion.earned) for criterion in automatic)
    reached = f"{passed} of {count(len(automatic), 'criterion', 'criteria')} reached {_their(len(automatic))}"
    if not automatic and task.fault is None:
        return "Nothing on this card is decided automatically."
    match task.status:
        case Status.NOT_RUN:
            return "This task has not been graded yet."
        case Status.HARNESS_ERROR:
            return "The grader had a fault, which costs no marks; this task will be graded again."
        case Status.STUDENT_ERROR:
            return f"The code stopped before everything could be measured; {reached}."
        case Status.PASSED:
            return "Every target was reached."
    return f"{reached}{f', {partly} more came part of the way' if partly else ''}."


def _their(n: int) -> str:
    return "its target" if n == 1 else "their targets"


def next_step(task: TaskResult) -> str:
    """Return advice on the largest loss: the error behind it, a finding on its variant, else the criterion's hint."""
    lost = sorted((c for c in task.criteria if _lost(c) > 0), key=_lost, reverse=True)
    if not lost:
        return ""
    if lost[0].status is Status.STUDENT_ERROR:
        return sentence(lost[0].reason)
    variant = lost[0].measure.partition(".")[0]
    steps = [finding.next_step for finding in task.findings if finding.variant == variant]
    steps += [criterion.hint for criterion in lost]
    steps += [finding.next_step for finding in task.findings]
    return next((sentence(step) for step in steps if step.strip()), "")


def _lost(criterion: CriterionResult) -> float:
    return 0.0 if criterion.earned is None else criterion.points - criterion.earned
