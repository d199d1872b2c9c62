"""What the terminal shows after grading: one line a student, what went wrong in whole sentences, and a summary."""

from pathlib import Path
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.grading.passing import open_points
from harness.grading.results import ClassResult, StudentResult
from harness.grading.scale import percentage
from harness.grading.words import sentence
from harness.records.models import Fault, Status
from harness.report.words.marks import NOT_RUN, result_outcome, skipped_tasks
from harness.report.words.text import MISSING, count, points, short_name
from harness.terminal.lines import GAP, in_the_middle, longest, print_line, print_table
from harness.workflow.publish import HandedOut

STYLE = {
    Status.PASSED: "green",
    Status.FAILED: "yellow",
    Status.STUDENT_ERROR: "red",
    Status.HARNESS_ERROR: "magenta",
    Status.NOT_RUN: "dim",
    Status.OPEN: "cyan",
}
OWNERS = {Status.STUDENT_ERROR: "student", Status.HARNESS_ERROR: "harness"}
COLOURS = {True: "green", False: "yellow", None: "cyan"}  # of what is passed, not passed and open
NAME = 28  # columns that a name may take up
SHORTEST = 9  # columns that are left to a name, however narrow the terminal
LEAST = 20  # columns that are left to a reason
DETAILS = 20  # faults told in full; the class page has all


def show_class(console: Console, result: ClassResult, page: Path) -> None:
    """Print a graded class; `page` is where all of it can be read."""
    print_table(console, class_table(result, console.width))
    faulty = sum(fault_of(s) is not None for s in result.students)
    if faulty > DETAILS:
        print_line(console, f"{faulty - DETAILS:,} more with a fault are told in full on the class page.")
    console.print()
    for text in (*summary(result), *seeds_lines(result), f"Class page: {page}"):
        print_line(console, text)


def class_table(result: ClassResult, width: int = 80) -> Table:
    """Return a row a student that fits into `width` columns: mark, result, grade where there are any, and why.

    Marks and results are whole in any case. Of a long name the middle is left out; reasons fold, those of many faults
    after the first few are shortened to a line.
    """
    graded = bool(result.scale.grades)
    heads = ["student", "mark", "result", *(["grade"] if graded else []), "reason"]
    lines = [_cells(student, graded) for student in result.students]
    widths = [longest([line[i].plain for line in lines], cell_len(head)) for i, head in enumerate(heads)]
    fixed = sum(widths[1:-1]) + GAP * (len(heads) - 1)
    widths[0] = max(SHORTEST, min(widths[0], NAME, width - fixed - LEAST))
    widths[-1] = max(LEAST, min(widths[-1], width - fixed - widths[0]))
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), collapse_padding=True)
    for head, columns in zip(heads, widths, strict=True):
        whole = head != "reason"
        justify: Literal["left", "right"] = "right" if head == "mark" else "left"
        table.add_column(head, no_wrap=whole, overflow="fold", justify=justify, width=columns)
    faults = 0
    for line, student in zip(lines, result.students, strict=True):
        faults += fault_of(student) is not None
        name = Text(in_the_middle(line[0].plain, widths[0]))
        if faults > DETAILS:
            line[-1].truncate(widths[-1], overflow="ellipsis")
        table.add_row(name, *line[1:])
    return table


def _cells(student: StudentResult, graded: bool) -> list[Text]:
    result, style = result_outcome(student), COLOURS[student.passed]
    grade = Text(student.grade or MISSING)
    return [
        Text(short_name(student.name, student.slug)),
        Text(mark(student)),
        Text(str(result.word), "dim" if result is NOT_RUN else style),
        *([grade] if graded else []),
        Text(reason(student)),
    ]


def mark(student: StudentResult) -> str:
    """Return the points earned of those decided; a dash where nothing is."""
    earned, possible = (sum(getattr(t, what) for t in student.tasks) for what in ("earned", "possible"))
    return f"{points(earned)} / {points(possible)}" if possible else MISSING


def reason(student: StudentResult) -> str:
    """Return in a sentence what went wrong, in words what is open, or that every target was reached."""
    if found := fault_of(student):
        task, fault = found
        where = f"{task}: " if task else ""
        return f"{student.status.value}: {where}{sentence(_one_line(fault.message))}"
    if left := open_points(student.tasks):
        return f"{count(left, 'point')} still open"
    return "every target reached" if student.reached_all else ""


def fault_of(student: StudentResult) -> tuple[str, Fault] | None:
    """Return the fault that the student's status speaks of, with its task if it is of one; None if there is none."""
    owner = OWNERS.get(student.status)
    faults = [("", student.fault)]
    faults += [(t.task, f) for t in student.tasks for f in (t.fault, *(m.fault for m in t.measurements))]
    return next(((task, fault) for task, fault in faults if fault and fault.owner == owner), None)


def summary(result: ClassResult) -> list[str]:
    """Return how many passed, and by which mark; nothing for an empty class."""
    if not result.students:
        return []
    n = {passed: sum(s.passed is passed for s in result.students) for passed in (True, False, None)}
    rest = [f"{n[False]:,} did not" * bool(n[False]), f"{n[None]:,} open" * bool(n[None])]
    said = ", ".join([f"{n[True]:,} of {len(result.students):,} passed", *filter(None, rest)])
    every = sum(s.reached_all for s in result.students)
    lines = [f"{said} (pass mark {percentage(result.scale.pass_mark)}); {every:,} reached every target."]
    lines += [f"Grades: {', '.join(result.scale.boundaries())}."] if result.scale.grades else []
    skipped = ", ".join(f"{title} ({n:,})" for title, n in skipped_tasks(result).items())
    counts = "; --task NAME counts a task for everybody."
    return [*lines, f"Not handed in, and so not counted: {skipped}{counts}"] if skipped else lines


def seeds_lines(result: ClassResult) -> list[str]:
    """Return what seeds cost beyond the first, and what they leave in doubt; nothing where there is nothing to say."""
    lines = []
    if n := result.extra_trainings:
        lines.append(f"Extra trainings: {n}, as one seed left criteria in doubt; the median of three decides.")
    if n := result.in_doubt():
        what = "1 criterion wants" if n == 1 else f"{n} criteria want"
        lines.append(f"{what} more seeds than there are: `harness grade` with the same rubrics runs them.")
    return lines


def published(made: HandedOut) -> list[str]:
    """Return what was handed out, what spoke against it, and where it says whose is which."""
    n = len(made.files)
    lines = [f"{made.folder}: {'1 card' if n == 1 else f'{n:,} cards'}, to hand out"]
    if made.removed:
        were = "1 card of an earlier publication was" if made.removed == 1 else f"{made.removed:,} cards were"
        lines.append(f"{were} taken out, of students who are not in this class any more.")
    lines += [f"Although {warning}." for warning in made.warnings]
    return [*lines, f"{made.listing} says which card is whose; keep it to yourself."]


def _one_line(text: str) -> str:
    return short_name(text, "", 1000)
