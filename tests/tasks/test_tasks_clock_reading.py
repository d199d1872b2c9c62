"""Which targets and answers belong to a clock, what is read from perfect heads, and which variants a profile trains."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.data.base import Sizes
from harness.data.key import PRACTICE, Key
from harness.data.load import load
from harness.data.makes import MAKES, USUAL
from harness.recipes.dial import ByClass, ByNumber, ByTwo, Reading
from harness.scoring.clock import class_of, mean_apart
from harness.task import ArrayOutput, Profile, Recorded, Scored, TaskData, VariantRun
from harness.tasks import find
from harness.workflow.context import TaskContext
from harness.workflow.entries import given_keys, trained

TASK = find("clock_reading")
QUICK, FULL = TASK.profiles["quick"], TASK.profiles["full"]
READINGS = [v.name for v in TASK.variants if not v.given]
PARTS = ("train", "val", "test")


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(load(QUICK.dataset, (), Sizes(train=60, val=40, test=120)), QUICK)


def perfect(reading: Reading, minutes: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """Return what a model that makes no mistake answers."""
    if isinstance(reading, ByClass):
        return {"part": np.eye(reading.classes, dtype=np.float32)[class_of(minutes, reading.classes)]}
    if isinstance(reading, ByTwo):
        hours = np.eye(12, dtype=np.float32)[minutes // 60]
        return {"hour": hours, "minute": (minutes % 60).astype(np.float32)[:, None]}
    assert isinstance(reading, ByNumber)
    return {"time": minutes.astype(np.float32)[:, None]}


def scored(data: TaskData, name: str, later: int = 0) -> Scored:
    """Return what is measured of a model that reads every clock so many minutes late."""
    reading = Reading.of(TASK.variant(name))
    outputs = {
        f"{head}_{part}": array
        for part in PARTS
        for head, array in perfect(reading, (data.arrays[f"y_{part}"] + later) % 720).items()
    }
    return TASK.score(VariantRun(QUICK, TASK.variant(name), data, outputs))


@pytest.mark.parametrize("name", READINGS)
def test_a_model_without_mistakes_is_off_by_its_classes_alone(data: TaskData, name: str) -> None:
    reading = TASK.variant(name)
    width = 720 / reading.classes if isinstance(reading, ByClass) else 0
    found = scored(data, name).measures
    assert {m.name for m in TASK.measures} == set(found)
    assert found["test_error"].value == pytest.approx(max(width - 1, 0) / 4, abs=1)
    assert found["worst_hour"].value <= width / 2


@pytest.mark.parametrize("name", ["classes_720", "mae", "two_heads"])
def test_being_late_counts_around_the_dial(data: TaskData, name: str) -> None:
    assert scored(data, name, later=30).measures["test_error"].value == pytest.approx(30)
    assert scored(data, name, later=30).measures["near_twelve"].value == pytest.approx(30)
    assert scored(data, name, later=710).measures["test_error"].value == pytest.approx(10)


@pytest.mark.parametrize("name", READINGS)
def test_outputs_are_those_that_the_builder_promises(data: TaskData, name: str) -> None:
    reading = Reading.of(TASK.variant(name))
    (model,) = TASK.call(QUICK, reading, data).returns
    outputs = TASK.steps(QUICK, reading, data)[-1].outputs
    assert [o.name for o in outputs] == [f"{t.name}_{part}" for part in PARTS for t in model.outputs]
    for output in outputs:
        assert isinstance(output, ArrayOutput)
        part = output.name.rpartition("_")[2]
        said = perfect(reading, data.arrays[f"y_{part}"])[output.name.removesuffix(f"_{part}")]
        assert said.shape == output.shape


def test_only_answers_of_training_and_validation_may_enter(data: TaskData) -> None:
    assert {name for name in data.arrays if name.endswith("_test")} - data.hidden == {"x_test"}
    for variant in TASK.trained():
        for step in TASK.steps(QUICK, variant, data):
            assert not data.hidden & set(step.inputs)


def test_the_quick_size_trains_three_numbers_of_classes_and_the_full_one_all() -> None:
    numbers = {
        profile: [v.classes for v in TASK.variants if isinstance(v, ByClass) and v.under(profile)]
        for profile in ("quick", "full", "tiny")
    }
    assert numbers == {"quick": [24, 192, 720], "full": [24, 48, 96, 192, 360, 720], "tiny": [24, 192, 720]}


@pytest.mark.parametrize(("profile", "number"), [(QUICK, 6), (FULL, 9)])
def test_a_class_trains_the_variants_of_its_profile(data: TaskData, profile: Profile, number: int) -> None:
    context = cast(TaskContext, SimpleNamespace(task=TASK, profile=profile, data=data, key=lambda *which: str(which)))
    assert len(trained(context)) == number
    assert list(given_keys(context)) == ["templates", "templates_told"]


@pytest.mark.parametrize("key", [Key("1" * 32), Key("2" * 32), PRACTICE])
def test_a_rule_that_is_written_beforehand_is_far_off_under_every_key(key: Key) -> None:
    """Only who is told the make reads plain clocks, and then nearly all of them."""
    whole = TASK.prepare(load(QUICK.dataset, (), Sizes(train=1, val=1, test=200), key), QUICK)
    found = {
        name: TASK.score(VariantRun(QUICK, TASK.variant(name), whole, {})).measures["test_error"].value
        for name in ("templates", "templates_told")
    }
    assert found["templates"] > 110
    assert found["templates_told"] < 2


def test_no_make_is_nearer_to_the_usual_one_than_the_floor_says() -> None:
    """Of every make, all minutes are read as the usual make shows them."""
    whole = np.arange(720)
    shown = np.stack(USUAL.hands(whole), axis=1)
    for make in MAKES:
        turned = np.stack(make.hands(whole), axis=1)
        alike = np.cos(turned[:, None] - shown[None]).sum(axis=2).argmax(axis=1).astype(float)
        assert mean_apart(alike, whole).value > 115, make


def test_figures_show_the_best_variant_and_say_both_times(data: TaskData) -> None:
    runs = {}
    for name, later in (("mae", 30), ("two_heads", 5)):
        result = scored(data, name, later)
        runs[name] = Recorded(name, {k: s.value for k, s in result.measures.items()}, {}, result.evidence)
    hours, dial, worst = TASK.figures(runs)
    assert set(hours.data["panels"]["test clocks"]) == {"mae", "two_heads"}
    assert "two_heads" in dial.text
    assert np.hypot(*dial.data["points"].T) == pytest.approx(1 + 5 / 60)
    for label, row in worst.data["rows"].items():
        true, said = (clock.split(":") for clock in label.split(" read as "))
        assert (int(said[0]) % 12 * 60 + int(said[1]) - int(true[0]) % 12 * 60 - int(true[1])) % 720 == 5
        assert row.shape == (3, 32, 32)
        assert 0 <= row.min() <= row.max() <= 1


def test_there_are_no_figures_without_evidence() -> None:
    assert TASK.figures({"mae": Recorded("mae", {}, {}, {})}) == ()
