"""A regressor on made-up numbers: its measures, the answers beside it, its pictures, and a real training."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from recipes.running import PROFILE, dataset, run_variant
from sandbox.students import RunStudent

from harness.diagnosis import rules_of
from harness.errors import DataError
from harness.recipes.loops import PARTS
from harness.recipes.regressor import Regressor, regressor_builder
from harness.report.drawing.figures import drawn
from harness.task import Argument, Recorded, Scored, TaskData, Variant, VariantRun

TASK = Regressor(
    "weights",
    "Weights",
    "Predict from four numbers of a thing how much it weighs, by a network with one hidden layer of eight units.",
    builders=(regressor_builder(Argument("units", "int", "units of the hidden layer")),),
    variants=(Variant("small", "eight units"), Variant("still", "no units that learn", learns=False)),
    profiles=(PROFILE,),
    defaults={"units": 8},
    unit="kg",
).task()
SOURCE = """
import keras
from keras import layers

def build_model(input_shape, num_targets, units):
    hidden = [layers.Flatten(), layers.Dense(units), layers.Dense(num_targets)]
    model = keras.Sequential([keras.Input(input_shape), *hidden])
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss="mse")
    return model
"""


def arrays(shape: tuple[int, ...] = (4,)) -> dict[str, NDArray[np.float32]]:
    """Return examples whose targets (n,) are a sum of their numbers, with a little noise."""
    rng, found = np.random.default_rng(0), {}
    for part, n in (("train", 300), ("val", 60), ("test", 80)):
        x = rng.random((n, *shape), dtype=np.float32)
        found[f"x_{part}"] = x
        found[f"y_{part}"] = (x.reshape(n, -1).sum(axis=1) + rng.normal(0, 0.05, n)).astype(np.float32)
    return found


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(dataset(arrays()), PROFILE)


def scored(data: TaskData, variant: str = "small", **numbers: NDArray[np.float64]) -> Scored:
    return TASK.score(VariantRun(PROFILE, TASK.variant(variant), data, numbers))


def said(data: TaskData, change: float = 0.0, factor: float = 1.0) -> dict[str, NDArray[np.float64]]:
    return {f"numbers_{part}": factor * data.arrays[f"y_{part}"].astype(float) + change for part in PARTS}


def test_targets_of_one_number_are_columns(data: TaskData) -> None:
    assert data.arrays["y_train"].shape == (300, 1)
    assert data.arrays["y_train"].dtype == np.float32
    assert data.hidden == {"y_test"}
    call = TASK.call(PROFILE, TASK.variant("small"), data)
    assert call.arguments == {"input_shape": (4,), "num_targets": 1, "units": 8}


def test_measures_of_numbers_that_are_off_by_a_half(data: TaskData) -> None:
    measures = {name: score.value for name, score in scored(data, **said(data, 0.5)).measures.items()}
    assert set(measures) == {m.name for m in TASK.measures}
    for part in PARTS:
        assert measures[f"{part}_mse"] == pytest.approx(0.25)
        assert measures[f"{part}_rmse"] == pytest.approx(0.5)
        assert measures[f"{part}_mae"] == pytest.approx(0.5)
        truth, mean = data.arrays[f"y_{part}"], data.arrays["y_train"].mean()
        assert measures[f"{part}_skill"] == pytest.approx(1 - 0.25 / np.mean((truth - mean) ** 2), rel=1e-5)
    assert scored(data).measures == {}


def test_a_set_of_classes_or_without_validation_is_refused_in_one_sentence() -> None:
    with pytest.raises(DataError, match="numbers to predict, received labels of classes; store targets as floats"):
        TASK.prepare(dataset(arrays(), ("a", "b")), PROFILE)
    empty = {name: a[:0] if name.endswith("_val") else a for name, a in arrays().items()}
    with pytest.raises(DataError, match="a validation part, received none; say how large it is"):
        TASK.prepare(dataset(empty), PROFILE)


def test_mean_and_ridge_stand_beside_variants_that_learn(data: TaskData) -> None:
    mean, ridge = (scored(data, name).measures for name in ("mean", "ridge"))
    assert mean["train_skill"].value == pytest.approx(0, abs=1e-9)
    assert ridge["test_rmse"].value < 0.1 < mean["test_rmse"].value, "the targets are a sum"
    assert {n.measure.partition(".")[0] for n in TASK.naive} == {"small"}
    assert {n.measured.partition(".")[0] for n in TASK.naive} == {"mean", "ridge"}
    assert not any("train" in n.measure for n in TASK.naive)


def test_images_are_regressed_too() -> None:
    data = TASK.prepare(dataset(arrays((3, 3, 1))), PROFILE)
    assert scored(data, "ridge").measures["val_skill"].value > 0.9
    assert TASK.call(PROFILE, TASK.variant("small"), data).arguments["input_shape"] == (3, 3, 1)


def test_signs_say_whether_numbers_are_all_the_same_or_on_another_scale(data: TaskData) -> None:
    same = {f"numbers_{part}": np.full_like(data.arrays[f"y_{part}"], 2.0) for part in PARTS}
    assert scored(data, **same).signs == {"number_spread": 0.0, "number_agreement": 0.0}
    signs = scored(data, **said(data, factor=20.0)).signs
    assert signs["number_spread"] == pytest.approx(20)
    assert signs["number_agreement"] == pytest.approx(1)
    always = rules_of(replace(TASK, findings=()))
    assert len(rules_of(TASK)) == len(TASK.findings) + len(always), "each is a rule that there is"


def test_pictures_show_the_variant_that_is_best_in_validation(data: TaskData) -> None:
    runs = {
        name: Recorded(
            name, {"val_mse": error}, {"loss": [1.0, 0.5]}, scored(data, **said(data, error)).evidence, learns
        )
        for name, error, learns in (("small", 0.2, True), ("worse", 0.4, True), ("still", 0.1, False))
    }
    curves, points = TASK.figures(runs)
    assert curves.kind == "curves"
    assert "small" in points.text
    assert points.data["points"][:, 1] == pytest.approx(points.data["points"][:, 0] + 0.2)
    assert drawn(points).numbers
    assert TASK.figures({}) == ()


def test_a_network_learns_the_sum(run_student: RunStudent, data: TaskData, tmp_path: Path) -> None:
    found, made = run_variant(run_student, TASK, TASK.variant("small"), data, SOURCE, tmp_path)
    assert found.measures["test_skill"].value > 0
    assert found.measures["train_mse"].value == pytest.approx(
        np.mean((made["numbers_train"].astype(float) - data.arrays["y_train"]) ** 2)
    )
    assert made["curve"].shape == (PROFILE.epochs, 2)
    assert np.isfinite(made["curve"]).all()
