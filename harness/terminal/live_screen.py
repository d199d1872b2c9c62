"""The screen while a class is being graded: who is at what, and how long it still takes."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from harness.report.words.moments import duration
from harness.report.words.text import short_name
from harness.workflow.plan import ClassPlan
from harness.workflow.schedule import Board

LINE_S = 10
REFRESHED = 4  # times a second
LONGEST = 24  # characters of a name


class Screen(Console):
    """A terminal that raises BrokenPipeError where nobody reads it any more: an exit code of its own is the verb's."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704  (called while the error is handled)


def screen(*, stderr: bool = False) -> Console:
    """Return a terminal to write to; standard error is for progress, standard output for results."""
    return Screen(stderr=stderr)


@contextmanager
def live(console: Console, enabled: bool) -> Iterator[Callable[[Board, ClassPlan], None]]:
    """Yield the function that shows a run as it goes; it does nothing when output is read by a program."""
    if not enabled:
        yield lambda board, plan: None
        return
    if not console.is_terminal:
        yield lines_now_and_then(console)
        return
    with Live(Text("Reading submissions and data …"), console=console, refresh_per_second=REFRESHED) as view:
        yield redrawn(view)


def redrawn(view: Live) -> Callable[[Board, ClassPlan], None]:
    """Return what shows a run as a table, made no more often than it is drawn."""
    last = -math.inf

    def show(board: Board, plan: ClassPlan) -> None:
        nonlocal last
        if time.monotonic() - last >= 1 / REFRESHED or not board.running:
            last = time.monotonic()
            view.update(running_table(board, plan))

    return show


def lines_now_and_then(console: Console) -> Callable[[Board, ClassPlan], None]:
    """Return what shows a run where nothing can be redrawn: a line every ten seconds."""
    last = time.monotonic()

    def show(board: Board, plan: ClassPlan) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_S:
            last = time.monotonic()
            left = board.seconds_left()
            rest = "" if left is None else f", about {duration(left, digits=0)} left"
            console.print(f"{plan.title}: {board.done} of {board.expected} done{rest}", markup=False, highlight=False)

    return show


def running_table(board: Board, plan: ClassPlan) -> Group:
    """Return who is at which task, variant and seed, and how long is left."""
    table = Table(box=None, pad_edge=False)
    for heading in ("student", "task", "variant", "seed", "seconds"):
        table.add_column(heading, justify="right" if heading in ("seed", "seconds") else "left", no_wrap=True)
    for unit, since in sorted(board.running.items()):
        student = plan.person(unit.student)
        name = short_name(student.name, student.slug, LONGEST) if unit.stage else "(harness)"
        seconds = f"{time.monotonic() - since:.0f}"
        table.add_row(Text(name), unit.task, unit.variant, str(unit.seed), seconds)
    return Group(table, progress_line(board))


def progress_line(board: Board) -> Table:
    left = board.seconds_left()
    words = "" if left is None else f"about {duration(left, digits=0)} left"
    line = Table.grid(padding=(0, 1))
    line.add_row(ProgressBar(max(1, board.expected), board.done, width=40), f"{board.done}/{board.expected}", words)
    return line
