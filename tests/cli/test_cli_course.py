"""A class graded by a course folder, as an instructor types it: named once, and known from then on."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from course.made import write, write_course
from typer.testing import Result
from workflow.classes import FakeSandbox, files_below

from harness.course import found

Harness = Callable[..., Result]
FIND = found.find_course  # as it is before the fixture `toys` puts one in its place
OPTIONS = ("--device", "cpu", "--jobs", "1")


@pytest.fixture
def graded(harness: Harness, toys: FakeSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A class of one, graded by a course that lies beside it and was named."""
    monkeypatch.setattr("harness.course.found.find_course", FIND)
    write_course(tmp_path / "Kurs für Übung", "name: Übung\ntasks: [own]\npass_mark: 90 %\n")
    write(tmp_path / "class" / "ann" / "own.py", toy.GOOD)
    done = harness("grade", "class", "--course", "Kurs für Übung", *OPTIONS)
    assert "0 of 1 passed" in done.stdout and "(pass mark 90 %)" in done.stdout, done.output
    return tmp_path / "results"


def test_no_later_verb_has_to_name_the_course(harness: Harness, graded: Path, tmp_path: Path) -> None:
    for verb in (("regrade", "results"), ("regrade", "results", "--diff"), ("grade", "class", *OPTIONS)):
        done = harness(*verb)
        assert done.exit_code < 2, (verb, done.output)
    assert harness("publish", "results", "--force").exit_code == 0
    assert harness("bundle", "ann", "results").exit_code == 0
    with zipfile.ZipFile(tmp_path / "appeal-ann.zip") as packed:
        said = packed.read("appeal-ann/README.txt").decode()
    assert " --course COURSE " in said, "the task is not one that everybody has"
    assert "COURSE stands for the folder of the course" in said
    assert ">Übung<" in (graded / "cards" / "ann.html").read_text(encoding="utf-8")


def test_no_student_reads_where_the_course_lies(harness: Harness, graded: Path, tmp_path: Path) -> None:
    assert harness("publish", "results", "--force").exit_code == 0
    seen = {**files_below(graded / "published"), **files_below(graded / "cards")}
    assert seen and not any(b"Kurs" in content for content in seen.values())


def test_a_course_that_moved_can_be_named_and_is_known_again(harness: Harness, graded: Path, tmp_path: Path) -> None:
    (tmp_path / "Kurs für Übung").rename(tmp_path / "moved")
    done = harness("regrade", "results")
    assert done.exit_code == 2 and "name its folder with --course DIR." in done.stderr
    assert harness("regrade", "results", "--course", "moved").exit_code == 1
    assert harness("regrade", "results").exit_code == 1


def test_mistakes_of_a_task_that_is_not_in_use_stop_no_preflight(
    harness: Harness, graded: Path, tmp_path: Path
) -> None:
    folder = write_course(tmp_path / "Kurs für Übung", "name: Übung\ntasks: [own]\n", name="resting")
    write(folder / "mistakes" / "resting" / "slow.py", '"""Slow.\n\nLoses: plain\n"""\n')
    done = harness("preflight", "--course", folder, "--out", "pre", *OPTIONS)
    assert done.exit_code == 0, done.output
    write(folder / "mistakes" / "restin" / "slow.py", "")
    done = harness("preflight", "--course", folder, "--out", "pre", *OPTIONS)
    assert done.exit_code == 2 and "received 'restin'. Did you mean 'resting'?" in done.stderr


def test_a_mistake_on_the_command_line_forgets_nothing(harness: Harness, graded: Path, tmp_path: Path) -> None:
    other = write_course(tmp_path / "other", "name: Other\n")
    assert harness("grade", "class", "--course", other, "--task", "nothing", *OPTIONS).exit_code == 2
    assert '"Übung"' in (graded / "course.json").read_text(encoding="utf-8")
