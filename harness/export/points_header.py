"""Gradebooks that say the maximum in the header of a column: Brightspace's and Blackboard's."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.export.layout import GradeColumn, Layout
from harness.export.number import read_number
from harness.export.person import Id, WorksheetRow
from harness.export.sheet import Row, Sheet


@dataclass(frozen=True)
class Kind:
    """Such a gradebook: columns that tell it from others, those of ids, and what a column of marks is called.

    `grade` has a group `title`, and the groups `maximum` and `id` where the header says them.
    """

    platform: str
    told_by: tuple[str, ...]
    ids: Mapping[str, Id]
    grade: re.Pattern[str]


BRIGHTSPACE = Kind(
    "Brightspace",
    ("End-of-Line Indicator",),
    {"OrgDefinedId": Id.NUMBER, "Username": Id.LOGIN, "Email": Id.EMAIL},
    re.compile(r"(?P<title>.+?) Points Grade(?:\s*<(?:[^>]*?MaxPoints:(?P<maximum>[\d.,]+))?[^>]*>)?(?P<id>)"),
)
BLACKBOARD = Kind(
    "Blackboard",
    ("Last Name", "First Name", "Username"),
    {"Student ID": Id.NUMBER, "Username": Id.LOGIN},
    re.compile(r"(?P<title>.+?) \[[^\]]*?:[^\]\d]*(?P<maximum>[\d.,]+)[^\]]*\]\s*(?:\|\s*(?P<id>\d+))?"),
)


def recognise(sheet: Sheet, kind: Kind) -> Layout | None:
    """Return the layout of a gradebook of this kind; None for another file."""
    header = sheet.header
    grades = tuple(_grades(header, kind))
    if not all(title in header for title in kind.told_by) or not any(title in header for title in kind.ids):
        return None
    if kind is BLACKBOARD and not grades:
        return None
    rows = range(1, len(sheet.rows))
    numbers = tuple(sheet.rows[i].plain(g.column) for i in rows for g in grades)
    return Layout(kind.platform, tuple(_listed(sheet, sheet.rows[i], i, kind) for i in rows), grades, numbers=numbers)


def _grades(header: list[str], kind: Kind) -> Iterator[GradeColumn]:
    for i, title in enumerate(header):
        if found := kind.grade.fullmatch(title):
            maximum = read_number(found["maximum"] or "")
            called = tuple(filter(None, (found["title"], found["id"])))
            yield GradeColumn(i, title, maximum if maximum and maximum > 0 else None, called)


def _listed(sheet: Sheet, row: Row, i: int, kind: Kind) -> WorksheetRow:
    said = dict(zip(sheet.header, (row.plain(c) for c in range(len(sheet.header))), strict=True))
    ids = tuple((what, v) for title, what in kind.ids.items() if (v := said.get(title, "").removeprefix("#")))
    name = ", ".join(part for t in ("Last Name", "First Name") if (part := said.get(t, "")))
    return WorksheetRow(i, row.line, name, ids)
