"""`harness grade` on a learning platform's download: said before anything runs, graded, and kept with its times."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import toy
from platforms.made import METADATA, zipped
from typer.testing import Result
from workflow.classes import FakeSandbox

from harness.platforms.kept import FILE, load
from harness.report.files import read_results

Harness = Callable[..., Result]

REST = ("--rubrics", "rubrics", "--device", "cpu", "--jobs", "1", "--trust-submissions")
CODE = toy.GOOD.encode()
WORK = zipped({"work/Toy.py": CODE, "work/report.md": b"# Why it works"})
CANVAS = {
    "doejane_366516_4711001_toy-1.py": CODE,
    "roemax_LATE_366530_4711377_work.zip": WORK,
    "notes.txt": b"mine",
}
GRADESCOPE = {
    "assignment_7_export/submission_metadata.yml": METADATA.encode(),
    "assignment_7_export/submission_31415/toy.py": CODE,
    "assignment_7_export/submission_31416/toy.py": CODE,
    "assignment_7_export/submission_31417/toy.py": CODE,
}


@pytest.fixture
def canvas(tmp_path: Path, toys: FakeSandbox) -> FakeSandbox:
    (tmp_path / "canvas.zip").write_bytes(zipped(CANVAS))
    return toys


def test_a_download_is_listed_and_nothing_runs(canvas: FakeSandbox, harness: Harness, tmp_path: Path) -> None:
    done = harness("grade", "canvas.zip", "--list")
    assert (done.exit_code, done.stderr) == (0, "")
    assert [line.split() for line in done.stdout.splitlines()[1:3]] == [
        ["doejane", "–", "toy", "canvas", "366516"],
        ["roemax", "late", "toy", "canvas", "366530"],
    ]
    assert "Canvas: 2 submissions." in done.stdout
    assert "Who did not hand in is not known" in done.stdout
    assert "Not understood: notes.txt: Its name is not one that Canvas gives" in done.stdout
    assert not canvas.jobs
    assert not (tmp_path / "results").exists()


def test_a_program_gets_the_same_as_json(canvas: FakeSandbox, harness: Harness) -> None:
    found = json.loads(harness("grade", "canvas.zip", "--list", "--json").stdout)
    assert (found["platform"], found["missing"]) == ("canvas", None)
    jane, roe = found["handed_in"]
    assert jane["people"][0]["user_id"] == "366516"
    assert (jane["tasks"], jane["late"], jane["files"]) == (["toy"], False, ["toy.py"])
    assert roe["late"] is True
    assert found["not_understood"][0]["name"] == "notes.txt"


def test_what_it_is_taken_for_is_said_before_it_is_graded(
    canvas: FakeSandbox, harness: Harness, tmp_path: Path
) -> None:
    done = harness("grade", "canvas.zip", *REST)
    assert done.exit_code in (0, 1), done.output
    assert "harness: Canvas download: 2 handed in (toy 2)." in done.stderr
    assert "1 thing in it is nobody's as far as can be told: notes.txt; --list says why." in done.stderr
    result = read_results(tmp_path / "results" / "results.json")
    assert [(s.name, s.slug) for s in result.students] == [("doejane", "doejane"), ("roemax", "roemax")]
    kept = load(tmp_path / "results")
    found = kept.of("roemax", "toy")
    assert found is not None
    assert (found.platform, found.delivery.late) == ("canvas", True)
    assert kept.owners_of("doejane")[0].user_id == "366516"


def test_a_later_download_is_of_the_same_people(canvas: FakeSandbox, harness: Harness, tmp_path: Path) -> None:
    harness("grade", "canvas.zip", *REST)
    (tmp_path / "again.zip").write_bytes(zipped({"doe_366516_4719999_toy.py": CODE, "newman_1_2_toy.py": CODE}))
    harness("grade", "again.zip", *REST)
    result = read_results(tmp_path / "results" / "results.json")
    assert [(s.name, s.slug) for s in result.students] == [
        ("doe", "doejane"),
        ("newman", "newman"),
        ("roemax", "roemax"),
    ]
    assert {d.slug: d.delivery.returns_as for d in load(tmp_path / "results").deliveries} == {
        "doejane": "doe_366516_4719999",
        "newman": "newman_1_2",
        "roemax": "roemax_366530_4711377",
    }


def test_who_hands_in_to_a_folder_afterwards_keeps_the_identity_and_loses_the_time(
    toys: FakeSandbox, harness: Harness, tmp_path: Path
) -> None:
    (tmp_path / "export.zip").write_bytes(zipped(GRADESCOPE))
    harness("grade", "export.zip", *REST)
    assert {d.delivery.name: d.delivery.handed_in is None for d in load(tmp_path / "results").deliveries} == {
        "Jane-Ann Doe and Max Roe": False,
        "submission_31417": True,
        "Çağla Ünal": False,
    }
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "Çağla Ünal.py").write_bytes(CODE)
    harness("grade", "late", *REST, "--task", "toy")
    kept = load(tmp_path / "results")
    (again,) = [d for d in kept.deliveries if "nal" in d.delivery.name]
    assert (again.platform, again.delivery.handed_in) == ("", None)
    assert again.delivery.owners[0].sis_id == "0042"
    assert len(kept.deliveries) == 3


def test_a_folder_of_submissions_says_and_keeps_nothing_new(
    toys: FakeSandbox, harness: Harness, tmp_path: Path
) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ann.py").write_bytes(CODE)
    done = harness("grade", "class", *REST, "--task", "toy")
    assert "download" not in done.stderr
    assert not (tmp_path / "results" / FILE).exists()
    listed = harness("grade", "class", "--list", "--task", "toy").stdout
    assert "Folder of submissions: 1 submission." in listed


def test_a_report_in_a_students_zip_is_kept_for_who_marks_it(
    canvas: FakeSandbox, harness: Harness, tmp_path: Path
) -> None:
    harness("grade", "canvas.zip", *REST)
    assert (tmp_path / "results" / "records" / "reports" / "roemax.zip").is_file()


def test_times_that_were_damaged_are_written_anew(canvas: FakeSandbox, harness: Harness, tmp_path: Path) -> None:
    harness("grade", "canvas.zip", *REST)
    (tmp_path / "results" / FILE).write_text("{")
    done = harness("grade", "canvas.zip", *REST)
    assert "was damaged and is written anew" in done.stderr
    assert len(load(tmp_path / "results").deliveries) == 2


def test_moodle_says_with_its_worksheet_when_and_who_is_missing(
    toys: FakeSandbox, harness: Harness, tmp_path: Path
) -> None:
    (tmp_path / "moodle.zip").write_bytes(zipped({"Jane Doe_11_assignsubmission_file/toy.py": CODE}))
    (tmp_path / "worksheet.csv").write_text(
        "Identifier,Full name,Status,Last modified (submission)\n"
        'Participant 11,Jane Doe,Submitted for grading,"Wednesday, 10 June 2026, 2:14 PM"\n'
        "Participant 12,Max Roe,No submission,-\n"
    )
    done = harness("grade", "moodle.zip", "--worksheet", "worksheet.csv", "--list")
    assert "Jane Doe  2026-06-10 14:14  toy" in done.stdout
    assert "Not handed in (1): Max Roe." in done.stdout
    harness("grade", "moodle.zip", "--worksheet", "worksheet.csv", *REST)
    kept = load(tmp_path / "results")
    assert kept.deliveries[0].delivery.local_time == datetime(2026, 6, 10, 14, 14)
    assert [who.name for who in kept.missing] == ["Max Roe"]
    (tmp_path / "class").mkdir()
    done = harness("grade", "class", "--worksheet", "worksheet.csv", *REST)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)


def test_an_unknown_platform_is_one_sentence(canvas: FakeSandbox, harness: Harness) -> None:
    done = harness("grade", "canvas.zip", "--platform", "convas", *REST)
    assert (done.exit_code, done.stderr) == (2, "harness: There is no platform 'convas'. Did you mean 'canvas'?\n")
