"""Distances on a dial against angles between vectors, and times said by heads against counting."""

import math
from datetime import datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.distance import cosine
from scipy.stats import sem
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import PolynomialFeatures

from harness.data.clocks import plain
from harness.scoring.clock import (
    by_hour,
    by_templates,
    class_of,
    clock_signs,
    hour_of,
    mean_apart,
    median_apart,
    median_lead,
    minutes_apart,
    near_twelve,
    of_classes,
    of_hour_and_minute,
    share_within,
    worst_hour,
)

RNG = np.random.default_rng(0)
TRUTH = RNG.integers(0, 720, 400)
SAID = (TRUTH + RNG.normal(3, 20, 400)) % 720


def hands(minutes: float) -> tuple[float, float]:
    return math.sin(minutes * math.pi / 360), math.cos(minutes * math.pi / 360)


def by_vectors(one: float, other: float) -> float:
    """Return the angle between two hour hands in minutes."""
    return math.acos(max(-1.0, 1 - float(cosine(hands(one), hands(other))))) * 360 / math.pi


def test_a_distance_is_the_angle_between_two_hour_hands() -> None:
    expected = [by_vectors(a, b) for a, b in zip(SAID, TRUTH, strict=True)]
    assert minutes_apart(SAID, TRUTH) == pytest.approx(expected, abs=1e-4)
    assert minutes_apart(TRUTH, SAID) == pytest.approx(minutes_apart(SAID, TRUTH))
    assert minutes_apart(SAID + 7 * 720.0, TRUTH) == pytest.approx(minutes_apart(SAID, TRUTH))


def test_two_minutes_lie_between_before_and_after_twelve() -> None:
    """Hours and minutes on a ring each and added would be 62."""
    assert minutes_apart(np.array([719.0]), np.array([1])).tolist() == [2.0]
    assert minutes_apart(np.array([0.0]), np.array([360])).tolist() == [360.0]


def test_means_medians_and_shares_are_those_of_distances() -> None:
    d = np.array([by_vectors(a, b) for a, b in zip(SAID, TRUTH, strict=True)])
    assert mean_apart(SAID, TRUTH).value == pytest.approx(d.mean(), abs=1e-4)
    assert mean_apart(SAID, TRUTH).sampling_error == pytest.approx(sem(d), abs=1e-4)
    assert median_apart(SAID, TRUTH).value == pytest.approx(np.median(d), abs=1e-4)
    assert share_within(SAID, TRUTH, 10).value == np.mean(d <= 10)
    assert share_within(TRUTH, TRUTH, 0).value == 1


def test_the_error_of_a_median_is_that_of_medians_of_other_clocks() -> None:
    medians = []
    for _ in range(400):
        again = RNG.normal(0, 20, 400)
        medians.append(float(np.median(np.abs(again))))
    sampling = median_apart(RNG.normal(0, 20, 400) % 720, np.zeros(400)).sampling_error
    assert sampling == pytest.approx(np.std(medians), rel=0.5)
    assert median_apart(SAID[:1], TRUTH[:1]).sampling_error is None


def test_guessing_is_half_an_hour_hand_off() -> None:
    guesses = RNG.uniform(0, 720, 20_000)
    assert mean_apart(guesses, np.zeros(20_000)).value == pytest.approx(180, abs=3)


