"""Who would move under other rubrics, as a table."""

from rich.table import Table
from rich.text import Text

from harness.grading.difference import Difference, Move
from harness.report.staff_pages.difference import because, signed, standing, status_change
from harness.report.words.text import clean, points, short_name
from harness.terminal.lines import GAP, in_the_middle, longest

NAME = 24  # columns that a name may take up
HEADS = ("student", "task", "before", "after", "change", "because of")


def difference_table(diff: Difference, width: int = 80) -> Table:
    """Return one row a move, the largest first: marks before and after, and the criteria behind the change.

    No task and no number is cut: of a long name the middle is left out, and what it is because of folds between words.
    """
    rows = [_row(move) for move in diff.moves]
    widths = [longest([row[i] for row in rows], len(head)) for i, head in enumerate(HEADS)]
    widths[0] = min(widths[0], NAME)
    left = width - sum(widths[:-1]) - GAP * len(widths[:-1])
    words = longest([word for row in rows for word in row[-1].split()], 20)
    widths[-1] = max(words, min(widths[-1], left))
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), collapse_padding=True)
    for head, columns in zip(HEADS, widths, strict=True):
        side = "right" if head in ("before", "after", "change") else "left"
        table.add_column(head, width=columns, no_wrap=head != "because of", overflow="fold", justify=side)  # type: ignore[arg-type]
    for name, *cells in rows:
        table.add_row(Text(in_the_middle(name, widths[0])), *map(Text, cells))
    return table


def _row(move: Move) -> list[str]:
    out_of = move.before.possible != move.after.possible
    before, after = (standing(s) if out_of else points(s.earned) for s in (move.before, move.after))
    moved = status_change(move) if move.before.status is not move.after.status else ""
    causes = "; ".join(filter(None, (because(move.criteria), moved)))
    return [short_name(move.student, move.slug), move.task, str(before), str(after), signed(move.change), clean(causes)]
