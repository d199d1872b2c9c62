"""Forecast errors, skill and lag: known values, and scikit-learn, SciPy and naive loops as second opinions."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import bootstrap, pearsonr
from sklearn.metrics import mean_squared_error, r2_score, root_mean_squared_error

from harness.data.base import Sizes
from harness.data.sets.airline import PASSENGERS
from harness.scoring.series import (
    MAX_LAG,
    correlation,
    earlier,
    forecast_scores,
    lag,
    moving_average,
    one_ahead,
    root_squared_error,
    scaled,
    skill,
    squared_error,
    unscaled,
)
from harness.scoring.signs import forecast_signs
from harness.tasks import find

RNG = np.random.default_rng(0)
SERIES = np.array(PASSENGERS)
LARGEST = float(np.finfo(np.float32).max)


@pytest.mark.parametrize(
    ("forecast", "truth", "mse"), [([1.0], [1], 0), ([1, 3], [1, 1], 2), ([0, 0, 0], [1, 2, 3], 14 / 3)]
)
def test_errors_of_known_forecasts(forecast: list[float], truth: list[float], mse: float) -> None:
    assert squared_error(np.array(forecast), np.array(truth)).value == pytest.approx(mse, abs=1e-15)
    assert root_squared_error(np.array(forecast), np.array(truth)).value == pytest.approx(math.sqrt(mse), abs=1e-15)


@pytest.mark.parametrize("n", [2, 48, 1000])
def test_errors_agree_with_scikit_learn(n: int) -> None:
    forecast, truth = RNG.normal(size=(2, n)) * 100
    assert squared_error(forecast, truth).value == pytest.approx(mean_squared_error(truth, forecast), rel=1e-12)
    assert root_squared_error(forecast, truth).value == pytest.approx(
        root_mean_squared_error(truth, forecast), rel=1e-12
    )


def test_sampling_errors_agree_with_a_bootstrap() -> None:
    forecast, truth = RNG.normal(size=(2, 400))
    for score, statistic in (
        (squared_error(forecast, truth), lambda e, axis: np.mean(e**2, axis=axis)),
        (root_squared_error(forecast, truth), lambda e, axis: np.sqrt(np.mean(e**2, axis=axis))),
    ):
        drawn = bootstrap((forecast - truth,), statistic, n_resamples=4000, rng=1, method="percentile")
        assert score.sampling_error == pytest.approx(drawn.standard_error, rel=0.1)


def test_skill_over_the_mean_is_the_coefficient_of_determination() -> None:
    forecast, truth = RNG.normal(size=(2, 60))
    mean = np.full(60, truth.mean())
    assert skill(forecast, truth, mean, "mean").value == pytest.approx(r2_score(truth, forecast), rel=1e-12)


def test_skill_is_one_when_perfect_zero_when_naive_and_negative_when_worse() -> None:
    truth, last = SERIES[1:], SERIES[:-1]
    assert skill(truth, truth, last, "persistence").value == 1
    assert skill(last, truth, last, "persistence").value == 0
    assert skill(2 * last - truth, truth, last, "persistence").value == -3, "twice the error"
    assert skill(np.zeros(143), truth, last, "persistence").value < -10
    assert skill(last, truth, last, "persistence").signature == "skill|over:persistence|n:143|v:1"


def test_skill_over_a_perfect_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="without: it"):
        skill(np.zeros(3), np.ones(3), np.ones(3), "it")


@pytest.mark.parametrize("months", range(MAX_LAG + 1))
def test_a_shifted_series_lags_by_its_shift(months: int) -> None:
    n = 48
    shifted = SERIES[len(SERIES) - n - months : len(SERIES) - months]
    assert lag(shifted, SERIES).value == months
    assert lag(0.01 * shifted - 7, SERIES).value == months, "scale and level do not matter"
    noisy = shifted + RNG.normal(size=n) * 8
    assert lag(noisy, SERIES).value == months


def test_the_lag_agrees_with_a_loop_over_scipy() -> None:
    for _ in range(50):
        forecast = SERIES[-48:] + RNG.normal(size=48) * 60 + np.roll(SERIES, 1)[-48:] * RNG.random() * 3
        found = [pearsonr(forecast, SERIES[96 - k : 144 - k]).statistic for k in range(MAX_LAG + 1)]
        assert lag(forecast, SERIES).value == int(np.argmax(found))


def test_a_moving_average_lags_and_a_constant_correlates_with_nothing() -> None:
    assert lag(moving_average(SERIES, 3, 48), SERIES).value == 2
    assert lag(np.full(48, 300.0), SERIES).value == MAX_LAG
    assert lag(SERIES[-48:], SERIES).signature == "lag|by:pearson|0..6|n:48|v:1"


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_correlation_agrees_with_scipy_on_any_scale(scale: float) -> None:
    a, b = RNG.normal(size=(2, 40))
    assert correlation(a * scale, b) == pytest.approx(pearsonr(a, b).statistic, rel=1e-12)


def test_extreme_forecasts_give_finite_numbers() -> None:
    for forecast in (np.full(48, LARGEST), RNG.choice([-LARGEST, LARGEST], 48), np.zeros(48)):
        wide = 104 + 309 * forecast
        scores = squared_error(wide, SERIES[-48:]), root_squared_error(wide, SERIES[-48:]), lag(wide, SERIES)
        naive = skill(wide, SERIES[-48:], SERIES[-49:-1], "persistence")
        assert all(math.isfinite(s.value) for s in (*scores, naive))
        assert all(map(math.isfinite, forecast_signs(wide, SERIES[-48:]).values()))


@pytest.mark.parametrize("span", [1, 3, 16])
def test_the_moving_average_agrees_with_a_convolution(span: int) -> None:
    smooth = np.convolve(SERIES, np.ones(span) / span, "valid")[:-1][-48:]
    np.testing.assert_allclose(moving_average(SERIES, span, 48), smooth, rtol=1e-12)
    assert moving_average(SERIES, span, 48)[-1] == pytest.approx(SERIES[-1 - span : -1].mean())


@pytest.mark.parametrize(("forecast", "truth"), [([], []), ([1.0], [1.0, 2.0]), ([[1.0]], [[1.0]])])
def test_other_shapes_are_refused(forecast: list[float], truth: list[float]) -> None:
    with pytest.raises(ValueError, match="Expected "):
        squared_error(np.array(forecast), np.array(truth))


def test_series_that_are_too_short_are_refused() -> None:
    with pytest.raises(ValueError, match="6 months longer"):
        lag(np.arange(5.0), np.arange(10.0))
    with pytest.raises(ValueError, match="16 months before"):
        moving_average(np.arange(20.0), 16, 5)


def test_signs_tell_another_unit_and_the_same_forecast_from_a_sound_one() -> None:
    truth = SERIES[:96].astype(float)
    sound = forecast_signs(truth + RNG.normal(size=96), truth)
    assert sound["forecast_level"] == pytest.approx(1, abs=0.05)
    assert sound["forecast_agreement"] > 0.99
    assert forecast_signs(300 * truth, truth)["forecast_level"] == pytest.approx(300)
    assert forecast_signs(np.full(96, 200.0), truth)["forecast_spread"] == 0
    assert forecast_signs(np.full(96, 200.0), truth)["forecast_agreement"] == 0
    assert forecast_signs(truth, np.zeros(96)) == {}
    assert forecast_signs(truth[:0], truth[:0]) == {}


def test_each_question_holds_only_months_before_the_one_asked_for() -> None:
    """The forecasts of one month are there before the next question tells what it was."""
    task = find("rnn_regression")
    profile, variant = task.profiles["quick"], task.variant("window_12")
    from harness.data.load import load

    data = task.prepare(load("airline", (), Sizes()), profile)
    dialogue = task.steps(profile, variant, data)[1].dialogue
    assert dialogue is not None
    lead = dialogue.lead(data, 1)
    asked = [next(lead)]
    with pytest.raises(StopIteration) as ended:
        while True:
            asked.append(lead.send(np.full((1, 1), len(asked), np.float32)))
    assert len(asked) == 48
    whole = np.concatenate([data.arrays["y_train"], data.arrays["y_test"]])
    for month, question in enumerate(asked):
        np.testing.assert_allclose(104 + 309 * question[0, :, 0], whole[84 + month : 96 + month], rtol=1e-6)
    for before, after in pairwise(asked):
        np.testing.assert_array_equal(before[0, 1:], after[0, :-1])
    assert ended.value.value["forecast"].reshape(-1).tolist() == list(range(1, 49))


@pytest.mark.parametrize("window", [1, 3, 12])
def test_a_value_is_told_only_when_its_forecast_is_there(window: int) -> None:
    known, coming = np.arange(20, dtype=np.float32), np.arange(20, 26, dtype=np.float32)
    talk = one_ahead(window, known, coming)
    question, asked = next(talk), []
    with pytest.raises(StopIteration) as end:
        while True:
            asked.append(question[0, :, 0].tolist())
            question = talk.send(np.array([[question.max() + 1]]))
    assert [values[-1] for values in asked] == [19, 20, 21, 22, 23, 24]
    assert all(len(values) == window for values in asked)
    assert end.value.value.tolist() == coming[:, None].tolist()
    assert end.value.value.dtype == np.float32


def test_scaling_goes_by_the_training_part_and_back() -> None:
    training = np.array([100, 300, 200])
    assert scaled(training, training).tolist() == [0, 1, 0.5]
    assert scaled(np.array([500]), training).tolist() == [2], "later values go beyond 1"
    assert unscaled(scaled(training, training), training) == pytest.approx(training)


def test_scores_of_a_forecast_are_those_of_the_measures() -> None:
    series = RNG.normal(size=40).cumsum()
    forecast = series[-12:] + 0.1
    found = forecast_scores(forecast, series, {"persistence": 1, "season": 12})
    assert list(found) == ["test_mse", "test_rmse", "skill_persistence", "skill_season", "lag"]
    assert found["test_rmse"].value == pytest.approx(0.1)
    assert found["skill_season"] == skill(forecast, series[-12:], series[-24:-12], "season")
    assert found["lag"].value == 0
    assert earlier(series, 1, 2).tolist() == series[-3:-1].tolist()
