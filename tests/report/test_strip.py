"""The line of values on a criterion: who stands where between floor and target."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from harness.report.card_page.criteria import alternative, criterion_view
from harness.report.card_page.strip import EDGE, Reading, scale_of, strip

Build = Callable[..., Any]
NAN = math.nan


@pytest.mark.parametrize("lower", [False, True])
def test_better_is_to_the_right_whatever_the_direction(lower: bool) -> None:
    floor, target = (0.9, 0.1) if lower else (0.1, 0.9)
    line = strip(
        Reading([0.3, 0.5], value=0.4, band=(floor, target), reference=0.85 if not lower else 0.15, lower=lower)
    )
    assert line and line.band and line.median and line.reference
    assert line.band.floor.at < line.median.at < line.band.target.at
    assert line.band.floor.at < line.reference.at
    assert line.band.way.width == pytest.approx(line.band.target.at - line.band.floor.at, abs=0.02)


@pytest.mark.parametrize("share", [0.25, 1.0, 0.0])
def test_the_way_is_filled_as_far_as_it_earned_marks(share: float) -> None:
    line = strip(Reading([0.4], value=0.4, band=(0.1, 0.5), earned=share))
    assert line and line.band
    filled = line.band.earned.width if line.band.earned else 0.0
    assert filled == pytest.approx(share * line.band.way.width, abs=0.05)


def test_a_value_beyond_the_target_that_was_not_learned_fills_nothing(criterion: Build) -> None:
    view = criterion_view(criterion(value=0.02, earned=0.0, reason="The result did not come from training."))
    assert view.strip and view.strip.median and view.strip.band
    assert view.strip.band.earned is None
    partly = criterion_view(criterion(points=30, earned=7.5)).strip
    assert partly and partly.band and partly.band.earned
    assert partly.band.earned.width == pytest.approx(partly.band.way.width / 4, abs=0.05)


def test_a_seed_that_ran_away_stands_at_the_edge_and_says_so() -> None:
    line = strip(Reading([0.3, 1e12], value=0.3, band=(0.9, 0.1), lower=True))
    assert line and line.band
    near, far = line.seeds
    assert (far.at, far.beyond) == (EDGE, -1)
    assert near.beyond == 0
    assert line.band.way.width > 25, "the others are not pressed together"
    assert "1e+12" in far.text


def test_what_is_no_number_is_not_drawn() -> None:
    line = strip(Reading([NAN, 0.2, math.inf], value=NAN, band=(0.1, 0.5), interval=(NAN, 0.3)))
    assert line
    assert [seed.text for seed in line.seeds] == ["seed 2: 0.2"]
    assert line.median is None
    assert line.band and line.band.earned is None
    assert strip(Reading([NAN])) is None
    assert strip(Reading([])) is None


def test_lines_that_compare_share_their_scale() -> None:
    readings = [Reading([0.1, 0.2]), Reading([0.6], reference=0.8)]
    scale = scale_of(readings)
    first, second = (strip(r, scale) for r in readings)
    assert first and second and second.reference
    assert first.seeds[0].at == EDGE
    assert second.reference.at == 100 - EDGE
    assert first.seeds[1].at < second.seeds[0].at


def test_equal_values_stand_in_the_middle() -> None:
    line = strip(Reading([0.5, 0.5]))
    assert line
    assert {seed.at for seed in line.seeds} == {50.0}


def test_published_figures_span_their_range_and_one_of_them_is_still_seen(criterion: Build) -> None:
    line = strip(Reading([0.3], band=(0.9, 0.1), published=[0.2, 0.4], lower=True))
    assert line and line.published
    assert line.published.width > 0
    assert line.published.text == "published 0.2 to 0.4"
    alone = strip(Reading([0.3], band=(0.9, 0.1), published=[0.2], lower=True))
    assert alone and alone.published and alone.published.text == "published 0.2"


def test_the_line_in_words(criterion: Build) -> None:
    assert alternative(criterion()) == (
        "0.027, the median of 3 seeds: 0.026, 0.027, 0.028; 75 % of the way from floor 0.045 to target 0.021."
    )
    assert alternative(criterion(value=None, values=[])) == "Measured: not measured."


def test_a_comparison_counts_upward_even_where_the_measure_counts_downward(criterion: Build) -> None:
    view = criterion_view(criterion(over="pca.test_mse", value=0.01, values=[0.01], floor=0.0, target=0.02))
    assert view.strip and view.strip.band and view.strip.median
    assert view.strip.band.floor.at < view.strip.median.at < view.strip.band.target.at


def test_what_a_person_marks_has_no_line_and_what_a_person_changed_says_why(criterion: Build) -> None:
    assert criterion_view(criterion(manual=True, earned=4)).strip is None
    changed = criterion_view(criterion(automatic=10.0, earned=30, override="the data were broken"))
    assert changed.changed == "Changed by a person (it was 10 points): the data were broken."
    assert changed.outcome.word == "reached"
    assert criterion_view(criterion()).changed == ""


def test_a_step_shows_its_target_and_no_floor() -> None:
    line = strip(Reading([0.061], value=0.061, band=(0.002, 0.002), reference=0.023))
    assert line is not None and line.band is not None and line.median is not None
    assert line.band.floor is None and line.band.way is None and line.band.earned is None
    assert line.band.target.at < line.median.at
    assert line.band.beyond.at + line.band.beyond.width == pytest.approx(100)
