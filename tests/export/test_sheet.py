"""A CSV file keeps every byte but those of the cells that change, in whichever dialect it is."""

import csv
import io

import pytest

from harness.errors import UsageError
from harness.export.sheet import read_sheet

ROWS = [
    ["Name", "Note", "Grade"],
    ["Doe, Jane", 'says "hi"', ""],
    ["Rø, \u00c5; x", "two\nlines", "1"],
    ["=cmd", "", ""],
]


def written(
    delimiter: str = ",", end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL, encoding: str = "utf-8"
) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(ROWS)
    return buffer.getvalue().encode(encoding)


DIALECTS = [
    written(d, e, q, c)
    for d in (",", ";", "\t")
    for e in ("\r\n", "\n")
    for q in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
    for c in ("utf-8", "utf-8-sig", "cp1252")
] + [b"\xff\xfe" + written("\t", encoding="utf-16-le"), written(end="\r", quoting=csv.QUOTE_ALL)]


@pytest.mark.parametrize("content", DIALECTS)
def test_what_is_not_changed_comes_back_byte_by_byte(content: bytes) -> None:
    sheet = read_sheet(content, "x.csv")
    assert [[cell.value for cell in row.cells] for row in sheet.rows] == ROWS
    assert sheet.filled({}) == content
    assert sheet.filled({(r, c): ROWS[r][c] for r in range(4) for c in range(3)}) == content


@pytest.mark.parametrize("content", DIALECTS)
def test_only_the_cell_that_changes_changes(content: bytes) -> None:
    sheet = read_sheet(content, "x.csv")
    filled = read_sheet(sheet.filled({(1, 2): "78,50", (3, 2): 'a "b"'}), "x.csv")
    assert [[cell.value for cell in row.cells] for row in filled.rows] == [
        ROWS[0],
        [*ROWS[1][:2], "78,50"],
        ROWS[2],
        [*ROWS[3][:2], 'a "b"'],
    ]


def test_lines_are_counted_as_an_editor_does() -> None:
    assert [row.line for row in read_sheet(b'a,b\r\n"x\r\ny",1\r\n\r\nz,2\r\n', "x.csv").rows] == [1, 2, 5]


def test_a_cell_kept_as_text_says_what_is_in_it() -> None:
    row = read_sheet(b'Name,ID\n"=""=SUM(A1)""","=""0042"""\n', "x.csv").rows[1]
    assert [row.plain(0), row.plain(1), row.plain(2)] == ["=SUM(A1)", "0042", ""]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "which is empty"),
        (b"PK\x03\x04\x00\x00", "which is binary"),
        (b"only\none\ncolumn\n", "received one"),
        (b"a,b\n1,2,3\n", "Expected 2 cells in line 2"),
        (b'a,b\n"open,1\n', "line 2 of x.csv to be closed"),
        (b'a,b\n"open, ""1\n', "line 2 of x.csv to be closed"),
        (b"a,b\n\x81\x8d,1\n", "received bytes that are none"),
    ],
)
def test_what_is_no_table_is_one_sentence(content: bytes, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_sheet(content, "x.csv")


def test_a_cell_that_a_spreadsheet_cut_off_is_not_invented() -> None:
    with pytest.raises(UsageError, match="a spreadsheet has cut it"):
        read_sheet(b"a,b,c\n1\n", "x.csv").filled({(1, 2): "5"})
