"""`harness export` and `harness results` as an instructor types them."""

import gc
import json
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import toy
from cli.conftest import Harness
from workflow.classes import FakeSandbox

import harness as package
from harness.cli.collecting import SELDOM
from harness.grading.results import ClassResult
from harness.platforms.kept import Kept, KeptDelivery, load, save
from harness.platforms.model import Delivery, Identity
from harness.records.hand_marks import HandMarks
from harness.report.files import read_results

DOCS = Path(__file__).parents[2] / "docs"
PAGES = "".join((DOCS / name).read_text(encoding="utf-8") for name in ("platforms.md", "autograder.md"))
GRADE = ("grade", "class", "--rubrics", "rubrics", "--trust-submissions", "--device", "cpu")
HEADER = "Identifier,Full name,Grade,Maximum grade,Last modified (grade)\r\n"
DOCS_COMMAND = re.compile(r"^\$ harness ((?:export|results|autograder) .*?)(?:\s+#.*)?$", re.MULTILINE)
SHEET = HEADER + "Participant 11,Ann,,20.00,-\r\nParticipant 12,Bob,,20.00,-\r\n"


@pytest.fixture
def results(harness: Harness, toys: FakeSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("harness.workflow.graded_class.registry", lambda: toy.REGISTRY)
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.UNTRAINABLE})
    done = harness(*GRADE)
    assert done.exit_code in (0, 1), done.output
    (tmp_path / "Grades.csv").write_bytes(SHEET.encode())
    return tmp_path / "results"


def mark(results: Path, *slugs: str) -> None:
    marks = HandMarks(results)
    for slug in slugs:
        marks.add((slug, "toy", "report"), grader="g", points=10, seen=0)
    marks.close()


def from_moodle(results: Path) -> None:
    """Let the class have come from Moodle's zip."""
    owners = [("ann", Identity(name="Ann", participant="11")), ("bob", Identity(name="Bob", participant="12"))]
    kept = [
        KeptDelivery(
            slug=slug,
            platform="moodle",
            tasks=("toy",),
            delivery=Delivery(
                key=slug,
                owners=(who,),
                group=None,
                files=(),
                returns_as=f"{who.name}_{who.participant}_assignsubmission_file",
            ),
        )
        for slug, who in owners
    ]
    save(results, Kept(deliveries=tuple(kept), missing=load(results).missing))


def test_a_worksheet_is_filled_as_people_decided(harness: Harness, results: Path, tmp_path: Path) -> None:
    mark(results, "ann")
    done = harness("export", "results", "--into", "Grades.csv", "--out", "Filled.csv")
    assert done.exit_code == 1, done.output
    assert (tmp_path / "Filled.csv").read_bytes() == SHEET.replace("Ann,,", "Ann,18.00,").encode()
    assert done.stdout in PAGES, "the page shows what is printed"
    mark(results, "bob")
    done = harness("export", "results", "--into", "Grades.csv", "--out", "Filled.csv", "--json")
    assert done.exit_code == 0
    assert [g["mark"] for g in json.loads(done.stdout)["marks"]["given"]] == ["18.00", "2.00"]


def test_cards_for_moodle_to_hand_back(harness: Harness, results: Path, tmp_path: Path) -> None:
    mark(results, "ann")
    from_moodle(results)
    done = harness("export", "results", "--feedback", "cards.zip")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "cards.zip") as made:
        assert made.namelist() == ["Ann_11_assignsubmission_file/card.html"]
        assert b"<html" in made.read(made.namelist()[0])
    assert "bob: still to be marked by hand" in done.stdout
    first = (tmp_path / "cards.zip").read_bytes()
    harness("export", "results", "--feedback", "cards.zip")
    assert (tmp_path / "cards.zip").read_bytes() == first


CANVAS = {"doejane_366516_4711001_toy-1.py": toy.GOOD, "roemax_LATE_366530_4711377_toy.py": toy.UNTRAINABLE}
BOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Toy (208548),Final Score\r\n"
    "    Points Possible,,,,,50.00,(read only)\r\n"
    '"Doe, Jane",366516,u0042,jdoe,DL-01,{},\r\n'
    '"Roe, Max",366530,0007,mroe,DL-01,{},\r\n'
    '"Student, Test",999999,,,DL-01,,\r\n'
)
MOODLE = {
    "Jane Doe_8880001_assignsubmission_file/toy.py": toy.GOOD,
    "Max Roe_8880002_assignsubmission_file/toy.py": toy.UNTRAINABLE,
}
WORKSHEET = (
    '\ufeffIdentifier,"Full name",Status,Grade,"Maximum grade","Last modified (grade)"\r\n'
    '"Participant 8880001","Jane Doe","Submitted for grading",{},50.00,-\r\n'
    '"Participant 8880002","Max Roe","Submitted for grading",{},50.00,-\r\n'
)


@pytest.mark.parametrize(
    ("files", "sheet", "cards"),
    [
        (CANVAS, BOOK, ["doejane_366516_4711001_card.html", "roemax_366530_4711377_card.html"]),
        (MOODLE, WORKSHEET, [f"{name.partition('/')[0]}/card.html" for name in MOODLE]),
    ],
)
def test_from_the_platform_s_zip_and_back(
    harness: Harness,
    toys: FakeSandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    sheet: str,
    cards: list[str],
) -> None:
    monkeypatch.setattr("harness.workflow.graded_class.registry", lambda: toy.REGISTRY)
    with zipfile.ZipFile(tmp_path / "DL-Toy submissions.zip", "w") as made:
        for name, source in files.items():
            made.writestr(name, source)
    done = harness("grade", "DL-Toy submissions.zip", *GRADE[2:])
    assert done.exit_code in (0, 1), done.output
    slugs = [student.slug for student in read_results(tmp_path / "results" / "results.json").students]
    mark(tmp_path / "results", *slugs)
    (tmp_path / "sheet.csv").write_bytes(sheet.format("", "").encode())
    asked = ("--into", "sheet.csv", "--out", "filled.csv", "--feedback", "cards.zip")
    done = harness("export", "results", *asked)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "filled.csv").read_bytes() == sheet.format("45.00", "5.00").encode()
    with zipfile.ZipFile(tmp_path / "cards.zip") as made:
        assert sorted(made.namelist()) == sorted(cards)
        assert all(b"<html" in made.read(name) for name in made.namelist())


