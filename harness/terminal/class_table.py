"""What the terminal shows: the live table of a run, and summaries after it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from harness.grading.difference import Difference
from harness.grading.results import ClassResult, StudentResult
from harness.records.models import Status
from harness.report.staff_pages.difference import because, signed, standing, status_change
from harness.report.words.text import clean, points
from harness.workflow.plan import ClassPlan
from harness.workflow.publish import Published
from harness.workflow.schedule import Board

LINE_S = 10
STYLE = {
    Status.PASSED: "green",
    Status.FAILED: "yellow",
    Status.STUDENT_ERROR: "red",
    Status.HARNESS_ERROR: "magenta",
    Status.NOT_RUN: "dim",
}


def screen(*, stderr: bool = False) -> Console:
    """Return a terminal to write to; standard error is for progress, standard output for results."""
    return Console(stderr=stderr)


@contextmanager
def live(console: Console, enabled: bool) -> Iterator[Callable[[Board, ClassPlan], None]]:
    """Yield the function that shows a run as it goes; it does nothing when output is read by a program."""
    if not enabled:
        yield lambda board, plan: None
        return
    if not console.is_terminal:
        yield lines_now_and_then(console)
        return
    with Live(Text("Reading submissions and data …"), console=console, refresh_per_second=4) as view:
        yield lambda board, plan: view.update(running_table(board, plan))


def lines_now_and_then(console: Console) -> Callable[[Board, ClassPlan], None]:
    """Return what shows a run where nothing can be redrawn: a line every ten seconds."""
    last = time.monotonic()

    def show(board: Board, plan: ClassPlan) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_S:
            last = time.monotonic()
            left = board.seconds_left()
            rest = "" if left is None else f", about {duration(left)} left"
            console.print(f"{plan.title}: {board.done} of {board.expected} done{rest}", markup=False, highlight=False)

    return show


def running_table(board: Board, plan: ClassPlan) -> Group:
    """Return who is at which task, variant and seed, and how long is left."""
    table = Table(box=None, pad_edge=False)
    for heading in ("student", "task", "variant", "seed", "seconds"):
        table.add_column(heading, justify="right" if heading in ("seed", "seconds") else "left", no_wrap=True)
    for unit, since in sorted(board.running.items()):
        name = plan.students[unit.student].name if unit.stage else "(harness)"
        seconds = f"{time.monotonic() - since:.0f}"
        table.add_row(escape(name), unit.task, unit.variant, str(unit.seed), seconds)
    return Group(table, progress_line(board))


def progress_line(board: Board) -> Table:
    left = board.seconds_left()
    words = "" if left is None else f"about {duration(left)} left"
    line = Table.grid(padding=(0, 1))
    line.add_row(ProgressBar(max(1, board.expected), board.done, width=40), f"{board.done}/{board.expected}", words)
    return line


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def class_table(result: ClassResult) -> Table:
    """Return one row a student: marks, status and the reason where something went wrong."""
    table = Table(box=None, pad_edge=False)
    table.add_column("student", no_wrap=True)
    table.add_column("mark", justify="right", no_wrap=True)
    table.add_column("result", no_wrap=True)
    table.add_column("reason")
    for student in result.students:
        status = student_status(student)
        earned = sum(t.earned for t in student.tasks)
        possible = sum(t.possible for t in student.tasks)
        mark = f"{earned:.1f} / {possible:g}" if student.tasks else "–"
        table.add_row(escape(student.name), mark, Text(status.value, STYLE[status]), escape(reason(student)))
    return table


def difference_table(diff: Difference) -> Table:
    """Return one row a move, the largest first: marks before and after, and the criteria behind the change."""
    table = Table(box=None, pad_edge=False)
    table.add_column("student", max_width=24)
    table.add_column("task")
    for heading in ("before", "after", "change"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("because of", min_width=20)
    for move in diff.moves:
        out_of = move.before.possible != move.after.possible
        before, after = (standing(s) if out_of else points(s.earned) for s in (move.before, move.after))
        moved = status_change(move) if move.before.status is not move.after.status else ""
        causes = "; ".join(filter(None, (because(move.criteria), moved)))
        table.add_row(escape(clean(move.student)), move.task, before, after, signed(move.change), escape(causes))
    return table


def seeds_lines(result: ClassResult) -> list[str]:
    """Return what seeds cost beyond the first, and what they leave in doubt; nothing where there is nothing to say."""
    lines = []
    if n := result.extra_trainings:
        lines.append(f"Extra trainings: {n}, as one seed left criteria in doubt; the median of three decides.")
    if n := result.in_doubt():
        what = "1 criterion wants" if n == 1 else f"{n} criteria want"
        lines.append(f"{what} more seeds than there are: `harness grade` with the same rubrics runs them.")
    return lines


def published(made: Published) -> list[str]:
    """Return what was handed out, what spoke against it, and where it says whose is which."""
    n = len(made.files)
    lines = [f"{made.folder}: {'1 card' if n == 1 else f'{n:,} cards'}, to hand out"]
    lines += [f"Although {warning}." for warning in made.warnings]
    return [*lines, f"{made.listing} says which card is whose; keep it to yourself."]


def student_status(student: StudentResult) -> Status:
    """Return the status that says most about a student: faults before failures before passes."""
    found = {t.status for t in student.tasks} | ({Status.STUDENT_ERROR} if student.fault else set())
    order = (Status.HARNESS_ERROR, Status.STUDENT_ERROR, Status.FAILED, Status.NOT_RUN, Status.PASSED)
    return next((s for s in order if s in found), Status.NOT_RUN)


def reason(student: StudentResult) -> str:
    """Return the first sentence that says what went wrong, or nothing."""
    if student.fault:
        return student.fault.message
    faults = [t.fault.message for t in student.tasks if t.fault]
    faults += [m.fault.message for t in student.tasks for m in t.measurements if m.fault]
    return faults[0] if faults else ""
