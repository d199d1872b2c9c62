"""A platform's download goes in and its own file comes back: only cells of marks and feedback have changed."""

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from platforms.made import METADATA, zipped
from typer.testing import Result
from workflow.classes import FakeSandbox

from harness.records.hand_marks import HandMarks
from harness.report.files import read_results

Harness = Callable[..., Result]

REST = ("--rubrics", "rubrics", "--device", "cpu", "--jobs", "1", "--trust-submissions")
CODE = toy.GOOD.encode()
WORK = zipped({"work/Toy.py": CODE})


def rows(data: bytes, comma: str = ",") -> list[list[str]]:
    return [*csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=comma)]


def changed(before: bytes, after: bytes, comma: str = ",") -> set[tuple[int, int]]:
    """Return line and column of every cell that is another."""
    old, new = rows(before, comma), rows(after, comma)
    assert [len(line) for line in old] == [len(line) for line in new]
    return {(i, j) for i, line in enumerate(old) for j, cell in enumerate(line) if cell != new[i][j]}


@pytest.fixture
def graded(toys: FakeSandbox, harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that grades a download and gives all points that are for a person."""
    monkeypatch.setattr("harness.workflow.graded_class.registry", lambda: toy.REGISTRY)

    def grade(*arguments: str) -> None:
        done = harness("grade", *arguments, *REST)
        assert done.exit_code in (0, 1), done.output
        marks = HandMarks(tmp_path / "results")
        for student in read_results(tmp_path / "results" / "results.json").students:
            marks.add((student.slug, "toy", "report"), grader="g", points=10, seen=0)
        marks.close()

    return grade


def test_moodle(graded: Callable[..., None], harness: Harness, tmp_path: Path) -> None:
    sheet = (
        '\ufeffIdentifier,"Full name","ID number",Status,Grade,"Maximum grade","Grade can be changed",'
        '"Last modified (submission)","Last modified (grade)","Feedback comments"\r\n'
        '"Participant 11","Jane Doe",0042,"Submitted for grading",,"100.00",Yes,"Monday, 1 June 2026, 2:14 PM",-,\r\n'
        '"Participant 12","Max Roe",0043,"No submission",,"100.00",Yes,-,-,"said\nbefore"\r\n'
        '"Participant 13","Çağla Ünal",0044,"Submitted for grading",,"100.00",Yes,"Monday, 1 June 2026, 2:15 PM",-,\r\n'
    ).encode()
    (tmp_path / "sheet.csv").write_bytes(sheet)
    files = {
        "Jane Doe_11_assignsubmission_file/toy.py": CODE,
        "Çağla Ünal_13_assignsubmission_file/work.zip": WORK,
    }
    (tmp_path / "moodle.zip").write_bytes(zipped(files))
    graded("moodle.zip", "--worksheet", "sheet.csv")
    out = ("--out", "filled.csv", "--feedback", "cards.zip")
    done = harness("export", "results", "--into", "sheet.csv", *out)
    assert done.exit_code in (0, 1), done.output
    assert "Max Roe" in done.output  # who got nothing is told
    filled = (tmp_path / "filled.csv").read_bytes()
    assert changed(sheet, filled) == {(1, 4), (3, 4)}
    assert filled.startswith("\ufeff".encode()) and filled.count(b"\r\n") == sheet.count(b"\r\n")
    with zipfile.ZipFile(tmp_path / "cards.zip") as cards:
        places = {name.rpartition("/")[0] for name in cards.namelist()}
    assert places == {"Jane Doe_11_assignsubmission_file", "Çağla Ünal_13_assignsubmission_file"}


def test_canvas(graded: Callable[..., None], harness: Harness, tmp_path: Path) -> None:
    book = (
        b"Student;ID;SIS User ID;SIS Login ID;Section;Toy (208548);Current Score\n"
        b";;;;;Manual Posting;\n"
        b"    Points Possible;;;;;100,00;(read only)\n"
        b"Doe, Jane-Ann;366516;u0042;jdoe;DL-01;;71,5\n"
        b"Roe, Max;366530;u0043;mroe;DL-01;EX;\n"
        b"Ek, Eve;366544;u0044;eek;DL-01;;\n"
        b"Student, Test;999999;;;DL-01;;\n"
    )
    (tmp_path / "book.csv").write_bytes(book)
    files = {
        "doejaneann_366516_4711001_toy-1.py": CODE,
        "ekeve_LATE_366544_4711002_work.zip": WORK,
    }
    (tmp_path / "canvas.zip").write_bytes(zipped(files))
    graded("canvas.zip")
    done = harness("export", "results", "--into", "book.csv", "--out", "filled.csv", "--feedback", "cards.zip")
    assert done.exit_code in (0, 1), done.output
    filled = (tmp_path / "filled.csv").read_bytes()
    assert changed(book, filled, ";") == {(3, 5), (5, 5)}
    assert filled.count(b"\r") == 0
    with zipfile.ZipFile(tmp_path / "cards.zip") as cards:
        starts = {"_".join(name.split("_")[:3]) for name in cards.namelist()}
    assert starts == {"doejaneann_366516_4711001", "ekeve_366544_4711002"}


def test_a_gradescope_group_has_one_mark_and_a_line_each(
    graded: Callable[..., None], harness: Harness, tmp_path: Path
) -> None:
    files = {"submission_metadata.yml": METADATA.encode()}
    files |= {f"submission_{n}/toy.py": CODE for n in (31415, 31416, 31417)}
    (tmp_path / "gradescope.zip").write_bytes(zipped(files))
    graded("gradescope.zip")
    done = harness("export", "results", "--as", "gradescope", "--out", "grades.csv")
    assert done.exit_code in (0, 1), done.output
    heads, *lines = rows((tmp_path / "grades.csv").read_bytes())
    found = {line[heads.index("SID")]: line[heads.index("Total Score")] for line in lines}
    assert found["0200"] == found["0201"] == found["0042"] != ""


SAYS = "Name: {} ({})\nAssignment: Net_1\nDate Submitted: Monday, 1 June 2026\n\nFiles:\n"
MOODLE_SHEET = (
    "Identifier,Full name,Status,Grade,Maximum grade,Last modified (grade),Feedback comments\r\n"
    "Participant 11,Jane Doe,Submitted for grading,,20.00,-,\r\nParticipant 12,Max Roe,No submission,,20.00,-,\r\n"
)
BLACKBOARD_SHEET = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"AE [Total Pts: 20 Score] |77"\r\n'
    '"Doe"\t"Jane"\t"jdoe"\t"0042"\t""\r\n"Roe"\t"Max"\t"mroe"\t"0043"\t""\r\n'
)
BRIGHTSPACE_SHEET = (
    "OrgDefinedId,Last Name,First Name,AE Points Grade <Numeric MaxPoints:20>,End-of-Line Indicator\n"
    "#0042,Doe,Jane,,#\n#0043,Roe,Max,,#\n"
)
OWN_SHEET = "account,mark,said\njdoe,,\nmroe,,kept\n"
JANES_DATE = "271836-44 - Jane Doe - Jun 1, 2026 926 PM"
DIALECTS = {
    "moodle, old": ({"Jane Doe_11_assignsubmission_file_/toy.py": CODE}, MOODLE_SHEET, "utf-8-sig"),
    "moodle, flat": ({"Jane Doe_11_assignsubmission_file_toy.py": CODE}, MOODLE_SHEET, "utf-8"),
    "blackboard": (
        {
            "Net_1_jdoe_attempt_2026-06-01-14-32-05.txt": SAYS.format("Jane Doe", "jdoe").encode(),
            "Net_1_jdoe_attempt_2026-06-01-14-32-05_toy.py": CODE,
        },
        BLACKBOARD_SHEET,
        "utf-16",
    ),
    "brightspace": ({"index.html": b"<html>", f"{JANES_DATE}/toy.py": CODE}, BRIGHTSPACE_SHEET, "utf-8"),
    "brightspace, flat": ({"index.html": b"<html>", f"{JANES_DATE} - toy.py": CODE}, BRIGHTSPACE_SHEET, "utf-8"),
    "nbgrader": (
        {"jdoe/toy/toy.py": CODE, "jdoe/toy/timestamp.txt": b"2026-06-01 14:32:05 UTC\n"},
        OWN_SHEET,
        "utf-8",
    ),
    "repositories": (
        {"dl-toy-jdoe/.git/HEAD": b"ref: refs/heads/main\n", "dl-toy-jdoe/toy.py": CODE},
        OWN_SHEET,
        "utf-8",
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_of_every_other_dialect_one_cell_is_filled(
    graded: Callable[..., None], harness: Harness, tmp_path: Path, dialect: str
) -> None:
    files, sheet, encoding = DIALECTS[dialect]
    (tmp_path / "download.zip").write_bytes(zipped(files))
    (tmp_path / "sheet.csv").write_bytes(sheet.encode(encoding))
    graded("download.zip", "--platform", dialect.partition(",")[0])
    own = ("--columns", "login=account,grade=mark", "--out-of", "20") if sheet is OWN_SHEET else ()
    done = harness("export", "results", "--into", "sheet.csv", "--out", "filled.csv", *own)
    assert done.exit_code in (0, 1), done.output
    before, after = (tmp_path / "sheet.csv").read_bytes(), (tmp_path / "filled.csv").read_bytes()
    old, new = (data.decode(encoding).splitlines(keepends=True) for data in (before, after))
    assert [i for i, line in enumerate(old) if line != new[i]] == [1], done.output
    assert "18.00" in new[1], "nine tenths of the points, of 20"
    assert new[1].replace("18.00", "", 1) == old[1], "all else of the line is as it was"
