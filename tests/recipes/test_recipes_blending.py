"""Blending two classes of any set: which examples go in, what is asked of whom, and what needs no network."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from recipes.made import dataset, outputs, recorded, scored

from harness.errors import DataError
from harness.recipes.blend_steps import HALFWAY, WEIGHTS, Blending
from harness.recipes.blending import Blended
from harness.report.drawing.figures import drawn
from harness.task import Limits, Profile, Task, TaskData, VariantRun

SETTINGS = Blending("square", "round", code_size=3, kl_weight=0.5, classifier="patches")
QUICK = Profile("quick", "shapes", 2, 16, Limits(wall_s=60, cpu_s=30, memory_mb=2_000), settings=SETTINGS)


def task_of(profile: Profile = QUICK) -> Task:
    return Blended("shapes", "Shapes", "Shapes blended.", profiles=(profile,)).task()


def of_three() -> TaskData:
    whole = dataset(shape=(10, 10, 3), classes=("round", "square", "star"))
    arrays = {n: np.where(np.arange(len(a)) % 5 == 0, 2, a) if n[0] == "y" else a for n, a in whole.arrays.items()}
    return task_of().prepare(replace(whole, arrays=arrays), QUICK)


def test_two_classes_are_kept_and_the_first_is_labelled_0() -> None:
    data = of_three()
    assert data.dataset.classes == ("square", "round")
    assert data.arrays["places"].tolist() == [1, 0]
    whole = dataset(shape=(10, 10, 3))
    rows = [i for i in range(20) if i % 5]
    np.testing.assert_array_equal(data.arrays["x_test"], whole.arrays["x_test"][rows])
    np.testing.assert_array_equal(data.arrays["y_test"], 1 - whole.arrays["y_test"][rows])
    assert set(data.arrays["y_known"].tolist()) == {0, 1, 2}, "the frozen classifier knows them all"


def test_pairs_are_of_one_image_of_each_class_and_none_comes_twice() -> None:
    arrays = of_three().arrays
    assert (arrays["y_test"][arrays["pairs"]] == [0, 1]).all()
    assert len(np.unique(arrays["pairs"])) == arrays["pairs"].size == 16


def test_answers_stay_outside_and_what_blends_sees_no_picture() -> None:
    task, data = task_of(), of_three()
    assert data.hidden == {"y_train", "y_val", "y_test", "places", "x_known", "y_known"}
    for variant in task.trained():
        steps = {s.name: s for s in task.steps(QUICK, variant, data)}
        assert set(steps["blend"].inputs) == {"code_test", "pairs"}
        assert set(steps["draw"].inputs) == {"decoder_weights", "blended"}
        assert steps["blend"].hidden


def test_a_class_that_is_not_there_is_named_with_a_close_one() -> None:
    profile = replace(QUICK, settings=replace(SETTINGS, first="squre"))
    with pytest.raises(DataError, match=r"a class 'squre'; it has round, square\. Did you mean 'square'\?"):
        task_of(profile).prepare(dataset(), profile)


def found(**instead: Any) -> Any:
    data = of_three()
    return scored(task_of(), data, **instead)


def test_what_needs_no_network_is_no_blend() -> None:
    given = {name: one.measures for name, one in found().items() if name in ("pca", "overlay", "parent")}
    assert given["overlay"]["novelty"].value == pytest.approx(0, abs=1e-6)
    assert given["overlay"]["from_parent"].value == pytest.approx(0.5)
    assert given["parent"]["from_parent"].value == pytest.approx(0)
    assert given["pca"]["novelty"].value < 0.02
    assert all(measures["blend_score"].value == pytest.approx(0) for measures in given.values())
    assert "test_mse" in given["pca"] and "test_mse" not in given["overlay"]


def test_pictures_by_class_are_counted_apart() -> None:
    data = of_three()
    task = task_of()
    made = outputs(task, task.variant("vae"), data)
    labels = data.arrays["y_test"]
    made["rebuilt_test"] = data.arrays["x_test"] * (labels == 0)[:, None, None, None]
    measures = task.score(VariantRun(QUICK, task.variant("vae"), data, made)).measures
    assert measures["first_mse"].value == 0 < measures["test_mse"].value
    assert measures["second_mse"].value == pytest.approx(float(np.mean(data.arrays["x_test"][labels == 1] ** 2)))


def test_blends_are_shown_by_weight_and_the_best_ones_first() -> None:
    figures = {f.title: f for f in task_of().figures(recorded(found()))}
    assert list(figures["Blends of vae by weight"].data["rows"]) == [
        *("1 (square)", "0.8", "0.65", "0.5", "0.35", "0.2", "0 (round)")
    ]
    assert len(WEIGHTS) == 7 and HALFWAY in WEIGHTS
    best = {name.partition(":")[0] for name in figures["Best blends"].data["rows"]}
    assert {"autoencoder", "vae"} <= best
    assert {"overlay", "pca", "parent", "vae", "autoencoder"} == set(
        figures["Scores by weight"].data["panels"]["both classes seen"]
    )
    assert all(drawn(figure) for figure in figures.values())
