"""What lateness costs, against a count of days and hours one by one."""

import math
import random

import pytest

from harness.grading.late import LatePolicy, lateness
from harness.grading.terms import Change, Late, Terms, adjusted

DAY, HOUR = 86_400, 3_600


def by_counting(seconds: float, unit: int, grace: float, free: int) -> tuple[int, int]:
    """Return the units charged and the free days used, one unit after the other."""
    if seconds <= grace:
        return 0, 0
    used = 0
    while used < free and seconds > 0:
        seconds, used = seconds - DAY, used + 1
    charged = 0
    while seconds > 0:
        seconds, charged = seconds - unit, charged + 1
    return charged, used


@pytest.mark.parametrize("drawn", range(40))
def test_units_are_those_begun_after_free_days(drawn: int) -> None:
    draw = random.Random(drawn)
    unit, grace, free = draw.choice([DAY, HOUR]), draw.choice([0, 900, 2 * HOUR]), draw.randrange(4)
    seconds = draw.choice([draw.randrange(1, 20 * DAY), draw.randrange(1, 6) * DAY, grace or 1, grace + 1])
    per = "day" if unit == DAY else "hour"
    policy = LatePolicy.model_validate({f"per_{per}": 0.01, "grace": f"{grace} s", "free_days": float(free)})
    (found,) = lateness([float(seconds)], policy)
    assert found is not None
    assert (found.charged, found.free) == by_counting(seconds, unit, grace, free)


def test_what_is_in_time_says_nothing() -> None:
    assert lateness([0.0, -5.0, None], LatePolicy(per_day=0.1)) == [None, None, None]


def test_the_budget_is_used_up_by_the_task_that_is_due_first() -> None:
    policy = LatePolicy(per_day=0.1, free_days=3)
    found = lateness([1.5 * DAY, None, -HOUR, 2.5 * DAY], policy)
    assert [(late.free, late.charged) if late else None for late in found] == [(2, 0), None, None, (1, 2)]


def test_too_late_earns_nothing_and_uses_no_free_day() -> None:
    policy = LatePolicy.model_validate({"per_day": 0.1, "free_days": 5, "zero_after": "2 days"})
    found = lateness([2 * DAY + 1, 2 * DAY], policy)
    assert [(late.too_late, late.free) for late in found if late] == [(True, 0), (False, 2)]


@pytest.mark.parametrize(
    ("earned", "of", "terms", "mark"),
    [
        (71.3, 100, None, 71.3),
        (71.3, 100, Terms(), 71.3),
        (70, 100, Terms(late=Late(seconds=1, charged=2, share=0.1)), 50),
        (70, 100, Terms(late=Late(seconds=1, charged=2, share=0.1, of="earned")), 56),
        (15, 100, Terms(late=Late(seconds=1, charged=2, share=0.1)), 0),
        (70, 100, Terms(late=Late(seconds=1, charged=20, share=0.1)), 0),
        (70, 100, Terms(late=Late(seconds=1, too_late=True)), 0),
        (70, 100, Terms(changes=[Change(points=-5, reason="x"), Change(points=2, reason="y")]), 67),
        (99, 100, Terms(changes=[Change(points=5, reason="x")]), 100),
        (3, 100, Terms(changes=[Change(points=-5, reason="x")]), 0),
        (70, 100, Terms(late=Late(seconds=1, too_late=True), changes=[Change(points=4, reason="x")]), 4),
    ],
)
def test_a_mark_is_what_was_earned_less_lateness_and_then_what_people_change(
    earned: float, of: float, terms: Terms | None, mark: float
) -> None:
    assert math.isclose(adjusted(earned, of, terms), mark)


@pytest.mark.parametrize("drawn", range(40))
def test_more_earned_is_never_a_lower_mark(drawn: int) -> None:
    draw = random.Random(drawn)
    late = {"seconds": 1.0, "charged": draw.randrange(12), "share": 0.1, "of": draw.choice(["worth", "earned"])}
    terms = Terms(late=Late.model_validate(late), changes=[Change(points=draw.uniform(-20, 20), reason="x")])
    low, high = sorted(draw.uniform(0, 100) for _ in range(2))
    assert 0 <= adjusted(low, 100, terms) <= adjusted(high, 100, terms) + 1e-9 <= 100 + 1e-9
