"""Lines and tables on the terminal as they are said: nothing in them is markup, and no width cuts what is whole."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segments
from rich.table import Table

from harness.report.words.text import clean

GAP = 2  # columns between those of a table


def print_line(console: Console, text: str, style: str = "") -> None:
    """Print `text` without the control characters that a name or a file may hold."""
    console.print(clean(text), style=style or None, markup=False, highlight=False, soft_wrap=True)


def print_table(console: Console, table: Table) -> None:
    """Print a table in the width of the terminal, or wider where its columns need more: nothing of it is cropped."""
    width = max(console.width, sum((c.width or c.min_width or 1) + GAP for c in table.columns))
    made = console.render(table, console.options.update(width=width, max_width=width))
    console.print(Segments(made), crop=False, soft_wrap=True, end="")


def in_the_middle(text: str, columns: int) -> str:
    """Return a text that takes so many columns at most; what is left out of it is its middle, where it is longer."""
    if cell_len(text) <= columns:
        return text
    head = _fitting(text, (columns - 1) - (columns - 1) // 2)
    return f"{head}…{_fitting(text[::-1], (columns - 1) // 2)[::-1]}"


def _fitting(text: str, columns: int) -> str:
    """Return as much of the beginning as fits."""
    for n in range(min(len(text), columns * 4), -1, -1):
        if cell_len(text[:n]) <= columns:
            return text[:n]
    return ""


def longest(texts: Sequence[str], at_least: int = 0) -> int:
    """Return how many columns the widest of some texts takes."""
    return max([at_least, *map(cell_len, texts)])
