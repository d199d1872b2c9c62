"""Forecast errors, skill and lag: known values, and scikit-learn, SciPy and naive loops as second opinions."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import bootstrap, pearsonr
from sklearn.metrics import mean_squared_error, r2_score, root_mean_squared_error

from harness.data.sets.airline import PASSENGERS
from harness.scoring.series import (
    MAX_LAG,
    correlation,
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

RNG = np.random.default_rng(0)
SERIES = np.array(PASSENGERS)
ROW = SERIES[np.newaxis]
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
    shifted = ROW[:, len(SERIES) - n - months : len(SERIES) - months]
    assert lag(shifted, ROW).value == months
    assert lag(0.01 * shifted - 7, ROW).value == months, "scale and level do not matter"
    noisy = shifted + RNG.normal(size=n) * 8
    assert lag(noisy, ROW).value == months


def test_the_lag_agrees_with_a_loop_over_scipy() -> None:
    series = np.stack([SERIES, RNG.normal(size=144).cumsum(), SERIES[::-1]])
    for _ in range(50):
        weight, noise = RNG.random() * 3, RNG.normal(size=(3, 48)) * 60
        forecast = series[:, -48:] + noise + np.roll(series, 1, axis=1)[:, -48:] * weight
        found = [
            np.mean([pearsonr(f, s[96 - k : 144 - k]).statistic for f, s in zip(forecast, series, strict=True)])
            for k in range(MAX_LAG + 1)
        ]
        assert lag(forecast, series).value == int(np.argmax(found))


def test_a_moving_average_lags_and_a_constant_correlates_with_nothing() -> None:
    assert lag(moving_average(SERIES, 3, 48)[np.newaxis], ROW).value == 2
    assert lag(np.full((1, 48), 300.0), ROW).value == MAX_LAG
    assert lag(ROW[:, -48:], ROW).signature == "lag|by:pearson|0..6|n:48|series:1|v:2"


@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_correlation_agrees_with_scipy_on_any_scale(scale: float) -> None:
    a, b = RNG.normal(size=(2, 40))
    assert correlation(a * scale, b) == pytest.approx(pearsonr(a, b).statistic, rel=1e-12)


def test_extreme_forecasts_give_finite_numbers() -> None:
    for forecast in (np.full(48, LARGEST), RNG.choice([-LARGEST, LARGEST], 48), np.zeros(48)):
        wide = 104 + 309 * forecast
        scores = squared_error(wide, SERIES[-48:]), root_squared_error(wide, SERIES[-48:]), lag(wide[np.newaxis], ROW)
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
        lag(np.zeros((1, 5)), np.arange(10.0)[np.newaxis])
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


@pytest.mark.parametrize("window", [1, 3, 12])
def test_a_value_is_told_only_when_its_forecast_is_there(window: int) -> None:
    known, coming = np.arange(40, dtype=np.float32).reshape(2, 20), np.arange(12, dtype=np.float32).reshape(2, 6)
    talk = one_ahead(window, known, coming)
    question, asked = next(talk), []
    with pytest.raises(StopIteration) as end:
        while True:
            asked.append(question[..., 0])
            question = talk.send(question.max(axis=1) + 1)
    assert [windows[:, -1].tolist() for windows in asked] == [[19, 39], [0, 6], [1, 7], [2, 8], [3, 9], [4, 10]]
    assert all(windows.shape == (2, window) for windows in asked)
    for before, after in pairwise(asked):
        np.testing.assert_array_equal(before[:, 1:], after[:, :-1])
    assert end.value.value.shape == (2, 6)
    assert end.value.value.dtype == np.float32
    assert end.value.value[:, 0].tolist() == [20, 40]


def test_scaling_goes_by_the_training_part_and_back() -> None:
    training = np.array([100, 300, 200])
    assert scaled(training, training).tolist() == [0, 1, 0.5]
    assert scaled(np.array([500]), training).tolist() == [2], "later values go beyond 1"
    assert unscaled(scaled(training, training), training) == pytest.approx(training)


def test_each_series_is_scaled_by_its_own_training_part() -> None:
    training = np.array([[100, 300], [1, 2]])
    assert scaled(np.array([[200], [3]]), training).tolist() == [[0.5], [2]]
    assert unscaled(np.array([[0.5], [2]]), training).tolist() == [[200], [3]]


def test_scores_of_forecasts_are_those_of_the_measures() -> None:
    series = RNG.normal(size=(2, 40)).cumsum(axis=1)
    truth, rivals = series[:, -12:], {"persistence": series[:, -13:-1], "season": series[:, -24:-12]}
    forecast = truth + 0.1
    found = forecast_scores(forecast, series, rivals)
    assert list(found) == ["test_mse", "test_rmse", "skill_persistence", "skill_classical", "lag"]
    assert found["test_rmse"].value == pytest.approx(0.1)
    assert found["skill_persistence"] == skill(
        *(a.reshape(-1) for a in (forecast, truth, series[:, -13:-1])), "persistence"
    )
    assert found["skill_classical"].value == pytest.approx(
        min(skill(forecast.reshape(-1), truth.reshape(-1), r.reshape(-1), n).value for n, r in rivals.items())
    )
    assert found["lag"].value == 0
