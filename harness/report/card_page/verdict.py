"""The one sentence at the top of a card, and the one thing to try next."""

from collections.abc import Sequence

from harness.grading.results import CriterionResult, StudentResult, TaskResult
from harness.grading.scale import GradingScale, percentage
from harness.records.models import Status
from harness.report.words.phrase import Phrase, plural
from harness.report.words.text import sentence


def overall_verdict(student: StudentResult) -> str:
    if student.fault is not None:
        return Phrase("The submission could not be graded.")
    if not student.tasks:
        return Phrase("Nothing has been graded yet.")
    if len(student.tasks) == 1:
        return task_verdict(student.tasks[0])
    passed = sum(task.status is Status.PASSED for task in student.tasks)
    return Phrase("%(passed)s of %(n)s tasks reached every target.", passed=passed, n=len(student.tasks))


def passing_text(student: StudentResult, scale: GradingScale) -> str:
    """Return which mark passes, and what it takes to know whether it is reached; nothing where nothing was graded."""
    if student.status is Status.NOT_RUN:
        return ""
    mark = percentage(scale.pass_mark)
    if student.passed is None:
        return Phrase("The pass mark is %(mark)s; whether it is reached depends on points still open.", mark=mark)
    return Phrase("The pass mark is %(mark)s.", mark=mark)


def task_verdict(task: TaskResult) -> str:
    automatic = [criterion for criterion in task.criteria if not criterion.manual]
    if not automatic and task.fault is None:
        return Phrase("Nothing on this card is decided automatically.")
    match task.status:
        case Status.NOT_RUN:
            return Phrase("This task has not been graded yet.")
        case Status.HARNESS_ERROR:
            return Phrase("Not all of this task could be measured, which costs no marks; the next run tries it again.")
        case Status.PASSED:
            return Phrase("Every target was reached.")
    return _reached(task, automatic)


def _reached(task: TaskResult, automatic: Sequence[CriterionResult]) -> str:
    """Return how many criteria reached their targets, or came part of the way, or why not more did."""
    passed = sum(criterion.status is Status.PASSED for criterion in automatic)
    partly = sum(criterion.status is Status.FAILED and bool(criterion.earned) for criterion in automatic)
    reached = plural(
        len(automatic),
        "%(passed)s of %(n)s criterion reached its target",
        "%(passed)s of %(n)s criteria reached their targets",
        passed=passed,
    )
    if task.status is Status.STUDENT_ERROR:
        return Phrase("The code stopped before everything could be measured; %(reached)s.", reached=reached)
    if partly:
        return Phrase("%(reached)s, %(partly)s more came part of the way.", reached=reached, partly=partly)
    return Phrase("%(reached)s.", reached=reached)


def next_step(task: TaskResult) -> str:
    """Return advice on the largest loss: the error behind it, a finding on its variant, else the criterion's hint."""
    lost = sorted((c for c in task.criteria if _lost(c) > 0), key=_lost, reverse=True)
    if not lost:
        return ""
    if lost[0].status is Status.STUDENT_ERROR:
        return sentence(lost[0].reason)
    variant = lost[0].measure.partition(".")[0]
    findings = [finding for finding in task.findings if not finding.expected]
    steps = [finding.next_step for finding in findings if finding.variant == variant]
    steps += [criterion.hint for criterion in lost]
    steps += [finding.next_step for finding in findings]
    return next((sentence(step) for step in steps if step.strip()), "")


def _lost(criterion: CriterionResult) -> float:
    return 0.0 if criterion.earned is None else criterion.points - criterion.earned
