"""The search: what is opened for whom, what is measured of a family as a whole, and what its pictures say."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from harness.data.load import load
from harness.errors import DataError
from harness.recipes.families import closed, gain
from harness.recipes.search import SECOND, halved
from harness.recipes.searched import search_figures
from harness.task import Recorded, TaskData, Together
from harness.tasks import find
from harness.training.supervised import sized

TASK = find("hyperparameter_tuning")
TINY = TASK.profile("tiny")


@pytest.fixture(scope="module")
def data() -> TaskData:
    further = {name: load(more.dataset, (), more.sizes) for name, more in TINY.further.items()}
    return TASK.prepare(replace(load(TINY.dataset, (), TINY.sizes), further=further), TINY)


def test_test_images_are_opened_for_baselines_and_winners_alone(data: TaskData) -> None:
    """Else somebody could choose by them, which is the mistake that the task is about."""
    for variant in TASK.trained():
        asked = {name for step in TASK.steps(TINY, variant, data) for name in step.inputs}
        opened = any(name.endswith("test") for name in asked)
        assert opened == (variant.candidate is None), variant.name
        assert ("test_accuracy" in {m.name for m in TASK.measures_of(variant)}) == opened


def test_a_transfer_sees_the_second_set_alone(data: TaskData) -> None:
    for variant in TASK.trained():
        images = {n for step in TASK.steps(TINY, variant, data) for n in step.inputs if n.startswith(("x_", "y_"))}
        second = {name for name in images if SECOND in name}
        assert second == (images if variant.name.endswith("transfer") else set()), variant.name
    assert data.hidden == {"y_test", f"y_{SECOND}test"}


def test_images_are_halved_by_the_mean_of_four_pixels() -> None:
    images = np.arange(32, dtype=np.float32).reshape(1, 4, 4, 2)
    by_hand = [[images[0, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, 1].mean() for j in range(2)] for i in range(2)]
    np.testing.assert_array_equal(halved(images)[0, :, :, 1], by_hand)
    with pytest.raises(DataError, match="even height and width, received 3 by 4; "):
        halved(np.zeros((1, 3, 4, 1), np.float32))


WINNER, USUAL = "cnn_winner.test_accuracy", "cnn_baseline.test_accuracy"


@pytest.mark.parametrize(
    ("winner", "usual", "behind", "share"),
    [(0.9, 0.5, 0.1, 0.8), (0.5, 0.5, 0.5, 0.0), (0.4, 0.5, 0.6, -0.2), (0.95, 0.9, -0.05, 1.0)],
)
def test_the_share_of_the_way_to_the_reference(winner: float, usual: float, behind: float, share: float) -> None:
    found = Together({WINNER: winner, USUAL: usual, "cnn_winner.behind": behind})
    assert gain(WINNER, USUAL, found) == pytest.approx(winner - usual)
    assert closed(WINNER, USUAL, found) == pytest.approx(share)


def test_batches_are_as_large_as_the_setting_says() -> None:
    settings = {"batch_size": 128, "batch_argument": "batch_size", "call": {"arguments": {"batch_size": 32}}}
    assert sized(settings)["batch_size"] == 32
    assert sized({**settings, "batch_argument": ""})["batch_size"] == 128


def run(name: str, accuracy: float, cpu_s: float = 1.0, **settings: Any) -> Recorded:
    return Recorded(name, {"val_accuracy": accuracy, "val_loss": 1 - accuracy}, {}, {}, settings=settings, cpu_s=cpu_s)


RUNS = [
    run("a", 0.7, 2.0, optimizer="sgd", rate=0.1),
    run("b", 0.9, 1.0, optimizer="adam", rate=0.01),
    run("c", 0.8, 4.0, optimizer="adam", rate=0.1, momentum=0.5),
    *(run(f"d{i}", 0.1, optimizer="adam", rate=0.01) for i in range(3)),
]


def test_the_best_five_are_ranked_by_validation() -> None:
    ranking = search_figures({"network": RUNS})[0].data["rows"]
    assert [row["candidate"] for row in ranking.values()] == ["b", "c", "a", "d0", "d1"]
    assert ranking["network, place 1"]["settings"] == "optimizer adam, rate 0.01"
    assert ranking["network, place 1"]["validation"] == "accuracy 0.9000, loss 0.1000"


def test_each_setting_that_varies_has_its_accuracies_and_the_search_its_cost() -> None:
    figures = {figure.title: figure for figure in search_figures({"network": RUNS, "none": []})}
    rows = figures["Accuracy by setting"].data["rows"]
    assert rows["network: rate 0.1"] == {"best": "0.8000", "mean": "0.7500", "candidates": "2"}
    assert not any("momentum" in name for name in rows), "one value"
    x, y = figures["Accuracy against rate"].data["panels"]["rate"]["network"]
    assert (x, y) == ([0.01, 0.1], [0.9, 0.8])
    seconds, best = figures["The cost of the search"].data["panels"]["search"]["network"]
    assert (list(seconds[:3]), list(best[:3])) == ([2.0, 3.0, 7.0], [0.7, 0.9, 0.9])
    assert search_figures({"network": []}) == ()
