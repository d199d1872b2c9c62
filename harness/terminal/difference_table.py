"""Who would move under other rubrics: a line a move, and what it is because of, beside it or below."""

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from harness.grading.difference import Difference, Move
from harness.report.staff_pages.difference import because, signed, standing, status_change
from harness.report.words.text import clean, points, short_name
from harness.terminal.lines import GAP, in_columns, told_apart

NAME, SHORTEST = 24, 8  # columns that names may take up, and that are left to them however narrow the terminal
BESIDE = 40  # columns that causes need to stand beside a move
INDENT = 4
HEADS = ("student", "task", "before", "after", "change")
RIGHT = (2, 3, 4)


def show_difference(console: Console, diff: Difference) -> None:
    """Print the moves, the largest first: marks before and after, whole, and the criteria behind the change."""
    rows = [[Text(head, "bold") for head in HEADS], *map(_cells, diff.moves)]
    widths = [max(cell_len(row[i].plain) for row in rows) for i in range(len(HEADS))]
    widths[0] = max(SHORTEST, min(widths[0], NAME, console.width - sum(widths[1:]) - GAP * (len(HEADS) - 1)))
    names = told_apart({m.slug: short_name(m.student, m.slug) for m in diff.moves}, widths[0])
    for row, move in zip(rows[1:], diff.moves, strict=True):
        row[0] = Text(names[move.slug])
    left = sum(widths) + GAP * len(HEADS)
    beside = left if console.width - left >= BESIDE else 0
    causes = [Text("because of" * bool(beside), "bold"), *(Text(_causes(move)) for move in diff.moves)]
    for row, why in zip(rows, causes, strict=True):
        _print(console, in_columns(row, widths, RIGHT), why, beside)


def _print(console: Console, line: Text, why: Text, beside: int) -> None:
    """Print a line, and why `beside` so many columns of it, or below for 0; what is too long is folded."""
    first, *more = why.wrap(console, console.width - (beside or INDENT)) or [Text()]
    shown = in_columns([line, first], [beside - GAP, cell_len(first.plain)]) if beside else line
    console.print(shown, no_wrap=True, overflow="crop", crop=True)
    for text in more if beside else filter(None, (first, *more)):
        console.print(Padding(text, (0, 0, 0, beside or INDENT)))


def _cells(move: Move) -> list[Text]:
    out_of = move.before.possible != move.after.possible
    before, after = (standing(s) if out_of else points(s.earned) for s in (move.before, move.after))
    name = short_name(move.student, move.slug)
    return [Text(str(cell)) for cell in (name, move.task, before, after, signed(move.change))]


def _causes(move: Move) -> str:
    moved = status_change(move) if move.before.status is not move.after.status else ""
    return clean("; ".join(filter(None, (because(move.criteria), moved))))
