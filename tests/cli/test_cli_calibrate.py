"""`harness calibrate` shows what it would do, writes only when asked, and a second run has nothing left to do."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import toy
from full import room_for
from grading.made import made_baseline
from typer.testing import Result

from harness.course.found import Course
from harness.grading.baselines import save_baseline
from harness.grading.rubric import load_rubric
from harness.tasks import names

Harness = Callable[..., Result]

PLAIN = [0.60, 0.64, 0.68, 0.62, 0.66, 0.60, 0.64, 0.68, 0.62, 0.66]
VALUES = {
    "plain.test_accuracy": PLAIN,
    "wide.test_accuracy": [p + 0.1 for p in PLAIN],
    "naive.test_accuracy": [0.12] * 10,
}
CALIBRATE = ("calibrate", "--rubrics", "rubrics", "--baselines", "baselines")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The toy task with a rubric and a baseline, and no other task."""
    monkeypatch.setattr("harness.grading.calibration.DRAWS", 2_000)
    monkeypatch.setattr("harness.course.found.find_course", lambda *_: Course(tasks=toy.REGISTRY))
    toy.write_rubrics(tmp_path / "rubrics", "# by hand\n" + toy.RUBRIC)
    save_baseline(made_baseline(toy.TASK, VALUES), tmp_path / "baselines")
    return tmp_path


def rubric(folder: Path) -> Path:
    return folder / "rubrics" / "toy.yaml"


def test_it_shows_and_changes_nothing(harness: Harness, folder: Path) -> None:
    before = rubric(folder).read_bytes()
    done = harness(*CALIBRATE)
    assert done.exit_code == 0, done.output
    assert rubric(folder).read_bytes() == before
    assert "toy, quick: reference on cpu" in done.stdout
    assert "0.64 ± 0.03" in done.stdout
    assert "-      quick: {target: 0.35, floor: 0.15}\n" in done.stdout
    assert '+      quick: {target: 0.552, floor: 0.15, origin: "reference 0.640, sd 0.03, ten' in done.stdout
    assert "rubrics/toy.yaml is as it was; --write changes it." in done.stdout
    assert "median decides" in done.stdout and " draws" in done.stdout
    assert "more than 1 sd" in " ".join(done.stdout.split()), "the band that decisions use"
    assert " calibrate " in harness("--help").stdout


def test_write_changes_the_rubric_and_a_second_run_has_nothing_to_do(harness: Harness, folder: Path) -> None:
    rubric(folder).chmod(0o640)
    shown = harness(*CALIBRATE).stdout
    done = harness(*CALIBRATE, "--write")
    assert done.exit_code == 0
    assert "Written: rubrics/toy.yaml" in done.stdout
    assert [x for x in done.stdout.splitlines() if x[:1] in "+-"] == [x for x in shown.splitlines() if x[:1] in "+-"]
    written = load_rubric(rubric(folder), toy.TASK)
    assert written.criteria[0].band("quick") == (0.552, 0.15)
    assert (
        written.criteria[1].profiles["quick"].origin.startswith("reference 0.620, sd 0.03, ten seeds: mean − 2.91 sd")
    )
    assert rubric(folder).read_text().startswith("# by hand\ntask: toy@1\n")
    assert rubric(folder).stat().st_mode & 0o777 == 0o640
    assert [p.name for p in rubric(folder).parent.iterdir()] == ["toy.yaml"]
    before = rubric(folder).read_bytes()
    again = harness(*CALIBRATE, "--write")
    assert "rubrics/toy.yaml needs no change." in again.stdout
    assert rubric(folder).read_bytes() == before


def test_a_link_to_a_rubric_stays_a_link(harness: Harness, folder: Path) -> None:
    real = rubric(folder).rename(folder / "real.yaml")
    rubric(folder).symlink_to(real)
    assert harness(*CALIBRATE, "--write").exit_code == 0
    assert rubric(folder).is_symlink() and "0.552" in real.read_text()


def test_frozen_numbers_survive(harness: Harness, folder: Path) -> None:
    toy.write_rubrics(folder / "rubrics", toy.RUBRIC.replace("floor: 0.15}", "floor: 0.15, frozen: true}"))
    done = harness(*CALIBRATE, "--write")
    assert "plain: frozen, its target stays as written." in done.stdout
    assert "quick: {target: 0.35, floor: 0.15, frozen: true}" in rubric(folder).read_text()
    assert "quick: {target: 0.3}" not in rubric(folder).read_text()


