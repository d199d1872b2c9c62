"""Marks before they change, and marks under appeal, as a user types it."""

import json
import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from typer.testing import Result
from workflow.classes import FakeSandbox, files_below

from harness.grading.difference import Difference
from harness.report.files import read_results

Harness = Callable[..., Result]

GRADE = ("grade", "class", "--rubrics", "rubrics", "--device", "cpu", "--jobs", "1", "--seeds", "2", "--json")
DIFF = ("regrade", "results", "--diff", "--rubrics")
HARDER = toy.RUBRIC.replace("target: 0.35, floor: 0.15", "target: 0.61, floor: 0.41")  # ann has 0.51: half way


@pytest.fixture(autouse=True)
def results(harness: Harness, toys: FakeSandbox, tmp_path: Path) -> Path:
    """A graded class of two in `results`, and a harder rubric in `harder`."""
    toy.write_class(tmp_path / "class", {"ann": toy.GOOD, "[red]eve": toy.UNTRAINABLE})
    toy.write_rubrics(tmp_path / "harder", HARDER)
    assert harness(*GRADE).exit_code == 1
    return tmp_path / "results"


def test_a_diff_shows_who_moves_and_writes_no_card(harness: Harness, results: Path) -> None:
    before = files_below(results)
    done = harness(*DIFF, "harder")
    assert done.exit_code == 1, "somebody moves"
    line = next(line for line in done.stdout.splitlines() if line.startswith("ann"))
    for word in (" 80 ", " 55 ", "-25", "reached → partly", "plain -25 (target 0.35 → 0.61; floor 0.15 → 0.41)"):
        assert word in line, word
    assert "1 of 2 students moves, 1 keeps the same marks." in done.stdout
    assert "results/diff.html" in done.stdout
    after = files_below(results)
    assert after.keys() - before.keys() == {"diff.csv", "diff.html"}
    assert {name: after[name] for name in before} == before


def test_a_diff_says_who_would_not_pass_any_more(harness: Harness, results: Path) -> None:
    stdout = harness(*DIFF, "harder").stdout
    assert "would" not in stdout, "ann keeps 55 of 80 points and passes"
    done = harness(*DIFF, "rubrics", "--pass-mark", "90%")
    assert done.exit_code == 1, "somebody's result is another one"
    assert "Nobody moves" in done.stdout
    assert "The pass mark is 90 %.\nFor 1 student it would be open: ann.\n" in done.stdout
    assert read_results(results / "results.json").scale.pass_mark == 0.5, "nothing is kept"
    assert harness(*DIFF, "rubrics").exit_code == 0


def test_nobody_moves(harness: Harness) -> None:
    done = harness(*DIFF, "rubrics")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["Nobody moves: 2 students keep the same marks.", "Page: results/diff.html"]


def test_a_diff_as_json_reads_back(harness: Harness) -> None:
    done = harness(*DIFF, "harder", "--json")
    assert (done.exit_code, done.stderr) == (1, "")
    assert [m.change for m in Difference.model_validate_json(done.stdout).moves] == [pytest.approx(-25)]


def test_a_diff_and_revealing_exclude_each_other(harness: Harness, results: Path) -> None:
    done = harness(*DIFF, "harder", "--reveal")
    assert done.exit_code == 2
    assert done.stderr.startswith("harness: Expected --diff or --reveal, received both")
    assert not (results / "diff.html").exists()


@pytest.mark.parametrize("verb", [("regrade", "nowhere", "--diff"), ("bundle", "ann", "nowhere")])
def test_a_folder_that_holds_no_class(harness: Harness, verb: tuple[str, ...]) -> None:
    done = harness(*verb)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no records" in done.stderr and done.stderr.count("\n") == 1


def test_a_student_who_is_not_there(harness: Harness, tmp_path: Path) -> None:
    done = harness("bundle", "anne")
    assert (done.exit_code, done.stderr) == (2, "harness: There is no student 'anne'. Did you mean 'ann'?\n")
    assert not list(tmp_path.glob("*.zip"))


def test_a_bundle_is_written_where_asked(harness: Harness, tmp_path: Path) -> None:
    assert harness("bundle", "ann").stdout.startswith("appeal-ann.zip: 7 files")
    done = harness("bundle", "[red]eve", "results", "--out", "appeals/eve.zip", "--json")
    told = json.loads(done.stdout)
    assert (told["student"], told["bundle"]) == ("[red]eve", "appeals/eve.zip")
    with zipfile.ZipFile(tmp_path / told["bundle"]) as archive:
        assert archive.namelist() == [f"appeal-red-eve/{name}" for name in told["files"]]


def test_the_commands_in_a_bundle_give_the_same_marks(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unpacked on a machine that has the harness and nothing else: the README's own line, run as it stands."""
    harness("bundle", "ann")
    with zipfile.ZipFile(tmp_path / "appeal-ann.zip") as archive:
        archive.extractall(tmp_path / "board")
    place = tmp_path / "board" / "appeal-ann"
    monkeypatch.chdir(place)
    lines = [line.strip() for line in (place / "README.txt").read_text().splitlines()]
    (command,) = [line for line in lines if line.startswith("harness grade")]
    assert command == (
        "harness grade submission --task toy --profile quick --backend tensorflow --device cpu --seeds 2 --rubrics"
        " rubrics --out again"
    )
    assert harness(*shlex.split(command)[1:]).exit_code == 0
    (student,) = read_results(place / "again" / "results.json").students
    (task,) = student.tasks
    (told,) = json.loads((place / "marks.json").read_text())["tasks"]
    assert (task.earned, task.possible) == (told["earned"], told["possible"]) == (80, 80)
    assert [(c.id, c.earned, c.values) for c in task.criteria] == [
        (c["id"], c["earned"], c["values"]) for c in told["criteria"]
    ]
