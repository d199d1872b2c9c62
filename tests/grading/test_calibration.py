"""The rates beside a target are right: they agree with what can be computed exactly or by brute force."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from harness.errors import ResultsError
from harness.grading import calibration
from harness.grading.calibration import (
    BAND_SDS,
    Chances,
    Rates,
    bandwidth,
    chances,
    pass_rates,
    redraw,
)

Floats = NDArray[np.float64]
TRIES = 400_000


def normal(shape: tuple[int, ...], seed: int = 1) -> Floats:
    return np.random.default_rng(seed).standard_normal(shape)


def normal_like(n: int) -> list[float]:
    """Return n values spread as a normal sample is on average, mean 0.9 and sd 0.01."""
    quantiles = stats.norm.ppf((np.arange(n) + 0.5) / n)
    return list(0.9 + 0.01 * quantiles / quantiles.std(ddof=1))


def rates_of(found: Chances | None) -> list[float]:
    assert found is not None
    kinds = (found.equal_fails, found.weaker_1_sd_passes, found.weaker_2_sd_passes)
    return [rate for rates in kinds for rate in (rates.one, rates.three)]


def test_an_equally_good_student_under_a_target_estimated_from_ten_seeds() -> None:
    """The figures that the choice of mean - 2 sd rests on: 95.7 % on one seed, 98.9 % on the median of three."""
    reference, students = normal((TRIES, 10)), normal((TRIES, 3), seed=2)
    targets = reference.mean(axis=1) - 2 * reference.std(axis=1, ddof=1)
    exact = stats.t(df=9).sf(-2 / np.sqrt(1 + 1 / 10))
    rates = pass_rates(students, targets, BAND_SDS)
    assert rates.one == pytest.approx(0.957, abs=0.003)
    assert rates.one == pytest.approx(exact, abs=0.001)
    assert np.mean(np.median(students, axis=1) >= targets) == pytest.approx(0.989, abs=0.002)


@pytest.mark.parametrize(
    ("better", "weaker", "share"),
    [("best of three", 1.0, 0.40), ("median of three", 1.0, 0.07), ("one", 1.0, 0.159), ("one", 0.0, 0.5)],
)
def test_a_student_too_weak_by_one_sd(better: str, weaker: float, share: float) -> None:
    """The best of three passes 40 % of those, the median 7 %: why the median decides."""
    students = normal((TRIES, 3)) - weaker
    shares = {
        "best of three": np.mean(students.max(axis=1) >= 0),
        "median of three": pass_rates(students, 0.0, np.inf).three,
        "one": pass_rates(students, 0.0, BAND_SDS).one,
    }
    assert shares[better] == pytest.approx(share, abs=0.006)


@pytest.mark.parametrize("weaker", [0.0, 1.0, 2.0, 3.0])
def test_the_three_seed_rule_agrees_with_the_formula(weaker: float) -> None:
    """Far beyond the target one seed is enough; otherwise two of three must reach it (normal, target mean - 2 sd)."""
    reach = stats.norm.cdf(2 - weaker)
    clear = stats.norm.cdf(2 - weaker - BAND_SDS)
    expected = clear + (reach - clear) * (1 - (1 - reach) ** 2) + (1 - reach) * reach**2
    assert pass_rates(normal((TRIES, 3)) - weaker, -2.0, BAND_SDS).three == pytest.approx(expected, abs=0.003)


@pytest.mark.parametrize(
    ("seeds", "one", "three"),
    [
        ((5.0, 0.0, 0.0), 1, 1),  # beyond the band: no second seed
        ((2.0, 0.0, 0.0), 1, 0),  # on the edge of the band, and two fail
        ((1.5, 1.0, 0.0), 1, 1),
        ((0.0, 1.0, 2.0), 0, 1),  # a bad first seed is made up for
        ((0.0, 0.0, 9.0), 0, 0),  # but not by one good one
        ((1.0, 0.0, 1.0), 1, 1),  # reaching it exactly is reaching it
    ],
)
def test_what_decides_one_student(seeds: tuple[float, ...], one: int, three: int) -> None:
    assert pass_rates(np.array([seeds]), 1.0, 1.0) == Rates(one=one, three=three)


def test_resampling_ten_values_gives_the_figures_back() -> None:
    """What the tool prints for a reference that looks normal is what brute force says of normal values."""
    reference, students = normal((TRIES, 10)), normal((TRIES, 3), seed=2)
    spread = reference.std(axis=1, ddof=1)
    targets, bands = reference.mean(axis=1) - 2 * spread, spread * BAND_SDS
    equal, weaker, weakest = (pass_rates(students - shift, targets, bands) for shift in (0, 1, 2))
    expected = [1 - equal.one, 1 - equal.three, weaker.one, weaker.three, weakest.one, weakest.three]
    assert rates_of(chances(normal_like(10), 0.88, "higher")) == pytest.approx(expected, abs=0.01)
    assert expected[:2] == pytest.approx([1 - 0.957, 1 - 0.989], abs=0.004)


def test_on_average_over_references_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """No single reference looks normal, but over many the printed rate is the true one: it is not optimistic."""
    monkeypatch.setattr(calibration, "DRAWS", 2_000)
    printed = []
    for values in normal((200, 10), seed=3):
        found = chances(list(values), float(values.mean() - 2 * values.std(ddof=1)), "higher")
        assert found is not None
        printed.append(found.equal_fails.one)
    assert np.mean(printed) == pytest.approx(1 - 0.957, abs=0.006)


def test_with_many_seeds_the_normal_distribution_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "DRAWS", 20_000)
    found = chances(normal_like(200), 0.9 - 2 * 0.01, "higher")
    assert found is not None
    assert found.equal_fails.one == pytest.approx(stats.norm.cdf(-2), abs=0.005)
    assert found.weaker_1_sd_passes.one == pytest.approx(stats.norm.cdf(1), abs=0.01)


def test_neither_unit_nor_direction_matters() -> None:
    values = np.array(normal_like(10))
    higher = rates_of(chances(list(values), 0.88, "higher"))
    assert rates_of(chances(list(1000 * values), 880, "higher")) == pytest.approx(higher, abs=1e-4)
    assert rates_of(chances(list(-values), -0.88, "lower")) == pytest.approx(higher, abs=1e-4)


def test_the_same_values_give_the_same_rates() -> None:
    assert chances(normal_like(10), 0.88, "higher") == chances(normal_like(10), 0.88, "higher")


def test_a_weaker_student_and_a_stricter_target_pass_less_often() -> None:
    values = normal_like(10)
    fails, weaker, _, weakest, *_ = rates_of(chances(values, 0.88, "higher"))
    assert 1 - fails > weaker
    assert rates_of(chances(values, 0.89, "higher"))[0] > fails > rates_of(chances(values, 0.87, "higher"))[0]
    assert weakest > weaker, "three seeds are kinder to those who usually pass"


def test_redrawn_values_spread_as_the_reference_does() -> None:
    """The kernel fills the gaps between ten values and must not widen them."""
    skewed = np.array([0.0, 0.1, 0.2, 0.2, 0.3, 0.4, 0.5, 0.9, 2.0, 5.0])
    standardised = (skewed - skewed.mean()) / skewed.std(ddof=1)
    drawn = redraw(standardised, np.random.default_rng(0), 50_000)
    assert drawn.students.shape == (50_000, 3)
    assert drawn.students.mean() == pytest.approx(0, abs=0.02)
    assert drawn.students.std() == pytest.approx(1, abs=0.02)
    assert stats.skew(drawn.students.ravel()) > 1, "nor make them normal"
    assert len(np.unique(drawn.students)) > 100_000
    assert drawn.mean.std() == pytest.approx(1 / np.sqrt(10), abs=0.02)


def test_the_bandwidth_is_silvermans() -> None:
    values = np.array(normal_like(10))
    quartile, third = np.percentile(values, [25, 75])
    expected = 0.9 * min(values.std(ddof=1), (third - quartile) / 1.34) * 10 ** (-1 / 5)
    assert bandwidth(values) == pytest.approx(expected, rel=1e-12)
    assert bandwidth(np.array([0.0, 1, 1, 1, 1, 1, 1, 2])) > 0, "an IQR of 0 is no bandwidth"


def test_values_that_do_not_vary_or_stand_alone() -> None:
    assert chances([0.1] * 10, 0.1, "higher") is None
    assert chances([0.0] * 10, 0.1, "higher") is None
    assert chances([0.1 + 0.2, 0.3], 0.1, "higher") is None, "a rounding error is no spread"
    with pytest.raises(ResultsError, match="at least two seeds"):
        chances([0.1], 0.1, "higher")
