"""`grades.csv` for a spreadsheet: one line per student, formulas in names defused."""

import csv
import io
import math
from collections.abc import Sequence

from harness.grading.passing import open_points
from harness.grading.people import people
from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.grading.terms import Absent
from harness.report.words.marks import ABSENT, EXCUSED, absent_outcome, student_marks, task_outcome, total
from harness.report.words.rules import changed_text
from harness.report.words.text import clean

# What a spreadsheet may take for the start of a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

OF_TASK = ("earned", "possible", "open", "status")
BY_RULES = ("earned", "mark", "possible", "open", "status", "rules")  # where the class has rules
TOTAL = ("total earned", "total possible", "total open", "percent", "status", "passed", "grade", "fault")
RULED_TOTAL = "total mark"
PASSED = {True: "yes", False: "no", None: "open"}
BOM = "\ufeff"  # without which a spreadsheet on Windows takes the words of a CSV for those of another encoding
CsvValue = str | float


def grades_csv(result: ClassResult) -> str:
    """Return the table as CSV text. Numbers are plain; a cell without a number is empty.

    `possible` are the points that are decided and `open` those that are not: while there are any, no percentage is
    given unless the class says so (`percent_so_far`). `fault` is what stopped a submission, and who could not be read
    at all has no numbers but in tasks that were asked for by name. Each member of a group has a line, as has who handed
    nothing in; where the class has rules, `mark` is what counts of what was earned, and `rules` say what they changed.
    """
    everybody = people(result)
    tasks = [t.task for s in everybody for t in s.tasks] + [a.task for s in everybody for a in s.absent]
    names = list(dict.fromkeys(tasks))
    of_task = BY_RULES if result.ruled else OF_TASK
    total_columns = (RULED_TOTAL if result.ruled else TOTAL[0], *TOTAL[1:])
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    columns = (f"{name} {what}" for name in names for what in of_task)
    writer.writerow([cell(c) for c in ("student", "slug", *columns, *total_columns)])
    for student in everybody:
        writer.writerow([cell(c) for c in _line(student, names, of_task, so_far=result.percent_so_far)])
    return buffer.getvalue()


def _line(student: StudentResult, names: list[str], of_task: Sequence[str], *, so_far: bool) -> list[CsvValue]:
    tasks: dict[str, TaskResult | Absent] = {absent.task: absent for absent in student.absent}
    tasks |= {task.task: task for task in student.tasks}
    cells: list[CsvValue] = [student.name, student.slug]
    for name in names:
        task = tasks.get(name)
        cells += [""] * len(of_task) if task is None else _of_task(task, of_task)
    return [
        *cells,
        *_total(student, so_far=so_far),
        status_of(student),
        PASSED[student.passed],
        student.grade,
        fault_of(student),
    ]


def _of_task(task: TaskResult | Absent, what: Sequence[str]) -> list[CsvValue]:
    if isinstance(task, Absent):
        numbers: list[CsvValue] = [0.0, 0.0, task.worth, 0.0] if task.worth else ["", "", "", task.open or ""]
        found = dict(zip(("earned", "mark", "possible", "open"), numbers, strict=True))
        found |= {"status": str(absent_outcome(task).word), "rules": task.excused or ""}
        return [found[column] for column in what]
    found = {"earned": task.earned, "mark": task.mark if task.counts else "", "possible": task.possible}
    found |= {"open": open_points([task]), "status": str(task_outcome(task).word), "rules": changed_text(task)}
    return [found[column] for column in what]


def _total(student: StudentResult, *, so_far: bool) -> list[CsvValue]:
    mark = total(student_marks(student))
    left = open_points([t for t in student.tasks if t.counts]) + math.fsum(a.open for a in student.absent)
    if not (student.tasks or mark.possible) or mark.excused:
        return ["", "", left or "", ""]
    share = math.nan if mark.share is None or (left and not so_far) else mark.share
    return [mark.earned, mark.possible, left, 100 * share]


def status_of(student: StudentResult) -> str:
    """Return how a result came about; of who handed nothing in that it is missing, or excused."""
    if student.tasks or student.fault or not student.absent:
        return student.status.value
    return str((EXCUSED if total(student_marks(student)).excused else ABSENT).word)


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
