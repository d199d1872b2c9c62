"""A budget that costs marks, superclasses that mean something, and a set that is the published one."""

import os
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from report.conftest import make_measurement

from harness.data.folders import data_dir
from harness.data.load import load
from harness.errors import DataError
from harness.recipes.superclasses import Superclasses
from harness.records.models import Measurement
from harness.scoring.classification import confusion
from harness.scoring.linear import regression_probabilities
from harness.task import Recorded, Scored, TaskData, VariantRun
from harness.tasks import find
from harness.tasks.cifar100_classification.task import over_budget
from harness.workflow.context import load_profile

TASK = find("cifar100_classification")
QUICK, FULL = TASK.profiles["quick"], TASK.profiles["full"]


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(load(QUICK.dataset, (), QUICK.sizes), QUICK)


def answered(data: TaskData, test: NDArray[Any], parameters: float = 1_000) -> Scored:
    """Return what a model is scored that names these classes (n,) of the test images, and is right otherwise."""
    parts = {"train": data.arrays["y_train"], "val": data.arrays["y_val"], "test": test}
    outputs = {f"p_{part}": np.eye(10, dtype=np.float32)[labels] for part, labels in parts.items()}
    facts = np.array([parameters, 1.0, 280.0])
    return TASK.score(VariantRun(QUICK, TASK.variant("best"), data, {**outputs, "facts": facts}))


def test_a_model_of_twice_the_budget_is_worth_half(data: TaskData) -> None:
    right = data.arrays["y_test"]
    within, above = (answered(data, right, n).measures["within_budget"] for n in (50_000, 100_000))
    assert (within.value, above.value) == (1, 0.5)
    assert "parameters:100000|budget:50000" in above.signature


def test_the_finding_names_both_numbers() -> None:
    def made(parameters: int, profile: str) -> Measurement:
        measured = make_measurement(task=TASK.name, variant="best")
        return measured.model_copy(update={"parameters": parameters, "profile": profile})

    found = over_budget(made(60_000, "quick"))
    assert found is not None and "60,000 parameters; the budget is 50,000" in found.evidence
    assert over_budget(made(50_000, "quick")) is None
    assert over_budget(made(60_000, "full")) is None


def test_the_builder_is_told_budget_and_steps(data: TaskData) -> None:
    call = TASK.call(QUICK, TASK.variant("best"), data)
    assert (call.arguments["budget"], call.arguments["steps"]) == (50_000, QUICK.epochs * 7)


def test_a_mistake_within_the_superclass_is_half_right(data: TaskData) -> None:
    right = data.arrays["y_test"]
    alike = np.array([2, 4, 6, 5, 7, 8, 0, 9, 3, 1])  # each digit for another of its superclass
    scored = answered(data, alike[right])
    assert scored.measures["test_accuracy"].value == 0
    assert scored.measures["superclass_accuracy"].value == 1
    eights = answered(data, np.where(right == 8, 0, right))
    assert eights.measures["hardest_superclass"].value == pytest.approx(2 / 3)
    assert eights.measures["superclass_accuracy"].value == pytest.approx(0.9)


def test_digits_of_a_superclass_look_alike(data: TaskData) -> None:
    """What logistic regression confuses lies within superclasses, far more often than where answers are drawn."""
    truth = data.arrays
    (p,) = regression_probabilities(truth["x_train"], truth["y_train"], [truth["x_test"]])
    belongs = Superclasses.of(QUICK.settings.superclasses, data.dataset).belongs
    wrong = confusion(p, truth["y_test"]) * (1 - np.eye(10, dtype=np.int64))
    within = belongs[:, np.newaxis] == belongs
    by_chance = (within.sum() - 10) / 90
    assert wrong[within].sum() / wrong.sum() > 1.5 * by_chance


def test_a_set_with_other_classes_is_told() -> None:
    digits = load("digits", (), QUICK.sizes)
    with pytest.raises(DataError, match=r"Expected the 100 classes of aquatic mammals, .* received 10, from 0 on"):
        TASK.prepare(digits, FULL)


def test_pictures_show_every_variant_by_superclass(data: TaskData) -> None:
    right = data.arrays["y_test"]
    runs = {}
    for name, answers in (("best", right), ("bare", np.where(right == 8, 3, right))):
        scored = answered(data, answers)
        measures = {key: value.value for key, value in scored.measures.items()}
        runs[name] = Recorded(name, measures, {}, scored.evidence)
    figures = {figure.title: figure for figure in TASK.figures(runs)}
    rows = figures["Accuracy by superclass"].data["rows"]
    assert list(rows) == ["0 2 6", "1 4 7 9", "3 5 8"]
    assert rows["3 5 8"] == {"best": "1.000", "bare": "0.667"}
    worse = {**runs, "best": replace(runs["best"], measures={**runs["best"].measures, "val_accuracy": 0.5})}
    figures = {figure.title: figure for figure in TASK.figures(worse)}
    assert "bare" in figures["Superclasses"].text
    assert list(figures["Worst confusions"].data["rows"]) == ["8 taken for 3 (200 of 200)"]
    assert "Worst confusions between superclasses" not in figures, "3 and 8 are of one"


@pytest.mark.skipif(not os.environ.get("HARNESS_DATA"), reason="HARNESS_DATA names no folder with cifar100.npz")
def test_a_part_of_the_published_set_is_enough() -> None:
    folder = data_dir(None)
    if folder is None or not (folder / "cifar100.npz").is_file():
        pytest.skip("no cifar100.npz in HARNESS_DATA")
    whole = load_profile(FULL, folder)
    assert len(TASK.prepare(whole, FULL).dataset.classes) == 100
    assert whole.sizes["val"] == 1_000
