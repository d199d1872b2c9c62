"""A line on the terminal as it is said: nothing in it is markup, and no width breaks it; and names that must fit."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from harness.report.words.text import clean

GAP = 2  # columns between columns


def print_line(console: Console, text: str, style: str = "") -> None:
    """Print `text` without the control characters that a name or a file may hold."""
    console.print(clean(text), style=style or None, markup=False, highlight=False, soft_wrap=True)


def in_columns(cells: Sequence[Text], widths: Sequence[int], right: Collection[int] = ()) -> Text:
    """Return the cells side by side in columns so wide, those in `right` at the right; what is longer is cut."""
    row = Text()
    for i, (cell, width) in enumerate(zip(cells, widths, strict=False)):
        blank = Text(" " * max(0, width - cell_len(cell.plain)))
        cell.truncate(width, overflow="ellipsis")
        row.append_text(Text(" " * GAP) if i else Text()).append_text(blank + cell if i in right else cell + blank)
    row.rstrip()
    return row


def shortened(text: str, columns: int) -> str:
    """Return `text` in at most so many columns, cut in its middle: names of a class often begin or end alike.

    What is drawn over a letter stays with it. Wide letters take two columns.
    """
    if cell_len(text) <= columns:
        return text
    head, tail = (columns - 1) - (columns - 1) // 2, (columns - 1) // 2
    first = max((n for n in range(len(text) + 1) if cell_len(text[:n]) <= head), default=0)
    last = min((n for n in range(len(text) + 1) if cell_len(text[n:]) <= tail), default=len(text))
    while last < len(text) and not cell_len(text[last]):
        last += 1
    return f"{text[:first]}…{text[last:]}"


def told_apart(names: Mapping[str, str], columns: int) -> dict[str, str]:
    """Return the names, which go by slug, in so many columns; those that would read alike are shown by their slugs."""
    short = {slug: shortened(name, columns) for slug, name in names.items()}
    times = Counter(short.values())
    alike = {slug for slug, text in short.items() if times[text] > 1 and text != names[slug]}
    return {slug: shortened(slug, columns) if slug in alike else text for slug, text in short.items()}
