"""What may leave in a bundle: every field of a result is either shown or kept back, and the files read back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.grading.results import CriterionResult
from harness.grading.rubric_file import read_document
from harness.grading.rubric_model import Rubric
from harness.records.models import GIVEN, Finding, Measurement, Status
from harness.report.appeal.bundle import FOUND, MEASURED, SHOWN, Extras, as_json, bundle_files, marks, rubric
from harness.report.appeal.graded import Graded, graded
from harness.report.appeal.readme import commands, seeds_option
from harness.scoring.score import Score

Build = Callable[..., Any]
ODD = 'caf\u00e9 \U0001f600 \u2028 \x7f \x85 \u202e "quoted" \\ # : - no 1e3'


@pytest.fixture
def shown(task: Build, measurement: Build) -> Callable[..., Graded]:
    """Return a function that arranges a task as a bundle does."""

    def arrange(revealed: bool = False, **changes: Any) -> Graded:
        planned = measurement().provenance
        return graded(task(**changes), 1, [1, 2, 3], planned, source=True, revealed=revealed)

    return arrange


def test_every_field_is_shown_or_kept_back_on_purpose() -> None:
    """A field added to a result stays out of bundles; decide here whether a student may see it."""
    assert SHOWN.isdisjoint({"hidden", "wants_seeds"})
    assert set(CriterionResult.model_fields) == SHOWN | {"hidden", "wants_seeds"}
    assert set(Measurement.model_fields) == MEASURED | {"provenance", "evidence", "signs", "candidates"}
    assert set(Finding.model_fields) == FOUND | {"quotes", "expected"}


def test_the_rubric_in_a_bundle_is_one_whatever_its_words_hold(
    shown: Callable[..., Graded], criterion: Build, tmp_path: Path
) -> None:
    by_hand = criterion(id="by-hand", manual=True, earned=None, measure="", value=None, target=None, floor=None)
    ahead = criterion(id="ahead", over="pca.test_mse", target=1e-7, floor=0.0)
    done = shown(title=ODD, criteria=[criterion(text=ODD, hint=ODD, id="1e3"), ahead, by_hand])
    path = tmp_path / "autoencoder.yaml"
    path.write_text(as_json(rubric(done)), encoding="utf-8")
    read = Rubric.model_validate(read_document(path).data)
    assert read.task == "autoencoder@1" and read.title == ODD
    first, second, third = read.criteria
    assert (first.id, first.text, first.band("quick")) == ("1e3", ODD, (0.021, 0.045))
    assert (second.over, second.band("quick")) == ("pca.test_mse", (1e-7, 0.0))
    assert third.manual and not third.profiles


def test_a_step_and_what_sides_have_to_beat_are_in_the_rubric_of_a_bundle(
    shown: Callable[..., Graded], criterion: Build, tmp_path: Path
) -> None:
    step = criterion(id="step", floor=None, learned=False)
    two = {"over": "dense.test_mse", "naive": 0.0266, "level": "test_mse", "size_ratio": 1.25}
    beats = criterion(id="beats", target=0.01, floor=0.0, **two)
    path = tmp_path / "autoencoder.yaml"
    path.write_text(as_json(rubric(shown(criteria=[step, beats]))), encoding="utf-8")
    first, second = Rubric.model_validate(read_document(path).data).criteria
    assert (first.profiles["quick"].step, first.learned) == (True, False)
    assert (second.profiles["quick"].naive, second.level, second.size_ratio) == (0.0266, "test_mse", 1.25)


def test_a_task_of_hidden_criteria_alone_has_no_rubric(shown: Callable[..., Graded], criterion: Build) -> None:
    hidden = shown(criteria=[criterion(hidden=True)])
    assert hidden.rubric == "" and "--rubrics" not in commands([hidden])[0]
    assert shown(True, criteria=[criterion(hidden=True)]).rubric == "rubrics/autoencoder.yaml"


def test_values_that_are_no_numbers_become_null(
    shown: Callable[..., Graded], class_: Build, student: Build, criterion: Build
) -> None:
    nan = float("nan")
    done = shown(criteria=[criterion(value=nan, values=[nan, float("inf")], status=Status.FAILED, earned=0)])
    told = json.loads(as_json(marks(class_(), student(), [done])), parse_constant=pytest.fail)
    assert told["tasks"][0]["criteria"][0]["values"] == [None, None]


def test_the_card_of_a_bundle_hides_what_the_card_hides(
    shown: Callable[..., Graded], class_: Build, student: Build, task: Build, criterion: Build
) -> None:
    tasks = [task(criteria=[criterion(), criterion(id="secret", text="A secret.", hidden=True)])]
    ada = student(tasks=tasks)
    done = shown(criteria=tasks[0].criteria)
    files = bundle_files(class_(ada, student("Quentin")), ada, [done], Extras({"autoencoder.py": b"x = 1"}))
    assert all(b"A secret." not in content and b"Quentin" not in content for content in files.values())
    assert files["submission/ada-lovelace/autoencoder.py"] == b"x = 1"


def test_a_hidden_measure_is_hidden_before_training_too(
    shown: Callable[..., Graded], criterion: Build, measurement: Build
) -> None:
    """What a network reached before it was trained is near enough to what it reached if it learned nothing."""
    values = {"test_mse": 0.03, "train_mse": 0.02}
    measures = {name: Score(value, signature="mse|split:test|v1") for name, value in values.items()}
    work = measurement(variant="dense", measures=measures, before=values)
    criteria = [criterion(measure="dense.test_mse"), criterion(id="secret", measure="dense.train_mse", hidden=True)]
    (kept,) = shown(criteria=criteria, measurements=[work]).task.measurements
    assert (kept.before, kept.measures) == ({"test_mse": 0.03}, {"test_mse": measures["test_mse"]})
    assert shown(True, criteria=criteria, measurements=[work]).task.measurements == [work]


def test_tasks_trained_in_another_way_get_a_command_of_their_own(
    shown: Callable[..., Graded], measurement: Build
) -> None:
    other = [measurement(task="other", seed=s) for s in (3, 5)]
    first, second = commands([shown(), shown(task="other", measurements=other)])
    assert "--task autoencoder " in first and first.endswith("--out again")
    assert "--task other " in second and "--seeds 3,5 " in second and second.endswith("--out again-2")


def test_what_the_harness_computes_itself_says_nothing_about_seeds(
    shown: Callable[..., Graded], measurement: Build
) -> None:
    given = [measurement(variant="pca", source=GIVEN, seed=s) for s in (1, 2, 3)]
    done = shown(measurements=[measurement(seed=1), *given])
    assert (done.seeds, done.uneven) == ([1], False)


@pytest.mark.parametrize(
    ("seeds", "text"), [([1], "1"), ([1, 2, 3], "3"), ([3, 5], "3,5"), ([2, 3], "2,3"), ([1, 3], "1,3")]
)
def test_seeds_are_written_as_the_option_takes_them(seeds: list[int], text: str) -> None:
    assert seeds_option(seeds) == text
