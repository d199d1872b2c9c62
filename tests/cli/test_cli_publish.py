"""`harness publish` as an instructor types it, and what `harness serve` says before it opens anything."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import toy
from cli.conftest import Harness
from course.made import course
from workflow.classes import FakeSandbox, files_below

from harness.course.found import Course
from harness.course.remembered import remember
from harness.records.hand_marks import HandMarks

GRADE = ("grade", "class", "--rubrics", "rubrics", "--trust-submissions", "--device", "cpu")


@pytest.fixture
def results(harness: Harness, toys: FakeSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("harness.workflow.graded_class.registry", lambda: toy.REGISTRY)
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "bob": toy.UNTRAINABLE})
    done = harness(*GRADE)
    assert done.exit_code in (0, 1), done.output
    return tmp_path / "results"


def mark(results: Path, *slugs: str) -> None:
    marks = HandMarks(results)
    for slug in slugs:
        marks.add((slug, "toy", "report"), grader="g", points=10, seen=0)
    marks.close()


def test_open_marks_are_refused_and_can_be_forced(harness: Harness, results: Path) -> None:
    mark(results, "ann")
    done = harness("publish")
    assert done.exit_code == 2
    assert "1 criterion of 1 student is still to be marked by hand (bob); mend that, or add --force." in done.stderr
    assert not (results / "published").exists()
    done = harness("publish", "--force")
    assert done.exit_code == 0 and "Although 1 criterion" in done.stdout


def test_cards_and_the_list_of_whose_they_are(harness: Harness, results: Path, tmp_path: Path) -> None:
    mark(results, "ann", "bob")
    done = harness("publish", "results", "--out", "hand-out", "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert sorted(p.name for p in (tmp_path / "hand-out").iterdir()) == sorted(told["files"].values())
    assert told["list"] == "results/published.csv"
    assert "2 cards, to hand out" in harness("publish", "--out", "hand-out").stdout


def test_marks_entered_are_in_a_regrade(harness: Harness, results: Path) -> None:
    mark(results, "ann", "bob")
    assert harness("regrade", "results", "--rubrics", "rubrics").exit_code in (0, 1)
    assert "90,100" in (results / "grades.csv").read_text()


@pytest.mark.parametrize("verb", ["serve", "publish"])
def test_a_folder_without_a_class_is_told(harness: Harness, verb: str) -> None:
    done = harness(verb, "nowhere", *(["--no-open"] if verb == "serve" else []))
    assert done.exit_code == 2
    assert done.stderr.startswith("harness: Expected a result folder of `harness grade`, received nowhere")


OTHER = {"forms": replace(toy.TASK, name="forms")}
OPENS = {
    "publish": ("--force",),
    "serve": ("--no-open", "--port", "0"),
    "export": ("--as", "csv", "--out", "marks.csv"),
}


@pytest.mark.parametrize("verb", OPENS)
def test_another_course_than_the_class_was_graded_by_is_told(
    harness: Harness, results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    remember(course(tmp_path / "dl", name="toy"), results)
    before = files_below(tmp_path)
    monkeypatch.setattr("harness.course.found.find_course", lambda *_: Course(tasks=OTHER))
    done = harness(verb, "results", "--course", "other", *OPENS[verb])
    assert done.exit_code == 2 and done.stdout == ""
    assert f"Expected the course 'Deep Learning' in '{tmp_path / 'dl'}', by which the class in 'results'" in done.stderr
    assert "in 'toy', received one that lacks it; name that course with --course DIR" in done.stderr
    assert done.stderr.count("\n") == 1 and files_below(tmp_path) == before
