"""Tables of their own: what each platform's columns hold, and nothing that a spreadsheet would run."""

import csv
import io
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from export.made import CLASS, NO_KEPT, earning, kept
from report.conftest import make_class

from harness.errors import UsageError
from harness.export.given import Exported
from harness.export.tables import FORMS, Table, table
from harness.grading.results import ClassResult
from harness.platforms.kept import Kept
from harness.platforms.model import Identity

KNOWN = kept(
    "gradescope",
    jane_doe=Identity(name="Jane Doe", sis_id="0042", email="jane@example.edu", login="jdoe"),
    max_roe=Identity(name="Roe, Max", sis_id="0007", email="max@example.edu", login="mroe"),
)
FORMULA = '=HYPERLINK("x")'


def made(form: str, result: ClassResult = CLASS, known: Kept = KNOWN) -> tuple[list[list[str]], Exported]:
    ready = table(result, known, Table(form, Path("out")))
    return list(csv.reader(io.StringIO(ready.content.decode("utf-8-sig")))), ready.exported


def test_plain() -> None:
    rows, exported = made("csv")
    assert rows[1] == ["Jane Doe", "jane-doe", "", "0042", "jdoe", "jane@example.edu", "71.50", "71.50", "100", ""]
    assert rows[3][6:] == ["", "", "100", "still to be marked by hand: report"]
    assert [n.kind for n in exported.nothing] == ["open", "fault"]


def test_gradescope() -> None:
    rows, _ = made("gradescope")
    assert rows[0][:4] == ["First Name", "Last Name", "SID", "Email"]
    assert rows[2][:8] == ["Max", "Roe", "0007", "max@example.edu", "", "100.00", "100", "Graded"]
    assert rows[3][5:8] == ["", "100", "Ungraded"]


def test_brightspace_takes_only_whom_it_can_know() -> None:
    rows, exported = made("brightspace")
    assert rows[0] == ["OrgDefinedId", "autoencoder Points Grade <Numeric MaxPoints:100>", "End-of-Line Indicator"]
    assert rows[1:] == [["#0042", "71.50", "#"], ["#0007", "100.00", "#"]]
    assert [n.name for n in exported.nothing if n.kind == "not there"] == ["Ann Open", "Bob Fault"]


def test_nbgrader_leaves_open_marks_empty() -> None:
    rows, _ = made("nbgrader")
    assert dict(zip(rows[0], rows[1], strict=True))["score"] == "71.50"
    assert dict(zip(rows[0], rows[3], strict=True))["score"] == ""
    assert rows[1][3] == "jdoe"


@pytest.mark.parametrize("form", sorted({*FORMS} - {"xlsx"}))
def test_nothing_that_a_spreadsheet_would_run_leaves(form: str) -> None:
    known = kept("canvas", x_hyperlink__x__=Identity(name=FORMULA, sis_id="=1+1", login="@x", email="+x"))
    rows, _ = made(form, make_class(earning(FORMULA, 1.0, slug="x-hyperlink--x--")), known)
    assert len(rows) == 2
    assert not [text for text in rows[1] if text[:1] in ("=", "+", "-", "@")]


def test_a_workbook_holds_words_and_numbers() -> None:
    ready = table(make_class(earning(FORMULA, 0.5)), NO_KEPT, Table("xlsx", Path("out"), out_of=Decimal(20)))
    with zipfile.ZipFile(io.BytesIO(ready.content)) as workbook:
        assert all(ElementTree.fromstring(workbook.read(name)) is not None for name in workbook.namelist())
        sheet = ElementTree.fromstring(workbook.read("xl/worksheets/sheet1.xml"))
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert not list(sheet.iter(f"{space}f"))
    assert [t.text for t in sheet.iter(f"{space}t")][-2:] == [FORMULA, "-hyperlink--x--"]
    assert [v.text for v in sheet.iter(f"{space}v")] == ["10.00", "10.00", "20"]


def test_the_same_class_makes_the_same_bytes() -> None:
    for form in FORMS:
        asked = Table(form, Path("out"))
        assert table(CLASS, KNOWN, asked).content == table(CLASS, KNOWN, asked).content


def test_a_form_that_is_not_known() -> None:
    with pytest.raises(UsageError, match="Did you mean 'gradescope'"):
        made("gradscope")
    with pytest.raises(UsageError, match="Expected a task of this class, received 'vae'"):
        table(CLASS, KNOWN, Table("csv", Path("out"), tasks=["vae"]))
