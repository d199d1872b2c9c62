"""`grades.csv` for a spreadsheet: one line per student, formulas in names defused."""

import csv
import io
import math

from harness.grading.results import ClassResult, StudentResult
from harness.report.words.marks import task_mark, task_outcome, total
from harness.report.words.text import clean

# What a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

TOTAL = ("total earned", "total possible", "percent", "status", "passed", "grade")
PASSED = {True: "yes", False: "no", None: "open"}
CsvValue = str | float


def grades_csv(result: ClassResult) -> str:
    """Return the table as CSV text. Numbers are plain; a cell without a number is empty."""
    names = list(dict.fromkeys(task.task for student in result.students for task in student.tasks))
    header = [
        "student",
        "slug",
        *(f"{name} {what}" for name in names for what in ("earned", "possible", "status")),
    ]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([cell(c) for c in (*header, *TOTAL)])
    for student in result.students:
        writer.writerow([cell(c) for c in _line(student, names)])
    return buffer.getvalue()


def _line(student: StudentResult, names: list[str]) -> list[CsvValue]:
    tasks = {task.task: task for task in student.tasks}
    cells: list[CsvValue] = [student.name, student.slug]
    for name in names:
        task = tasks.get(name)
        cells += ["", "", ""] if task is None else [task.earned, task.possible, task_outcome(task).word]
    mark = total(task_mark(task) for task in student.tasks)
    cells += [mark.earned, mark.possible, math.nan if mark.share is None else 100 * mark.share]
    return [*cells, student.status.value, PASSED[student.passed], student.grade]


def cell(value: CsvValue) -> CsvValue:
    """Return what a spreadsheet may be given: words that it cannot take for a formula, numbers of four decimals."""
    if isinstance(value, str):
        text = clean(value)
        return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
    if not math.isfinite(value):
        return ""
    rounded = round(value, 4)
    return int(rounded) if rounded == int(rounded) else rounded
