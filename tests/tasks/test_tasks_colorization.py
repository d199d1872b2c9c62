"""What grey pictures are made of, what may enter, what answers earn that need no network, and what is shown."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.data.base import Sizes
from harness.data.load import load
from harness.recipes.colouring import smaller
from harness.scoring.colour import luminance
from harness.task import Recorded, Scored, TaskData, VariantRun
from harness.tasks import find

TASK = find("colorization")
QUICK = TASK.profiles["quick"]


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(load(QUICK.dataset, (), Sizes(train=120, val=0, test=40)), QUICK)


def scored(data: TaskData, variant: str, answers: NDArray[Any] | None = None) -> Scored:
    outputs = {} if answers is None else {"coloured": answers}
    return TASK.score(VariantRun(QUICK, TASK.variant(variant), data, outputs))


def values(found: Scored) -> Mapping[str, float]:
    return {name: score.value for name, score in found.measures.items()}


def test_grey_pictures_are_the_light_of_those_in_colour(data: TaskData) -> None:
    assert data.arrays["x_train"].shape == (120, 16, 16, 3) and data.arrays["grey_test"].shape == (40, 16, 16, 1)
    for part in ("train", "test"):
        np.testing.assert_allclose(data.arrays[f"grey_{part}"][..., 0], luminance(data.arrays[f"x_{part}"]), atol=1e-6)


def test_smaller_pictures_have_the_mean_of_each_square() -> None:
    image = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1) / 16
    assert smaller(image, 2)[0, ..., 0].ravel().tolist() == [2.5 / 16, 4.5 / 16, 10.5 / 16, 12.5 / 16]
    np.testing.assert_array_equal(smaller(image, 1), image)


def test_colours_of_test_pictures_stay_outside(data: TaskData) -> None:
    assert data.hidden == {"x_test"}
    for variant in TASK.trained():
        train, colour = TASK.steps(QUICK, variant, data)
        assert set(train.inputs) == {"x_train", "grey_train"}
        assert "x_test" not in colour.inputs and "grey_test" in colour.inputs


def test_only_the_game_calls_both_builders(data: TaskData) -> None:
    calls = {v.name: TASK.call(QUICK, v, data) for v in TASK.trained()}
    assert [c.builder for c in calls.values()] == ["build_generator", "build_discriminator"]
    assert [[e.builder for e in c.earlier] for c in calls.values()] == [[], ["build_generator"]]
    assert [m.name for m in calls["cgan"].returns] == ["generator", "discriminator"]


def test_the_truth_is_without_error_and_grey_without_skill(data: TaskData) -> None:
    found = values(scored(data, "mae", data.arrays["x_test"]))
    assert (found["test_mae"], found["skill"], found["right_hues"], found["right_colours"]) == (0, 1, 1, 1)
    assert found["chroma_ratio"] == pytest.approx(1)
    grey = values(scored(data, "grey"))
    assert grey["skill"] == pytest.approx(0, abs=1e-6)
    assert grey["right_hues"] == 0
    assert grey["luminance_error"] == pytest.approx(0, abs=1e-6)


def test_rules_without_a_network_beat_grey_and_keep_light(data: TaskData) -> None:
    for rule in ("tint", "patches"):
        found = values(scored(data, rule))
        assert 0.05 < found["skill"] < 0.4
        assert found["luminance_error"] < 0.001


def test_a_game_without_pictures_in_colour_is_not_shown(data: TaskData) -> None:
    assert TASK.figures({"mae": Recorded("mae", {}, {}, {})}) == ()


def test_figures_put_grey_truth_and_answers_side_by_side(data: TaskData) -> None:
    answers = {"mae": data.arrays["x_test"] * np.float32(0.5), "cgan": data.arrays["x_test"]}
    results = {name: scored(data, name, answers.get(name)) for name in ("cgan", "mae", "patches")}
    runs = {name: Recorded(name, values(found), {}, found.evidence) for name, found in results.items()}
    pictures, against = TASK.figures(runs)
    assert list(pictures.data["rows"]) == ["grey", "true", "patches", "cgan", "mae"]
    np.testing.assert_array_equal(pictures.data["rows"]["cgan"], pictures.data["rows"]["true"])
    np.testing.assert_allclose(pictures.data["rows"]["mae"], pictures.data["rows"]["true"] / 2, atol=1 / 255)
    assert np.ptp(pictures.data["rows"]["grey"], axis=-1).max() == 0
    assert against.data["classes"] == ["cgan", "mae", "patches"]
    assert against.data["points"][0].tolist() == [0, pytest.approx(1)]