def test_hours_are_counted_apart() -> None:
    rows = by_hour(SAID, TRUTH)
    for hour in range(12):
        mine = [by_vectors(a, b) for a, b in zip(SAID, TRUTH, strict=True) if b // 60 == hour]
        assert rows[hour] == pytest.approx(np.mean(mine), abs=1e-4)
    assert worst_hour(SAID, TRUTH).value == rows.max()
    assert np.isnan(by_hour(SAID[TRUTH >= 60], TRUTH[TRUTH >= 60])[0])
    assert hour_of(np.array([0, 59, 60, 719, 719.9, 720, 725])).tolist() == [0, 0, 1, 11, 11, 0, 0]


def test_near_twelve_counts_an_hour_on_either_side() -> None:
    where = (TRUTH <= 60) | (TRUTH >= 660)
    assert near_twelve(SAID, TRUTH).value == pytest.approx(mean_apart(SAID[where], TRUTH[where]).value)
    assert math.isnan(near_twelve(np.array([5.0]), np.array([300])).value)


def test_a_lead_is_the_median_of_differences_on_the_dial() -> None:
    around = np.sort(np.angle(np.exp(2j * np.pi * (SAID - TRUTH) / 720)) * 360 / np.pi)
    middle = around[(len(SAID) - 1) // 2 : len(SAID) // 2 + 1]
    assert median_lead(SAID, TRUTH) == pytest.approx(float(middle.mean()))
    assert median_lead(np.array([5.0]), np.array([715])) == pytest.approx(10)
    assert median_lead(np.array([8.0, 9, 300]), np.array([8, 9, 10])) == 0, "one that is hours off moves nothing"


@pytest.mark.parametrize("classes", [12, 24, 48, 96, 192, 360, 720])
def test_a_class_says_the_mean_of_the_minutes_in_it(classes: int) -> None:
    """Reading every minute by its own class is off by no more than half of a class."""
    whole = np.arange(720)
    parts = class_of(whole, classes)
    assert parts.tolist() == [m * classes // 720 for m in whole]
    said = of_classes(np.eye(classes)[parts])
    for part in range(classes):
        assert said[parts == part] == pytest.approx(whole[parts == part].mean())
    assert minutes_apart(said, whole).max() <= 360 / classes


def test_two_heads_say_one_time() -> None:
    begins = datetime(2000, 1, 1)
    hours, minutes = RNG.dirichlet(np.ones(12), 30), RNG.uniform(0, 60, 30)
    times = [begins + timedelta(hours=int(p.argmax()), minutes=float(m)) for p, m in zip(hours, minutes, strict=True)]
    expected = [(time - begins).total_seconds() / 60 for time in times]
    assert of_hour_and_minute(hours, minutes) == pytest.approx(expected, abs=1e-4)
    with pytest.raises(ValueError, match="0 to 60"):
        of_hour_and_minute(hours, minutes + 60)


def test_templates_are_found_in_themselves_also_where_light_is_dark() -> None:
    images = plain(32)[::40].astype(np.float64)
    everywhere = np.ones((32, 32), np.bool_)
    expected = np.arange(0, 720, 40)
    assert by_templates(images, plain(32), everywhere).tolist() == expected.tolist()
    assert by_templates(255 - images / 2, plain(32), everywhere).tolist() == expected.tolist()


def test_light_that_comes_from_one_side_changes_no_template() -> None:
    """What least squares explain by place to the second degree is taken out first."""
    where = np.hypot(*(np.indices((32, 32)) - 15.5)) < 12
    y, x = np.nonzero(where)
    images = plain(32)[::90].astype(np.float64)
    slanted = images + 4 * np.indices((32, 32))[1] + 0.1 * (np.indices((32, 32))[0] - 10) ** 2
    explained = PolynomialFeatures(2).fit_transform(np.stack([x, y], axis=1))
    left = [rows - LinearRegression().fit(explained, rows).predict(explained) for rows in slanted[:, where]]
    plainly = [rows - LinearRegression().fit(explained, rows).predict(explained) for rows in images[:, where]]
    expected = np.abs(np.corrcoef(np.concatenate([left, plainly]))[:8, 8:]).argmax(axis=1)
    assert by_templates(slanted, images, where).tolist() == expected.tolist() == list(range(8))
    assert by_templates(np.full((1, 32, 32), 0.3), images, where).tolist() == [0], "no light is like no clock"


def straight(minutes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what reads a dial as a line: about the middle, where the time is near one of the two ends."""
    return np.where((minutes < 60) | (minutes > 660), 360.0, minutes + 4.0)


def test_signs_show_a_mistake_each() -> None:
    late = clock_signs((TRUTH + 15.0) % 720, TRUTH, 24)
    assert late["part_lead"] == pytest.approx(0.5)
    assert clock_signs(straight(TRUTH), TRUTH)["at_twelve"] > 10
    hours_alone = clock_signs(hour_of(TRUTH) * 60.0 + RNG.uniform(0, 60, 400), TRUTH)
    assert hours_alone["hour_share"] == 1
    assert hours_alone["minutes_off"] == pytest.approx(15, abs=1.5)
    assert clock_signs(np.zeros(0), np.zeros(0)) == {}
