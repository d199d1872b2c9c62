"""Which platform's worksheet a file is, told by the names in its header."""

from collections.abc import Mapping

from harness.errors import UsageError
from harness.export import canvas, moodle, points_header
from harness.export.layout import Layout, Role, columns_named
from harness.export.sheet import Sheet

SHOWN = 8


def layout_of(sheet: Sheet, named: Mapping[Role, str], where: str) -> Layout:
    """Return what the columns of a worksheet are. `named` are columns that somebody named, by their headers.

    Raises UsageError for a header that no platform writes, and for one that says the same column twice.
    """
    if named:
        found = moodle.recognise(sheet, columns_named(sheet, named, where))
    else:
        found = (
            canvas.recognise(sheet)
            or points_header.recognise(sheet, points_header.BRIGHTSPACE)
            or points_header.recognise(sheet, points_header.BLACKBOARD)
            or moodle.recognise(sheet, {})
        )
    if found is None:
        shown = ", ".join(repr(title[:40]) for title in sheet.header[:SHOWN])
        raise UsageError(
            f"Expected a worksheet of Moodle, or a gradebook of Canvas, Brightspace or Blackboard, received"
            f" {where} with the columns {shown}; say which is which, as in"
            " --columns identifier=HEADER,grade=HEADER,maximum=HEADER."
        )
    if not found.listed:
        raise UsageError(f"Expected students in {where}, found none; download it with them.")
    return found
