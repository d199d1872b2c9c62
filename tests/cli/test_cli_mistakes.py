"""A mistake of the user's is one line that says what to do, exit code 2, and no traceback."""

import errno
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from typer.testing import Result
from workflow.classes import FakeSandbox, reaches

from harness.sandbox.levels import Level
from harness.tasks import names

Harness = Callable[..., Result]

GRADE = ("grade", "class", "--rubrics", "rubrics", "--json")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    """A folder with a good class, and some things that are none."""
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD})
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "report.pdf").touch()
    toy.write_rubrics(tmp_path / "unreadable", "criteria: [")
    toy.write_rubrics(tmp_path / "misspelt", toy.RUBRIC.replace("points: 50", "point: 50"))
    return tmp_path


def one_line(done: Result) -> str:
    """Return the sentence, checked to be all there is."""
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert done.stderr.startswith("harness: "), done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(("\n", "?\n"))
    return done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("grade", "clas"), ["'clas'", "Did you mean 'class'?"]),
        (("grade", "nowhere/at/all"), ["'nowhere/at/all'"]),
        (("grade", "empty"), ["'empty'", "no submission", ".py file"]),
        (("grade", "report.pdf"), ["'report.pdf'", ".zip"]),
        ((*GRADE, "--task", "toyy"), ["toyy"]),
        ((*GRADE, "--profile", "qick"), ["'qick'", "Did you mean 'quick'?"]),
        ((*GRADE, "--seeds", "x"), ["'x'", "3,5,8"]),
        ((*GRADE, "--seeds", "0"), ["'0'"]),
        ((*GRADE, "--seeds", "-1"), ["'-1'"]),
        ((*GRADE, "--seeds", "1.5"), ["'1.5'"]),
        ((*GRADE, "--seeds", "3,3"), ["'3,3'"]),
        ((*GRADE, "--seeds", ","), ["','"]),
        ((*GRADE, "--jobs", "-1"), ["--jobs", "-1"]),
        ((*GRADE, "--jobs", "99999999999999999999"), ["--jobs", "up to 1,000", "99999999999999999999"]),
        ((*GRADE, "--backend", "tenserflow"), ["'tenserflow'", "Did you mean 'tensorflow'?"]),
        ((*GRADE, "--device", "tpu"), ["'tpu'"]),
        ((*GRADE, "--min-isolation", "bublewrap"), ["'bublewrap'", "Did you mean 'bubblewrap'?"]),
        ((*GRADE, "--data-dir", "nowhere"), ["--data-dir", "'nowhere'"]),
        (("grade", "class", "--json", "--rubrics", "nowhere"), ["nowhere"]),
        (("grade", "class", "--json", "--rubrics", "empty"), ["toy.yaml"]),
        (("grade", "class", "--json", "--rubrics", "unreadable"), ["toy.yaml:", "YAML"]),
        (("grade", "class", "--json", "--rubrics", "misspelt"), ["toy.yaml:8", "'point'", "Did you mean 'points'?"]),
        (("regrade", "nowhere"), ["nowhere", "no records"]),
        (("regrade", "empty"), ["empty", "no records"]),
        (("regrade", "file"), ["file"]),
        (("baseline", "--seeds", "x"), ["'x'"]),
        (("doctor", "--data-dir", "nowhere"), ["--data-dir", "'nowhere'"]),
        (("tasks", "nothing-like-it"), ["Known: toy"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_one_line_says_what_to_do(
    harness: Harness, toys: FakeSandbox, arguments: tuple[str, ...], words: list[str]
) -> None:
    if arguments[0] == "grade" and "--json" not in arguments:
        arguments = (*arguments, "--json")
    said = one_line(harness(*arguments))
    for word in words:
        assert word in said
    assert toys.jobs == []


@pytest.mark.parametrize("name", names())
def test_a_misspelt_task_is_guessed(harness: Harness, name: str) -> None:
    assert f"Did you mean {name!r}?" in one_line(harness("tasks", name[:-1]))


@pytest.mark.parametrize("arguments", [("grade", "clas"), ("grade", "empty"), ("grade", "class", "--rubrics", "empty")])
def test_one_line_where_progress_would_be_shown(
    harness: Harness, toys: FakeSandbox, arguments: tuple[str, ...]
) -> None:
    one_line(harness(*arguments))


@pytest.mark.parametrize("out", ["file", "file/results"])
def test_a_result_folder_that_is_a_file(harness: Harness, toys: FakeSandbox, out: str) -> None:
    assert "file" in one_line(harness(*GRADE, "--out", out))


LONG = "l" * 300  # longer than names may be
TOO_LONG = {
    "grade": ("grade", LONG),
    "grade --out": (*GRADE, "--out", LONG),
    "regrade": ("regrade", LONG),
    "publish": ("publish", LONG),
    "export": ("export", LONG, "--as", "csv", "--out", "marks.csv"),
    "results": ("results", LONG),
    "serve": ("serve", LONG),
    "bundle": ("bundle", "ann", LONG),
    "key": ("key", LONG),
    "key --out": ("key", "--new", "--out", LONG),
    "check": ("check", LONG),
    "new": ("new", "pegasus", "--course", LONG),
    "theme": ("theme", LONG),
    "theme --out": ("theme", "--out", LONG),
    "doctor": ("doctor", "--data-dir", LONG),
    "calibrate": ("calibrate", "--baselines", LONG),
    "calibrate --rubrics": ("calibrate", "--rubrics", LONG),
    "schema": ("schema", "--out", LONG),
    "course new": ("course", "new", LONG),
    "course check": ("course", "check", LONG),
    "course handout": ("course", "handout", LONG),
}


@pytest.mark.parametrize("verb", TOO_LONG)
def test_a_path_that_no_file_can_have_is_one_line(harness: Harness, folder: Path, verb: str) -> None:
    before = sorted(folder.rglob("*"))
    said = one_line(harness(*TOO_LONG[verb]))
    assert "l" * 200 in said and "Errno" not in said
    assert sorted(folder.rglob("*")) == before


def test_more_files_than_the_system_opens_are_one_line(
    harness: Harness, toys: FakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files", "/internal/file")

    monkeypatch.setattr("harness.workflow.grade.records_for", refused)
    said = one_line(harness(*GRADE))
    assert "give fewer --jobs" in said and "internal" not in said


def test_results_below_a_file_are_to_go_elsewhere(harness: Harness, toys: FakeSandbox) -> None:
    assert "check the path or name another folder" in one_line(harness(*GRADE, "--out", "file"))


@pytest.mark.parametrize("out", ["file/schema.json", "empty"])
def test_a_schema_that_cannot_be_written(harness: Harness, out: str) -> None:
    assert out in one_line(harness("schema", "--out", out))


def test_a_barrier_weaker_than_asked_for(
    harness: Harness, toys: FakeSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaches(monkeypatch, Level.LANDLOCK, {Level.BUBBLEWRAP: "Expected bwrap on this machine, found none."})
    said = one_line(harness(*GRADE, "--min-isolation", "namespaces"))
    assert "at least namespaces" in said and "reaches landlock" in said and "found none" in said
    assert toys.jobs == [] and not (tmp_path / "results").exists()
    assert harness(*GRADE, "--min-isolation", "landlock").exit_code == 0


def test_no_barrier_at_all(
    harness: Harness, toys: FakeSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaches(monkeypatch, Level.NONE)
    assert "--trust-submissions" in one_line(harness(*GRADE))
    assert toys.jobs == [] and not (tmp_path / "results").exists()
    assert harness(*GRADE, "--trust-submissions").exit_code == 0


def test_a_baseline_of_an_unknown_task(harness: Harness) -> None:
    assert "Did you mean 'autoencoder'?" in one_line(harness("baseline", "--task", "autoencode", "--json"))


def test_a_baseline_of_a_task_without_reference(harness: Harness, toys: FakeSandbox) -> None:
    assert "reference" in one_line(harness("baseline", "--task", "toy", "--json"))


@pytest.mark.parametrize("option", [("--profile", "qick"), ("--backend", "x"), ("--device", "x"), ("--jobs", "-1")])
def test_a_mistake_leaves_no_result_folder_behind(
    harness: Harness, toys: FakeSandbox, tmp_path: Path, option: tuple[str, str]
) -> None:
    one_line(harness(*GRADE, *option))
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["grade"], ["grade", "class", "--jobs", "many"], ["tasks", "--frob"], []]
)
def test_what_the_parser_refuses_is_a_usage_error_too(harness: Harness, arguments: list[str]) -> None:
    done = harness(*arguments)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert "Usage: harness" in done.output


def test_as_a_process_of_its_own(tmp_path: Path) -> None:
    """The same through the interpreter, where nothing of a test runner is in between."""
    command = [sys.executable, "-m", "harness.cli", "grade", "nowhere", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=600, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "harness: There is no file or folder 'nowhere'.\n"