@pytest.mark.parametrize("write", [(), ("--write",)])
def test_json_is_all_that_is_printed(harness: Harness, folder: Path, write: tuple[str, ...]) -> None:
    done = harness(*CALIBRATE, "--json", *write)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    (task,) = found["tasks"]
    assert (task["task"], task["profile"], task["device"], task["written"]) == ("toy", "quick", "cpu", bool(write))
    plain = task["criteria"][0]
    assert (plain["target"], plain["n"], plain["proposal"]["target"]) == (0.35, 10, 0.552)
    assert 0 < plain["proposal_chances"]["equal_fails"]["three"] < plain["proposal_chances"]["equal_fails"]["one"] < 0.1
    assert task["diff"].startswith("--- toy.yaml") and "median decides" in found["three_seed_rule"]


def test_without_a_baseline_it_says_so_and_how_to_get_one(harness: Harness, folder: Path) -> None:
    before = rubric(folder).read_bytes()
    done = harness("calibrate", "--rubrics", "rubrics", "--write")
    assert done.exit_code == 0
    assert "plain: no baseline." in done.stdout
    assert "harness baseline --task toy --profile quick" in done.stdout
    assert rubric(folder).read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--task", "toyy"), "Did you mean 'toy'?"),
        (("--profile", "qick"), "Did you mean 'quick'?"),
        (("--rubrics", "nowhere"), "nowhere"),
        (("--baselines", "nowhere"), "'nowhere'"),
        (("--baselines", "rubrics/toy.yaml"), "Expected --baselines to be a folder"),
        (
            ("--baselines", "rubrics"),
            "hold a baseline of toy under quick, received 'rubrics', which has none; `harness",
        ),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    harness: Harness, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = rubric(folder).read_bytes()
    done = harness(*CALIBRATE, "--write", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr and done.stderr.count("\n") == 1
    assert rubric(folder).read_bytes() == before


def test_a_damaged_baseline_and_a_wrong_rubric_are_one_line(harness: Harness, folder: Path) -> None:
    (folder / "baselines" / "toy.quick.cpu.json").write_text("{")
    assert "damaged" in harness(*CALIBRATE).stderr
    toy.write_rubrics(folder / "rubrics", toy.RUBRIC.replace("points: 50", "point: 50"))
    assert "toy.yaml:8" in harness(*CALIBRATE).stderr


def test_a_rubric_that_cannot_be_replaced_is_one_line_and_whole(harness: Harness, folder: Path) -> None:
    before = rubric(folder).read_bytes()
    with room_for(len(before) // 2):
        done = harness(*CALIBRATE, "--write")
    assert done.exit_code == 2 and done.stdout == ""
    assert "toy.yaml, received File too large" in done.stderr and done.stderr.count("\n") == 1
    assert [path.read_bytes() for path in rubric(folder).parent.iterdir()] == [before]


@pytest.mark.parametrize("profile", ["quick", "full"])
def test_the_shipped_rubrics_and_baselines_go_through(
    harness: Harness, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    monkeypatch.setattr("harness.course.found.find_course", lambda *_: Course())
    done = harness("calibrate", "--profile", profile, "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)["tasks"]
    assert [t["task"] for t in found] == list(names())
    assert not any(t["written"] for t in found)
    for task in found:
        for row in task["criteria"]:
            assert row["proposal"] or row["note"], "what gets no proposal says why"


def test_the_whole_rubric_is_said_to_be_fair_or_not(harness: Harness, folder: Path) -> None:
    shown = " ".join(harness(*CALIBRATE).stdout.split())
    assert "The rubric as it is: an equally good student loses anything in" in shown
    assert "at most earn the full points of a criterion 2 sd below its target" in shown
    assert "As proposed: loses anything in" in shown
    assert "rubrics together" not in shown, "there is one"
    (task,) = json.loads(harness(*CALIBRATE, "--json").stdout)["tasks"]
    assert 0 <= task["fairness"]["lost"]["five_points"] <= task["fairness"]["lost"]["anything"] <= 1
    assert "losses" not in task["fairness"]
    assert task["proposed"]["lost"]["one_point"] <= 0.02


def test_frozen_numbers_are_made_fair_where_that_is_asked_for(harness: Harness, folder: Path) -> None:
    strict = toy.RUBRIC.replace("{target: 0.35, floor: 0.15}", "{target: 0.63, floor: 0.15, frozen: true}")
    toy.write_rubrics(folder / "rubrics", strict)
    assert "Not fair yet: at most 2% should lose a point or more; most is taken by plain" in harness(*CALIBRATE).stdout
    done = harness(*CALIBRATE, "--refit-frozen", "--write")
    assert "Not fair yet" not in done.stdout
    assert load_rubric(rubric(folder), toy.TASK).criteria[0].band("quick") == (0.552, 0.15)
