"""What a feedback cell says: the points of every criterion that the student may see, as plain HTML."""

from collections.abc import Sequence
from html import escape

from harness.grading.results import StudentResult, TaskResult
from harness.report.words.marks import without_hidden
from harness.report.words.text import clean, points

BEGINS = "<p>Marked with coursework-harness"  # by this a cell is known again that the harness wrote


def comment(student: StudentResult, tasks: Sequence[str]) -> str:
    """Return the feedback of a student in these tasks, on one line. Hidden criteria are not in it."""
    shown = [without_hidden(task) for task in student.tasks if task.task in tasks]
    return f"{BEGINS}.</p>{''.join(_of_task(task) for task in shown)}"


def _of_task(task: TaskResult) -> str:
    items = "".join(f"<li>{_said(c.text)}: {points(c.earned)} of {points(c.points)}</li>" for c in task.criteria)
    return f"<p>{_said(task.title)}</p><ul>{items}</ul>"


def _said(text: str) -> str:
    return escape(" ".join(clean(text).split()).replace("\\", "/"), quote=True)