CLASS = """\
roster: book.csv
missing: zero
groups:
  ann: [jdoe, mroe]
excused:
  - {student: ill, task: toy, reason: ill}
adjustments:
  - {student: mroe, task: toy, points: -20, reason: left the group}
"""
GROUP_BOOK = BOOK.replace(
    '"Student, Test"',
    '"Gone, Eve",366531,u0044,gone,DL-01,{},\r\n"Ill, Ada",366532,u0045,ill,DL-01,{},\r\n"Student, Test"',
)


def test_what_the_class_file_says_reaches_every_row(
    harness: Harness, toys: FakeSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gradebook is the class list and is filled: a group, a penalty, one excused, one who handed nothing in."""
    monkeypatch.setattr("harness.workflow.graded_class.registry", lambda: toy.REGISTRY)
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    (tmp_path / "book.csv").write_bytes(GROUP_BOOK.format("", "", "", "").encode())
    (tmp_path / "class.yaml").write_text(CLASS, encoding="utf-8")
    done = harness(*GRADE, "--task", "toy")
    assert done.exit_code in (0, 1), done.output
    mark(tmp_path / "results", "ann")
    done = harness("export", "results", "--into", "book.csv", "--out", "filled.csv")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "filled.csv").read_bytes() == GROUP_BOOK.format("45.00", "35.00", "0.00", "EX").encode()


def test_nothing_is_written_until_all_is_understood(harness: Harness, results: Path, tmp_path: Path) -> None:
    asked = ("export", "results", "--into", "Grades.csv", "--out", "Filled.csv", "--feedback", "cards.zip")
    done = harness(*asked)
    assert done.exit_code == 2
    assert "graded from the zip of Canvas or Moodle" in done.stderr
    from_moodle(results)
    (tmp_path / "Grades.csv").write_text("a,b\n1,2\n")
    done = harness(*asked)
    assert done.exit_code == 2
    assert not [p for p in tmp_path.iterdir() if p.name in ("Filled.csv", "cards.zip")]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "say what to write"),
        (("--as", "csv"), "Expected --out FILE"),
        (("--as", "csv", "--into", "Grades.csv", "--out", "x"), "received both"),
        (("--into", "Grades.csv", "--out", "Grades.csv"), "another file for the copy"),
        (("--into", "Grades.csv", "--out", "x", "--out-of", "no"), "a number above 0"),
        (("--into", "Grades.csv", "--out", "x", "--task", "vae"), "Expected a task of this class"),
    ],
)
def test_a_mistake_is_one_sentence(harness: Harness, results: Path, asked: tuple[str, ...], said: str) -> None:
    done = harness("export", "results", *asked)
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_there_is_no_force(harness: Harness) -> None:
    assert "--force" not in harness("export", "--help").output


def test_results_as_a_table(harness: Harness, results: Path, tmp_path: Path) -> None:
    assert "ann" in harness("results", "results").stdout
    rows = json.loads(harness("results", "results", "--table", "measures", "--json").stdout)
    assert {row["variant"] for row in rows} >= {"plain", "wide"}
    assert harness("results", "results", "--table", "criteria", "--out", "c.csv").exit_code == 0
    assert (tmp_path / "c.csv").read_text(encoding="utf-8-sig").startswith("student,slug,task,criterion,")
    assert len(package.results(results).marks) == 2


def test_every_option_of_the_page_is_there(harness: Harness) -> None:
    found = DOCS_COMMAND.findall(PAGES)
    assert len(found) > 8
    for command in found:
        verb = shlex.split(command)[: 2 if command.startswith("autograder") else 1]
        known = harness(*verb, "--help").output
        assert not [word for word in shlex.split(command) if word.startswith("--") and word not in known], command


def test_data_frames_are_loaded_when_they_are_asked_for() -> None:
    asked = "import sys, harness; assert not {'pandas', 'keras', 'tensorflow'} & {*sys.modules}; print(harness.results)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    assert "function results" in done.stdout, done.stderr


READS = {
    "export": ("export", "results", "--as", "csv", "--out", "marks.csv"),
    "results": ("results", "results", "--out", "marks.csv"),
    "publish": ("publish", "results", "--force"),
    "bundle": ("bundle", "ann"),
}


@pytest.mark.parametrize("verb", READS)
def test_a_large_class_is_not_walked_through_again_and_again(
    harness: Harness, results: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    """Python's search for cycles is two fifths of the time that reading a class of a thousand takes."""
    before, during = gc.get_threshold(), list[int]()

    def reading(path: Path) -> ClassResult:
        during.append(gc.get_threshold()[0])
        return read_results(path)

    monkeypatch.setattr("harness.workflow.graded_class.read_results", reading)
    monkeypatch.setattr("harness.workflow.preview.read_results", reading)
    assert harness(*READS[verb]).exit_code in (0, 1)
    assert during and {*during} == {SELDOM} and gc.get_threshold() == before
