"""From forecasts to a finding: late, in another unit, or the same for every month."""

import numpy as np
import pytest
from diagnosis.made import measured
from diagnosis.made import told as all_findings
from numpy.typing import NDArray

from harness.data.sets.airline import PASSENGERS
from harness.diagnosis.rules.series import lags, older_half, stays_within
from harness.scoring.signs import forecast_signs

TRUTH = np.array(PASSENGERS[:96], dtype=float)
NOISE = np.random.default_rng(0).normal(size=96)


@pytest.mark.parametrize(
    ("fitted", "title"),
    [
        (TRUTH + NOISE, None),
        (104 + 309 * TRUTH, "Forecasts are in another unit"),
        (TRUTH / 309, "Forecasts are in another unit"),
        (NOISE * 1e5, None),  # large, but not a matter of unit
        (np.full(96, 213.7), "The same forecast for every month"),
    ],
)
def test_forecasts_are_told_what_is_wrong_with_them(fitted: NDArray[np.float64], title: str | None) -> None:
    told = all_findings([measured(signs=forecast_signs(fitted, TRUTH), classes=0)])
    assert [f.title for f in told] == ([title] if title else [])


@pytest.mark.parametrize(("months", "title"), [(1.0, "lags by a month"), (3.0, "lags by 3 months")])
def test_a_late_forecast_is_told_in_words(months: float, title: str) -> None:
    signs = forecast_signs(TRUTH + NOISE, TRUTH)
    (found,) = all_findings([measured(signs=signs, classes=0, lag=months, skill_persistence=-0.018)])
    assert found.title.endswith(title)
    assert "is -0.02" in found.evidence
    assert found.quotes == ["plain.lag", "plain.skill_persistence"]


def test_persistence_is_told_before_weights_that_stand_still() -> None:
    signs, curve = forecast_signs(TRUTH + NOISE, TRUTH), {"loss": [0.5] * 9}
    (found,) = all_findings([measured(curve, signs=signs, classes=0, lag=1.0, skill_persistence=-3e-9)])
    assert found.title == "The last month is passed off as a forecast"
    assert "lags" in all_findings([measured(signs=signs, classes=0, lag=1.0, skill_persistence=-0.001)])[0].title


def test_a_forecast_in_time_and_one_of_the_harness_are_left_alone() -> None:
    signs = forecast_signs(TRUTH + NOISE, TRUTH)
    assert lags(measured(signs=signs, lag=0.0, skill_persistence=0.8)) is None
    assert lags(measured(lag=1.0, skill_persistence=0.0)) is None


def test_a_short_window_that_is_far_better_than_the_last_month_is_not_told_that_it_lags() -> None:
    """What is best told from the last few months goes with the month before and is a good forecast all the same."""
    signs = forecast_signs(TRUTH + NOISE, TRUTH)
    assert lags(measured(signs=signs, lag=1.0, skill_persistence=0.2)) is None
    assert lags(measured(signs=signs, lag=1.0, skill_persistence=0.02)) is not None


def test_no_skill_is_not_written_as_minus_nothing() -> None:
    signs = forecast_signs(TRUTH + NOISE, TRUTH)
    (found,) = all_findings([measured(signs=signs, classes=0, lag=1.0, skill_persistence=-0.001)])
    assert "is 0.00," in found.evidence


def test_forecasts_that_stay_within_the_training_years_are_told_where_the_test_years_do_not() -> None:
    beyond = {"forecasts_beyond": 0.0, "months_beyond": 0.2, "forecast_spread": 0.95}
    found = stays_within(measured(signs=beyond))
    assert found is not None
    assert "20% lie above" in found.evidence
    assert stays_within(measured(signs=beyond | {"forecasts_beyond": 0.1})) is None
    assert stays_within(measured(signs=beyond | {"months_beyond": 0.0})) is None
    assert stays_within(measured()) is None


def test_forecasts_that_keep_to_the_middle_are_not_told_that_something_bounds_them() -> None:
    """The reference's from one month vary by two thirds of what the truth does and never reach the edges."""
    signs = {"forecasts_beyond": 0.0, "months_beyond": 0.05, "forecast_spread": 0.63}
    assert stays_within(measured(signs=signs)) is None


def test_a_network_that_older_months_do_not_reach_is_told_so() -> None:
    found = older_half(measured(signs={"older_half_moves": 0.0}))
    assert found is not None
    assert "stayed as they were" in found.evidence
    assert older_half(measured(signs={"older_half_moves": 1e-4})) is None, "an LSTM forgets, but not to the last digit"
    assert older_half(measured()) is None
