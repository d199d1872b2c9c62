"""`grades.csv` for a spreadsheet: one line per student, formulas in names defused."""

import csv
import io
import math

from harness.grading.passing import open_points
from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.report.words.marks import task_mark, task_outcome, total
from harness.report.words.text import clean

# What a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

OF_TASK = ("earned", "possible", "open", "status")
TOTAL = ("total earned", "total possible", "total open", "percent", "status", "passed", "grade", "fault")
PASSED = {True: "yes", False: "no", None: "open"}
BOM = "\ufeff"  # without which a spreadsheet on Windows takes the words of a CSV for those of another encoding
CsvValue = str | float


def grades_csv(result: ClassResult) -> str:
    """Return the table as CSV text. Numbers are plain; a cell without a number is empty.

    `possible` are the points that are decided and `open` those that are not: while there are any, no percentage is
    given unless the class says so (`percent_so_far`). `fault` is what stopped a submission, and who could not be read
    at all has no numbers but in tasks that were asked for by name.
    """
    names = list(dict.fromkeys(task.task for student in result.students for task in student.tasks))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    columns = (f"{name} {what}" for name in names for what in OF_TASK)
    writer.writerow([cell(c) for c in ("student", "slug", *columns, *TOTAL)])
    for student in result.students:
        writer.writerow([cell(c) for c in _line(student, names, so_far=result.percent_so_far)])
    return buffer.getvalue()


def _line(student: StudentResult, names: list[str], *, so_far: bool) -> list[CsvValue]:
    tasks = {task.task: task for task in student.tasks}
    cells: list[CsvValue] = [student.name, student.slug]
    for name in names:
        task = tasks.get(name)
        cells += [""] * len(OF_TASK) if task is None else _of_task(task)
    return [
        *cells,
        *_total(student, so_far=so_far),
        student.status.value,
        PASSED[student.passed],
        student.grade,
        fault_of(student),
    ]


def _of_task(task: TaskResult) -> list[CsvValue]:
    return [task.earned, task.possible, open_points([task]), task_outcome(task).word]


def _total(student: StudentResult, *, so_far: bool) -> list[CsvValue]:
    if not student.tasks:
        return ["", "", "", ""]
    mark, left = total(task_mark(task) for task in student.tasks), open_points(student.tasks)
    share = math.nan if mark.share is None or (left and not so_far) else mark.share
    return [mark.earned, mark.possible, left, 100 * share]


def fault_of(student: StudentResult) -> str:
    """Return in one line what stopped a submission, or the first of its tasks that was stopped; empty for nothing."""
    if student.fault:
        return " ".join(student.fault.message.split())
    found = [(task.task, task.fault) for task in student.tasks if task.fault]
    found += [(t.task, m.fault) for t in student.tasks for m in t.measurements if m.fault]
    return next((f"{task}: {' '.join(fault.message.split())}" for task, fault in found), "")


def cell(value: CsvValue) -> CsvValue:
    """Return what a spreadsheet may be given: words that it cannot take for a formula, numbers of four decimals."""
    if isinstance(value, str):
        text = clean(value)
        return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
    if not math.isfinite(value):
        return ""
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded
