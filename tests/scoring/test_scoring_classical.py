"""Answers that need no network: earlier values, last year's season again, and ridge regression beside scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from harness.data.sets.airline import PASSENGERS
from harness.scoring.classical import earlier, log_ratios, ridge, seasonal

RNG = np.random.default_rng(0)
SERIES = np.exp(RNG.normal(size=(3, 60)) * 0.1 + np.linspace(0, 1, 60))


def test_an_earlier_value_is_that_many_months_back() -> None:
    assert earlier(SERIES, 1, 2).tolist() == SERIES[:, -3:-1].tolist()
    assert earlier(SERIES, 12, 48).tolist() == SERIES[:, :48].tolist()
    with pytest.raises(ValueError, match="length of the series"):
        earlier(SERIES, 13, 48)


def test_last_years_season_again_agrees_with_a_loop() -> None:
    found = seasonal(SERIES, 12, 20)
    for s, t in np.ndindex(3, 20):
        at = 40 + t
        assert found[s, t] == pytest.approx(SERIES[s, at - 1] * SERIES[s, at - 12] / SERIES[s, at - 13])


def test_a_season_that_only_grows_is_forecast_without_error() -> None:
    months = np.arange(60)
    series = (100 * 1.01**months * (1 + 0.3 * np.sin(2 * np.pi * months / 12)))[np.newaxis]
    assert seasonal(series, 12, 40) == pytest.approx(series[:, -40:])


def test_the_season_of_the_airline_series_is_what_it_was_found_to_be() -> None:
    series = np.array(PASSENGERS)[np.newaxis]
    assert np.sqrt(np.mean((seasonal(series, 12, 48) - series[:, -48:]) ** 2)) == pytest.approx(15.62, abs=0.005)


def test_log_ratios_agree_with_a_loop() -> None:
    logs = np.log(SERIES)
    ratios, change = log_ratios(logs, 4)
    assert (ratios.shape, change.shape) == ((3 * 56, 3), (3 * 56,))
    for i, (s, t) in enumerate(np.ndindex(3, 56)):
        assert ratios[i] == pytest.approx(logs[s, t : t + 3] - logs[s, t + 3])
        assert change[i] == pytest.approx(logs[s, t + 4] - logs[s, t + 3])


def test_ridge_finds_a_rule_of_log_ratios_and_is_close_to_least_squares() -> None:
    changes = [*RNG.normal(size=2) * 0.1]
    for shock in RNG.normal(size=300) * 0.02:
        changes.append(0.9 * changes[-1] - 0.8 * changes[-2] + shock)
    series = np.exp(np.cumsum(changes)).reshape(2, 151)
    training, coming = series[:, :100], series[:, 100:]
    ratios, change = log_ratios(np.log(training), 3)
    asked, _ = log_ratios(np.log(series[:, 97:]), 3)
    told = LinearRegression().fit(ratios, change).predict(asked).reshape(2, 51)
    assert ridge(training, coming, 3) == pytest.approx(series[:, 99:-1] * np.exp(told), rel=0.01)


def test_nothing_that_comes_is_fitted_to() -> None:
    """What is said of a month does not change with the months after it."""
    training, coming = SERIES[:, :40], SERIES[:, 40:]
    other = np.concatenate([coming[:, :10], coming[:, 10:][:, ::-1]], axis=1)
    assert ridge(training, coming, 6)[:, :11] == pytest.approx(ridge(training, other, 6)[:, :11])


@pytest.mark.parametrize("answer", [lambda s: seasonal(s, 12, 20), lambda s: ridge(s[:, :40], s[:, 40:], 3)])
def test_numbers_without_logarithms_are_refused(answer: object) -> None:
    with pytest.raises(ValueError, match="above 0"):
        answer(SERIES - SERIES.min())  # type: ignore[operator]
