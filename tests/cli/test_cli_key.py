"""The key of a class as a user types it: printed to its owner, made beforehand, and handed over in a file."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from typer.testing import Result
from workflow.classes import FakeSandbox

from harness.report.files import read_results

Harness = Callable[..., Result]

GRADE = ("grade", "class", "--rubrics", "rubrics", "--device", "cpu", "--jobs", "1", "--seeds", "1", "--json")


@pytest.fixture(autouse=True)
def class_(toys: FakeSandbox, tmp_path: Path) -> None:
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD})


def keys(results: Path) -> set[str]:
    (student,) = read_results(results / "results.json").students
    return {m.key for task in student.tasks for m in task.measurements}


def test_the_key_of_a_class_repeats_its_examination_elsewhere(harness: Harness, tmp_path: Path) -> None:
    harness(*GRADE)
    shown = harness("key")
    assert shown.exit_code == 0 and len(shown.stdout.strip()) == 32
    assert "keep it to yourself" in shown.stderr
    assert harness("key", "results", "--out", "exam.key").stdout == "wrote exam.key\n"
    assert stat.S_IMODE((tmp_path / "exam.key").stat().st_mode) == 0o600
    harness(*GRADE, "--out", "again", "--key", "exam.key")
    harness(*GRADE, "--out", "other")
    assert keys(tmp_path / "again") == keys(tmp_path / "results")
    assert keys(tmp_path / "other").isdisjoint(keys(tmp_path / "results"))


def test_a_new_key_is_made_before_a_class_is_graded(harness: Harness, tmp_path: Path) -> None:
    assert harness("key", "--new", "--out", "exam.key").exit_code == 0
    assert harness(*GRADE, "--key", "exam.key").exit_code == 0
    assert harness("key").stdout == (tmp_path / "exam.key").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("key",), "which has none; `harness grade` makes one"),
        (("key", "results", "--new"), "Expected a result folder or --new, received both"),
        (("key", "--new", "--out", "class"), "Expected no file class, found one"),
        ((*GRADE, "--key", "0123456789abcdef" * 2), "others on this machine can read"),
        ((*GRADE, "--key", "exam.key"), "No such file or directory"),
    ],
)
def test_a_mistake_is_one_sentence(harness: Harness, arguments: tuple[str, ...], said: str) -> None:
    done = harness(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr and done.stderr.count("\n") == 1
    assert "0123456789abcdef" not in done.stderr


def test_a_key_is_given_out_by_a_publication_that_says_so(harness: Harness, tmp_path: Path) -> None:
    harness(*GRADE)
    done = harness("publish", "--force", "--with-key")
    assert "Appeal bundles hold the key of the class from now on" in done.stdout
    assert "class.key" in harness("bundle", "ann", "--json").stdout
    assert "was given out on" in harness(*GRADE).stderr
