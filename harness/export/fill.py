"""Marks into the cells of a worksheet: scaled to its maximum, blank where a mark is open."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from harness.errors import UsageError
from harness.export.given import Given, Nothing
from harness.export.layout import GradeColumn, Layout
from harness.export.mark import Mark, mark_of
from harness.export.number import DecimalMark, decimal_mark, read_number, round_half_up, scaled, written
from harness.export.person import Match, Person, WorksheetRow
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
    column = _Column(sheet, layout, wanted, writing, where)
    filled = [column.filled(one) for one in sorted(matches.found, key=lambda m: m.listed.row)]
    changes: Changes = {place: value for more, _ in filled for place, value in more.items()}
    given = tuple(said for _, said in filled if isinstance(said, Given))
    nothing = [said for _, said in filled if isinstance(said, Nothing)]
    nothing += [*column.without_row(matches.absent), *column.of_nobody(matches.others)]
    return Filling(changes, given, tuple(nothing), matches.found)


@dataclass(frozen=True)
class _Column:
    """One column of a worksheet that is filled, row by row."""

    sheet: Sheet
    layout: Layout
    wanted: Wanted
    writing: Writing
    where: str

    @property
    def grade(self) -> GradeColumn:
        return self.wanted.column

    def filled(self, one: Match) -> tuple[Changes, Given | Nothing]:
        """Return what the cell of a person becomes, and what is said of it."""
        mark, place = mark_of(one.person.student, self.wanted.tasks), (one.listed.row, self.grade.column)
        who = self.who(mark, one)
        if stays := self.layout.stays.get(place):
            return {}, Nothing.model_validate({**who, "kind": "stays", "why": stays})
        if mark.share is None:
            return self.blank(mark, place), Nothing.model_validate({**who, "kind": mark.lack, "why": mark.why})
        value = scaled(mark.share, self.maximum(one.listed))
        value = round_half_up(value, whole=True) if self.writing.whole else value
        said = written(value, self.writing.mark)
        same = read_number(self.sheet.rows[place[0]].plain(place[1])) == value
        given = Given.model_validate({**who, "mark": said, "by": one.by, "unclear": mark.unclear})
        return {} if same else {place: said}, given

    def who(self, mark: Mark, one: Match) -> dict[str, object]:
        name = one.listed.name or one.person.name
        return {"slug": mark.slug, "name": name, "line": one.listed.line, "column": self.grade.title}

    def blank(self, mark: Mark, place: tuple[int, int]) -> Changes:
        """Return what a cell without a mark becomes; of who is excused or handed nothing in it stays as people left it.

        Where the platform has a word for excused, it is that.
        """
        if mark.lack == "excused":
            return {place: EXCUSED[self.layout.platform]} if self.layout.platform in EXCUSED else {}
        return {} if mark.lack == "absent" else {place: ""}

    def maximum(self, one: WorksheetRow) -> Decimal:
        found = self.layout.maxima.get(one.row) or self.grade.maximum or self.writing.out_of
        if found is None:
            raise UsageError(
                f"Expected what {self.grade.title!r} of {self.where} is out of, found no number that says it; give"
                " --out-of."
            )
        return found

    def without_row(self, absent: Sequence[Person]) -> Iterator[Nothing]:
        for person in absent:
            mark = mark_of(person.student, self.wanted.tasks)
            why = mark.why if mark.share is None else ""
            title = self.grade.title
            yield Nothing(slug=mark.slug, name=person.name, line=0, column=title, kind="not there", why=why)

    def of_nobody(self, others: Sequence[WorksheetRow]) -> Iterator[Nothing]:
        """Yield the rows of students who are not in the class, but those that the platform itself takes out."""
        for one in others:
            if (one.row, self.grade.column) not in self.layout.stays:
                name = one.name or next((value for _, value in one.ids), "")
                title = self.grade.title
                yield Nothing(slug="", name=name, line=one.line, column=title, kind="not in the class", why="")


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
