"""What the terminal shows after grading: one line a student, what went wrong in whole sentences, and a summary."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console, Group
from rich.text import Text

from harness.grading.passing import open_points
from harness.grading.people import people
from harness.grading.results import ClassResult, StudentResult
from harness.grading.scale import percentage
from harness.grading.words import sentence
from harness.records.models import Fault, Status
from harness.report.words.marks import NOT_RUN, absent_outcome, result_outcome, skipped_tasks, student_marks, total
from harness.report.words.rules import changed_text
from harness.report.words.text import MISSING, count, points, short_name
from harness.terminal.lines import GAP, in_columns, print_line, told_apart
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
NAME = 24  # columns that names get where reasons are long
SHORTEST = 8  # columns that are left to a name, however narrow the terminal
LEAST = 10  # columns without which a reason says nothing
DETAILS = 20  # faults told in full; the class page has all


def show_class(console: Console, result: ClassResult, page: Path) -> None:
    """Print a graded class; `page` is where all of it can be read."""
    console.print(class_table(result, console.width), no_wrap=True, overflow="crop", crop=True)
    told = list(details(result))
    if told:
        console.print()
    for line in told[:DETAILS]:
        console.print(line)
    if len(told) > DETAILS:
        print_line(console, f"{len(told) - DETAILS:,} more with a fault are on the class page.")
    console.print()
    for text in (*summary(result), *seeds_lines(result), f"Class page: {page}"):
        print_line(console, text)


def class_table(result: ClassResult, width: int = 80) -> Group:
    """Return a heading and one line a student: mark, result, grade where there are any, and why, in `width` columns.

    Marks, results and grades are whole. Names get what reasons leave them, and are cut in their middle; a reason is cut
    at its end, and left out where next to nothing would be left of it.
    """
    heads = ["student", "mark", "result", *(["grade"] if result.scale.grades else []), "reason"]
    everybody = people(result)
    lines = [[Text(head, "bold") for head in heads]]
    lines += [_cells(student, bool(result.scale.grades)) for student in everybody]
    widths = [max(cell_len(line[i].plain) for line in lines) for i in range(len(heads))]
    widths[0], widths[-1] = _shares(widths, width)
    names = told_apart({str(i): short_name(s.name, s.slug) for i, s in enumerate(everybody)}, widths[0])
    for i, line in enumerate(lines[1:]):
        line[0] = Text(names[str(i)])
    return Group(*(in_columns(line if widths[-1] else line[:-1], widths, right=(1,)) for line in lines))


def _shares(widths: Sequence[int], width: int) -> tuple[int, int]:
    """Return the columns of names and of reasons, whose widths stand first and last; none for reasons without room."""
    both = width - sum(widths[1:-1]) - GAP * (len(widths) - 1)
    name = min(widths[0], max(NAME, both - widths[-1]))
    if both - name >= min(LEAST, widths[-1]):
        return name, both - name
    return max(SHORTEST, min(widths[0], both + GAP)), 0


def _cells(student: StudentResult, graded: bool) -> list[Text]:
    result, style = result_outcome(student), COLOURS[student.passed]
    return [
        Text(short_name(student.name, student.slug)),
        Text(mark(student)),
        Text(str(result.word), "dim" if result is NOT_RUN else style),
        *([Text(student.grade or MISSING)] if graded else []),
        Text(reason(student)),
    ]


def mark(student: StudentResult) -> str:
    """Return the points earned of those decided; a dash where nothing is."""
    found = total(student_marks(student))
    return f"{points(found.earned)} / {points(found.possible)}" if found.possible else MISSING


def reason(student: StudentResult) -> str:
    """Return in one line what went wrong, what is open, what rules changed, or that every target was reached."""
    if fault := fault_of(student):
        return f"{student.status.value}: {_one_line(fault[1].message)}"
    left = open_points([t for t in student.tasks if t.counts])
    said = [f"{count(left, 'point')} still open"] if left else []
    said += [f"{t.task}: {changed}" for t in student.tasks if (changed := changed_text(t))]
    said += [f"{a.task}: {absent_outcome(a).word}" for a in student.absent]
    return _one_line("; ".join(said)) or ("every target reached" if student.reached_all else "")


def fault_of(student: StudentResult) -> tuple[str, Fault] | None:
    """Return the fault that the student's status speaks of, with its task if it is of one; None if there is none."""
    owner = OWNERS.get(student.status)
    faults = [("", student.fault)]
    faults += [(t.task, f) for t in student.tasks for f in (t.fault, *(m.fault for m in t.measurements))]
    return next(((task, fault) for task, fault in faults if fault and fault.owner == owner), None)


def details(result: ClassResult) -> Iterator[Text]:
    """Yield what went wrong of each student with a fault, in a whole sentence."""
    for student in result.students:
        if found := fault_of(student):
            task, fault = found
            where = f"{task}: " if task else ""
            told = f": {student.status.value}: {where}{sentence(_one_line(fault.message))}"
            yield Text.assemble((short_name(student.name, student.slug), "bold"), told)


def summary(result: ClassResult) -> list[str]:
    """Return how many passed, and by which mark; nothing for an empty class."""
    if not result.students:
        return []
    there = people(result, missing=False)
    n = {passed: sum(s.passed is passed for s in there) for passed in (True, False, None)}
    rest = [f"{n[False]:,} did not" * bool(n[False]), f"{n[None]:,} open" * bool(n[None])]
    said = ", ".join([f"{n[True]:,} of {len(there):,} passed", *filter(None, rest)])
    every = sum(s.reached_all for s in there)
    lines = [f"{said} (pass mark {percentage(result.scale.pass_mark)}); {every:,} reached every target."]
    lines += [f"Grades: {', '.join(result.scale.boundaries())}."] if result.scale.grades else []
    if result.missing:
        some = ", ".join(s.name for s in result.missing[:5])
        more = f" and {len(result.missing) - 5:,} more" if len(result.missing) > 5 else ""
        lines.append(f"Handed nothing in: {len(result.missing):,} ({some}{more}).")
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


KEY_IS_OUT = (
    "Appeal bundles hold the key of the class from now on; grade what is still handed in under another, into another"
    " folder."
)


def published(made: HandedOut) -> list[str]:
    """Return what was handed out, what spoke against it, and where it says whose is which."""
    n = len(made.files)
    lines = [f"{made.folder}: {'1 card' if n == 1 else f'{n:,} cards'}, to hand out"]
    if made.removed:
        were = "1 card of an earlier publication was" if made.removed == 1 else f"{made.removed:,} cards were"
        lines.append(f"{were} taken out, of students who are not in this class any more.")
    lines += [f"Although {warning}." for warning in made.warnings]
    if made.publication.with_key:
        lines.append(KEY_IS_OUT)
    return [*lines, f"{made.listing} says which card is whose; keep it to yourself."]


def _one_line(text: str) -> str:
    return short_name(text, "", 1000)
