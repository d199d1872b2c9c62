"""The forecaster: one network for many series, asked month by month, beside answers that need none."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from harness.data.base import Dataset, Sizes
from harness.data.key import Key
from harness.data.load import load
from harness.errors import DataError
from harness.task import TaskData, VariantRun
from harness.tasks import find

TASK = find("rnn_regression")
QUICK = TASK.profiles["quick"]


def drawn(**further: Dataset) -> Dataset:
    key = Key("1" * 32)
    return replace(load("sales", (), Sizes(), key), further={"airline": load("airline", (), Sizes(), key), **further})


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(drawn(), QUICK)


def test_each_question_holds_only_months_before_the_one_asked_for(data: TaskData) -> None:
    """The forecasts of one month are there before the next question tells what it was."""
    dialogue = TASK.steps(QUICK, TASK.variant("window_12"), data)[1].dialogue
    assert dialogue is not None
    lead = dialogue.lead(data, 1)
    asked = [next(lead)]
    with pytest.raises(StopIteration) as ended:
        while True:
            asked.append(lead.send(np.full((49, 1), len(asked), np.float32)))
    *asked, mirrored = asked
    assert len(asked) == 48
    assert all(question.shape == (49, 12, 1) for question in asked)
    whole = np.concatenate([data.arrays["known_train"], data.arrays["known_test"]], axis=1)[0]
    for month, question in enumerate(asked):
        np.testing.assert_allclose(104 + 309 * question[-1, :, 0], whole[84 + month : 96 + month], rtol=1e-6)
    for before, after in pairwise(asked):
        np.testing.assert_array_equal(before[:, 1:], after[:, :-1])
    assert ended.value.value["forecast"].tolist() == [list(range(1, 49))] * 49
    np.testing.assert_array_equal(mirrored[:, :6], 1 - asked[-1][:, :6])
    np.testing.assert_array_equal(mirrored[:, 6:], asked[-1][:, 6:])
    assert ended.value.value["mirrored"].tolist() == [[49.0]] * 49


def test_nothing_that_is_asked_for_is_learned_from(data: TaskData) -> None:
    (step, _) = TASK.steps(QUICK, TASK.variant("window_12"), data)
    assert step.inputs == ("x_train",)
    assert data.arrays["x_train"].shape == (49, 96)
    assert data.hidden == {"y_test", "known_test"}


def test_the_classical_answers_are_measured_and_only_beaten_by_what_is_better(data: TaskData) -> None:
    given = {v.name: TASK.score(VariantRun(QUICK, v, data, {})).measures for v in TASK.variants if v.given}
    assert given["persistence"]["skill_persistence"].value == 0
    assert given["seasonal"]["airline_rmse"].value == pytest.approx(15.62, abs=0.005)
    best = min(given, key=lambda name: given[name]["test_mse"].value)
    perfect = data.arrays["y_test"]
    low, high = (f(data.arrays["y_train"], axis=1, keepdims=True) for f in (np.min, np.max))
    forecast = np.concatenate([(perfect - low) / (high - low), np.zeros((1, 48))]).astype(np.float32)
    run = VariantRun(QUICK, TASK.variant("window_22"), data, {"forecast": forecast})
    measures = TASK.score(run).measures
    assert best.startswith("ridge_")
    assert measures["skill_classical"].value == pytest.approx(1, abs=1e-9)
    named = measures["skill_classical"].signature
    assert best in named
    assert "persistence" in named, "which answer is best hangs on the key, and one measure has one name under all"


def test_an_answer_is_held_against_those_from_as_many_months(data: TaskData) -> None:
    """A window of three months has to beat no answer that looks at a year."""
    beside = {n.measured.partition(".")[0] for n in TASK.naive if n.measure == "window_3.test_rmse"}
    assert beside == {"persistence", "ridge_3"}
    everything = {n.measured.partition(".")[0] for n in TASK.naive if n.measure == "window_22.test_rmse"}
    assert everything == {v.name for v in TASK.variants if v.given}


@pytest.mark.parametrize(("window", "told"), [(1, None), (12, 0.5)])
def test_how_far_the_older_half_of_a_window_moves_forecasts_is_kept_where_there_is_one(
    data: TaskData, window: int, told: float | None
) -> None:
    forecast = np.zeros((49, 48), np.float32)
    mirrored = np.full((49, 1), 0.5, np.float32)
    run = VariantRun(QUICK, TASK.variant(f"window_{window}"), data, {"forecast": forecast, "mirrored": mirrored})
    assert TASK.score(run).signs.get("older_half_moves") == told


def test_outputs_of_a_training_that_failed_later_are_scored_as_far_as_they_go(data: TaskData) -> None:
    fitted = np.zeros((49 * 84, 1), np.float32)
    found = TASK.score(VariantRun(QUICK, TASK.variant("window_12"), data, {"fitted": fitted}))
    assert set(found.measures) == {"train_rmse", "airline_train_rmse"}
    assert TASK.score(VariantRun(QUICK, TASK.variant("window_12"), data, {})).measures == {}


def test_a_published_series_of_another_length_is_refused() -> None:
    short = load("airline", (), Sizes())
    short = replace(short, arrays={name: array[:40] for name, array in short.arrays.items()})
    with pytest.raises(DataError, match="as long as the series of sales"):
        TASK.prepare(drawn(airline=short), QUICK)
