"""Canvas's gradebook: recognised by its headers, its maxima in a row of their own, its test student left out."""

import re
from collections.abc import Iterator
from decimal import Decimal

from harness.export.layout import GradeColumn, Layout
from harness.export.number import read_number
from harness.export.person import Id, WorksheetRow
from harness.export.sheet import Row, Sheet

NAME = "Canvas"
_ASSIGNMENT = re.compile(r"(.+?)\s*\((\d+)\)")
_IDS = {"ID": Id.USER, "SIS User ID": Id.NUMBER, "SIS Login ID": Id.LOGIN}
_SPLIT = ("LastName", "FirstName")
_STAYS = {"EX": "excused in the worksheet", "N/A": "not assigned to this student"}
_TEST_STUDENT = {"student, test", "test student"}


def recognise(sheet: Sheet) -> Layout | None:
    """Return the layout of a gradebook; None for another file."""
    header = sheet.header
    named = "Student" in header or all(part in header for part in _SPLIT)
    if not named or "ID" not in header or "Section" not in header:
        return None
    leading = _leading(sheet)
    maxima = _points_possible(sheet, leading)
    grades = tuple(_grades(header, maxima))
    students = [i for i in range(leading, len(sheet.rows)) if not _is_test(sheet, sheet.rows[i])]
    stays = {
        (i, g.column): why
        for i in students
        for g in grades
        if (why := _STAYS.get(sheet.rows[i].plain(g.column).upper(), ""))
    }
    numbers = (*maxima.values(), *(sheet.rows[i].plain(g.column) for i in students for g in grades))
    return Layout(NAME, tuple(_listed(sheet, i) for i in students), grades, stays=stays, numbers=numbers)


def _leading(sheet: Sheet) -> int:
    """Return the first row of a student: before it stand rows without any id, that of the maxima among them."""
    ids = [i for i, title in enumerate(sheet.header) if title in _IDS]
    rows = range(1, len(sheet.rows))
    return next((i for i in rows if any(sheet.rows[i].plain(c) for c in ids)), len(sheet.rows))


def _points_possible(sheet: Sheet, leading: int) -> dict[int, str]:
    """Return the maxima as they are written, by column: the last row of numbers before the students."""
    columns = [i for i, title in enumerate(sheet.header) if _ASSIGNMENT.fullmatch(title)]
    found = ({c: row.plain(c) for c in columns if row.plain(c)[:1].isdigit()} for row in sheet.rows[1:leading])
    return next((maxima for maxima in reversed(list(found)) if maxima), {})


def _grades(header: list[str], maxima: dict[int, str]) -> Iterator[GradeColumn]:
    for i, title in enumerate(header):
        if found := _ASSIGNMENT.fullmatch(title):
            yield GradeColumn(i, title, _above_zero(read_number(maxima.get(i, ""))), (found[1], found[2]))


def _above_zero(maximum: Decimal | None) -> Decimal | None:
    return maximum if maximum and maximum > 0 else None


def _name(sheet: Sheet, row: Row) -> str:
    header = sheet.header
    if "Student" in header:
        return row.plain(header.index("Student"))
    return ", ".join(row.plain(header.index(part)) for part in _SPLIT)


def _is_test(sheet: Sheet, row: Row) -> bool:
    return _name(sheet, row).casefold() in _TEST_STUDENT


def _listed(sheet: Sheet, i: int) -> WorksheetRow:
    row = sheet.rows[i]
    said = ((_IDS[title], row.plain(c)) for c, title in enumerate(sheet.header) if title in _IDS)
    return WorksheetRow(i, row.line, _name(sheet, row), tuple((kind, value) for kind, value in said if value))
