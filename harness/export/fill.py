"""Marks into the cells of a worksheet: scaled to its maximum, blank where a mark is open."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from harness.errors import UsageError
from harness.export.given import Given, Nothing
from harness.export.layout import GradeColumn, Layout
from harness.export.mark import Mark, mark_of
from harness.export.number import DecimalMark, decimal_mark, read_number, round_half_up, scaled, written
from harness.export.person import Listed, Match, Person
from harness.export.sheet import Sheet
from harness.export.who import match
from harness.grading.results import StudentResult

TWO_DECIMALS = "at two decimals, halves up"
WHOLE = "as whole numbers: the nearest, and of two as near the greater"
EXCUSED = {"Canvas": "EX"}  # what a platform reads as excused

Changes = dict[tuple[int, int], str]
Comment = Callable[[StudentResult], str]  # what is said of a submission


@dataclass(frozen=True)
class Wanted:
    """Marks for one column of a worksheet, and who is to get them."""

    column: GradeColumn
    tasks: Sequence[str]
    people: Sequence[Person]


@dataclass(frozen=True)
class Writing:
    """How numbers are written. `out_of` is what all points are worth where the worksheet does not say it."""

    mark: DecimalMark
    whole: bool = False
    out_of: Decimal | None = None


@dataclass(frozen=True)
class Filling:
    """The cells that change, and what that comes to."""

    changes: Changes
    given: tuple[Given, ...]
    nothing: tuple[Nothing, ...]
    matches: tuple[Match, ...]


def how_to_write(sheet: Sheet, layout: Layout, *, whole: bool = False, out_of: Decimal | None = None) -> Writing:
    return Writing(decimal_mark(layout.numbers, sheet.delimiter), whole, out_of)


def fill(sheet: Sheet, layout: Layout, wanted: Wanted, writing: Writing, where: str) -> Filling:
    """Return what a worksheet's cells of one column become.

    Raises UsageError, before anything is written, where a mark could land on the wrong person or no maximum is known.
    """
    matches = match(wanted.people, layout.listed, where)
    changes: Changes = {}
    given, nothing = list[Given](), list[Nothing]()
    for one in sorted(matches.found, key=lambda m: m.listed.row):
        mark, place = mark_of(one.person.student, wanted.tasks), (one.listed.row, wanted.column.column)
        name = one.listed.name or one.person.name
        column = wanted.column.title
        if stays := layout.stays.get(place):
            nothing.append(_nothing(mark, name, one.listed.line, column, "stays", stays))
        elif mark.share is None:
            changes |= _blank(mark, place, layout)
            nothing.append(_nothing(mark, name, one.listed.line, column, mark.lack, mark.why))
        else:
            value = _scaled(mark.share, _maximum(layout, wanted.column, one.listed, writing, where), writing)
            said = written(value, writing.mark)
            if read_number(sheet.rows[place[0]].plain(place[1])) != value:
                changes[place] = said
            given.append(
                Given(
                    slug=mark.slug,
                    name=name,
                    line=one.listed.line,
                    column=column,
                    mark=said,
                    by=one.by,
                    unclear=mark.unclear,
                )
            )
    nothing += _without_row(matches.absent, wanted)
    nothing += _of_nobody(matches.others, layout, wanted.column)
    return Filling(changes, tuple(given), tuple(nothing), matches.found)


def comments(sheet: Sheet, layout: Layout, matches: Sequence[Match], comment: Comment, written_by: str) -> Changes:
    """Return what feedback cells become: those that are empty or that hold what the harness wrote before.

    `written_by` is how the harness's own feedback begins. Raises UsageError for a worksheet without such cells.
    """
    column = layout.feedback
    if column is None:
        raise UsageError("Expected a column for feedback in the worksheet, found none; leave --comments out.")
    locked = {row for row, grade in layout.stays if grade == layout.grades[0].column}
    rows = {m.listed.row: m.person.student for m in matches if m.listed.row not in locked}
    said = {row: sheet.rows[row].plain(column) for row in rows}
    ours = {row: student for row, student in rows.items() if not said[row] or said[row].startswith(written_by)}
    return {(row, column): comment(student) for row, student in ours.items()}


def _of_nobody(others: Sequence[Listed], layout: Layout, column: GradeColumn) -> Iterator[Nothing]:
    """Yield the rows of students who are not in the class, but those that the platform itself takes out."""
    for one in others:
        if (one.row, column.column) not in layout.stays:
            name = one.name or next((value for _, value in one.ids), "")
            yield Nothing(slug="", name=name, line=one.line, column=column.title, kind="not in the class", why="")


def _blank(mark: Mark, place: tuple[int, int], layout: Layout) -> Changes:
    """Return what a cell without a mark becomes; of who is excused or handed nothing in it stays as people left it."""
    if mark.lack == "excused":
        return {place: EXCUSED[layout.platform]} if layout.platform in EXCUSED else {}
    return {} if mark.lack == "absent" else {place: ""}


def _nothing(mark: Mark, name: str, line: int, column: str, kind: object, why: str) -> Nothing:
    return Nothing.model_validate(
        {"slug": mark.slug, "name": name, "line": line, "column": column, "kind": kind, "why": why}
    )


def _without_row(absent: Sequence[Person], wanted: Wanted) -> Iterator[Nothing]:
    for person in absent:
        mark = mark_of(person.student, wanted.tasks)
        why = mark.why if mark.share is None else ""
        yield _nothing(mark, person.name, 0, wanted.column.title, "not there", why)


def _scaled(share: float, maximum: Decimal, writing: Writing) -> Decimal:
    value = scaled(share, maximum)
    return round_half_up(value, whole=True) if writing.whole else value


def _maximum(layout: Layout, column: GradeColumn, one: Listed, writing: Writing, where: str) -> Decimal:
    found = layout.maxima.get(one.row) or column.maximum or writing.out_of
    if found is None:
        raise UsageError(
            f"Expected what {column.title!r} of {where} is out of, found no number that says it; give --out-of."
        )
    return found
