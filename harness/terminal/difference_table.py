"""Who would move under other rubrics, as a table."""

from rich.markup import escape
from rich.table import Table

from harness.grading.difference import Difference
from harness.report.staff_pages.difference import because, signed, standing, status_change
from harness.report.words.text import clean, points


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
