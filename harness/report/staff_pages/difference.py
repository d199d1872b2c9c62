"""What another rubric would change, for staff: `diff.csv` for a spreadsheet and `diff.html` to read."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import __version__
from harness.grading.difference import CriterionChange, CriterionTotal, Difference, Move, Standing
from harness.records.models import Status
from harness.report.files import write_if_changed
from harness.report.grades import BOM, CsvValue, cell
from harness.report.pages import POLICY
from harness.report.themes.engine import render
from harness.report.themes.theme import PLAIN, Theme
from harness.report.words.links import Link, link
from harness.report.words.marks import BY_STATUS, MISSED, PARTLY
from harness.report.words.moments import date
from harness.report.words.phrase import Phrase, listed, plural
from harness.report.words.text import MISSING, count, points

COLUMNS = (
    *("student", "slug", "task", "earned before", "possible before", "earned after", "possible after"),
    *("change", "status before", "status after", "because of"),
)


@dataclass(frozen=True)
class Cause:
    """One criterion behind a move, in words."""

    name: str
    text: str
    change: str
    why: str
    hidden: bool


@dataclass(frozen=True)
class MoveRow:
    student: Link
    task: str
    before: str
    after: str
    change: str
    size: float
    status: str
    causes: list[Cause]


@dataclass(frozen=True)
class CriterionRow:
    task: str
    cause: Cause
    students: int
    mean: str


def diff_csv(diff: Difference) -> str:
    """Return one line per move as CSV text, the largest first; formulas in names are defused."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    writer.writerows([cell(c) for c in _line(move)] for move in diff.moves)
    return buffer.getvalue()


def _line(move: Move) -> list[CsvValue]:
    before, after = move.before, move.after
    marks = [before.earned, before.possible, after.earned, after.possible, move.change]
    return [move.student, move.slug, move.task, *marks, before.status.value, after.status.value, because(move.criteria)]


def because(criteria: Sequence[CriterionChange]) -> str:
    """Return the criteria behind a move in one line: `plain -25 (target 0.35 → 0.61; passed → failed)`."""
    return ", ".join(f"{c.id} {signed(c.change)} ({'; '.join(c.why)})" for c in criteria)


def signed(change: float) -> str:
    """Return a change of points with its sign: `+5`, `-2.5`, `0`; one that two decimals hide keeps a digit."""
    text = points(abs(change))
    if change == 0:
        return "0"
    sign = "+" if change > 0 else "-"
    return sign + (text if text != "0" else f"{abs(change):.1g}")


def summary(diff: Difference) -> str:
    """Return one sentence: how many move, and how many do not."""
    moved = _moved(diff)
    if not diff.offset:
        return moved
    offset = plural(
        diff.offset,
        "%(n)s of these earns other points for some criteria, which cancel out.",
        "%(n)s of these earn other points for some criteria, which cancel out.",
    )
    return listed([moved, offset], " ")


def _moved(diff: Difference) -> Phrase:
    rest = diff.students - diff.moved
    if not diff.moved:
        return plural(
            rest,
            "Nobody moves: %(n)s student keeps the same marks.",
            "Nobody moves: %(n)s students keep the same marks.",
        )
    one = plural(
        diff.moved,
        "%(n)s of %(students)s moves",
        "%(n)s of %(students)s move",
        students=count(diff.students, "student"),
    )
    return plural(rest, "%(moved)s, %(n)s keeps the same marks.", "%(moved)s, %(n)s keep the same marks.", moved=one)


def render_difference(diff: Difference, *, theme: Theme = PLAIN) -> str:
    """Return the page, for staff: it names students and hidden criteria."""
    return render(
        theme,
        "difference.html",
        policy=POLICY,
        diff=diff,
        created=date(diff.created),
        summary=summary(diff),
        rows=[_row(move) for move in diff.moves],
        criteria=[_criterion(total) for total in diff.criteria],
        harness=__version__,
    )


def write_difference(diff: Difference, out: Path, *, theme: Theme = PLAIN) -> Path:
    """Write `diff.csv` and `diff.html` into `out`, nothing else; return the page. Raises ResultsError."""
    write_if_changed(out / "diff.csv", BOM + diff_csv(diff))
    page = out / "diff.html"
    write_if_changed(page, render_difference(diff, theme=theme))
    return page


def _row(move: Move) -> MoveRow:
    return MoveRow(
        student=link(move.student, move.slug),
        task=move.title,
        before=standing(move.before),
        after=standing(move.after),
        change=signed(move.change),
        size=move.change,
        status=status_change(move),
        causes=[_cause(c, signed(c.change)) for c in move.criteria],
    )


def standing(mark: Standing) -> str:
    return f"{points(mark.earned)} / {points(mark.possible)}" if mark.possible else MISSING


def status_change(move: Move) -> str:
    """Return `passed → failed`, or the status that stays."""
    before, after = (word(s) for s in (move.before, move.after))
    return before if before == after else listed([before, after], " → ")


def word(mark: Standing) -> str:
    """Return the status in the words of the class page, where a failed task can be earned partly."""
    if mark.status is Status.FAILED:
        return PARTLY.word if mark.earned else MISSED.word
    return BY_STATUS[mark.status].word


def _cause(change: CriterionChange | CriterionTotal, points_: str) -> Cause:
    return Cause(change.id, change.text, points_, "; ".join(change.why), change.hidden)


def _criterion(total: CriterionTotal) -> CriterionRow:
    return CriterionRow(total.task, _cause(total, signed(total.change)), total.students, signed(total.mean))
