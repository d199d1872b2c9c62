"""class.yaml at the command line: found by itself, named, and refused in one sentence."""

import json
from pathlib import Path

import toy
from cli.conftest import Harness
from workflow.classes import FakeSandbox

ROSTER = "Student,SIS Login ID\nAnn Ames,ann\nBob Bell,bob\nEva Ek,eva\n"
RULES = "time_zone: UTC\nroster: roster.csv\ndue: {toy: 2026-11-20 23:00}\nlate: {per_day: 10%}\n"


def a_class(folder: Path) -> Path:
    place = toy.write_class(folder / "class", {"ann": toy.GOOD, "bob": toy.GOOD})
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (folder / "class.yaml").write_text(RULES, encoding="utf-8")
    return place


def test_a_listing_names_who_handed_nothing_in(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    place = a_class(tmp_path)
    assert "Not handed in (1): Eva Ek." in " ".join(harness("grade", place, "--list").stdout.split())
    said = json.loads(harness("grade", place, "--list", "--json").stdout)
    assert [who["login"] for who in said["missing"]] == ["eva"]
    assert [one["name"] for one in said["handed_in"]] == ["Ann Ames", "Bob Bell"]
    assert not (tmp_path / "results").exists()


def test_a_listing_names_submissions_of_nobody(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    toy.write_class(tmp_path / "class", {"guest": toy.GOOD})
    shown = " ".join(harness("grade", a_class(tmp_path), "--list").stdout.split())
    assert "1 submission is of nobody on the class list (guest)" in shown


def test_times_given_later_are_a_regrade(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    place = a_class(tmp_path)
    shown = harness("grade", place, "--rubrics", "rubrics", "--device", "cpu")
    assert "When these were handed in is not known" in shown.stderr
    assert "Handed nothing in: 1 (Eva Ek)." in shown.stdout
    (tmp_path / "t.csv").write_text("student,handed in\nann,2026-11-20 22:00\nbob,2026-11-21 01:00\n")
    shown = harness("regrade", "results", "--rubrics", "rubrics", "--handed-in", "t.csv")
    assert "2 h late" in next(line for line in shown.stdout.splitlines() if line.startswith("Bob Bell"))
    assert "72 / 80" in shown.stdout


def test_rules_that_have_moved_are_asked_for(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    harness("grade", a_class(tmp_path), "--rubrics", "rubrics", "--device", "cpu")
    (tmp_path / "rules").mkdir()
    for name in ("class.yaml", "roster.csv"):
        (tmp_path / name).rename(tmp_path / "rules" / name)
    refused = harness("regrade", "results", "--rubrics", "rubrics")
    assert refused.exit_code == 2
    assert "--class FILE" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert harness("regrade", "results", "--rubrics", "rubrics", "--class", "rules").exit_code in (0, 1)
    assert harness("regrade", "results", "--rubrics", "rubrics").exit_code in (0, 1)


def test_a_file_that_is_not_there_is_said(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> None:
    missing = harness("grade", a_class(tmp_path), "--rubrics", "rubrics", "--class", "nowhere.yaml")
    assert missing.exit_code == 2
    assert "Expected a class.yaml at 'nowhere.yaml', found none" in missing.stderr


def test_a_schema_for_editors(harness: Harness) -> None:
    assert json.loads(harness("schema", "class").stdout)["title"] == "Class of the harness"
