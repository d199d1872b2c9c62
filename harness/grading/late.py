"""The late policy of a class: what handing in late costs. Pure functions of seconds.

Lateness counts from the due date. Up to `grace` it costs nothing; beyond that every day or hour begun counts whole, the
first one included. Late days of the budget are used up in the order in which tasks were due.
"""

import math
import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from harness.grading.rubric_model import Strict, problem
from harness.grading.scale import Share
from harness.grading.terms import SECONDS, Basis, Late, Unit

_UNITS = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3_600, "hour": 3_600, "d": 86_400, "day": 86_400}
_WRITTEN = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*([a-z]+?)s?")
MOST_DAYS = 366


def seconds_of(value: object) -> float:
    """Return the seconds that `15 min`, `2 h`, `5 days` or 0 mean; raises ValueError with the sentence about it."""
    expected = "expected a time such as 15 min, 2 h or 5 days"
    if value == 0 and not isinstance(value, bool):
        return 0.0
    found = _WRITTEN.fullmatch(value.strip().casefold()) if isinstance(value, str) else None
    if not found or found[2] not in _UNITS:
        raise ValueError(f"{expected}, received {_told(value)}")
    seconds = float(found[1]) * _UNITS[found[2]]
    if seconds > MOST_DAYS * SECONDS["day"]:
        raise ValueError(f"{expected}, a year at most, received {_told(value)}")
    return seconds


def _told(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"the number {value:g} without a unit"
    return repr(value[:40]) if isinstance(value, str) else "none"


def _seconds(value: object) -> float:
    try:
        return seconds_of(value)
    except ValueError as error:
        raise problem(f"{error}.") from None


def _days(value: object) -> int:
    """Return a whole number of days; YAML numbers arrive as floats."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value not in range(MOST_DAYS + 1):
        raise problem(f"expected a whole number of days from 0 to {MOST_DAYS}, such as 3.")
    return int(value)


def share_taken(value: object) -> object:
    """Read a share of the points as a percentage: a bare number could be points, so it needs its sign or to be < 1."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 1:
        raise problem(f"expected a share of the points, such as 10%, received the number {value:g}; write {value:g}%.")
    return value


_TIME = {"anyOf": [{"type": "string"}, {"const": 0}], "examples": ["15 min", "5 days"]}
Time = Annotated[float, BeforeValidator(_seconds), WithJsonSchema(_TIME)]
Days = Annotated[int, BeforeValidator(_days), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MOST_DAYS})]
Taken = Annotated[Share, BeforeValidator(share_taken)]


class LatePolicy(Strict):
    """What handing in late costs; without one of `per_day` and `per_hour` nothing but `zero_after`."""

    per_day: Taken | None = Field(default=None, description="Share of the points taken off for every day begun.")
    per_hour: Taken | None = Field(default=None, description="Share of the points taken off for every hour begun.")
    of: Basis = Field(
        default="worth", description="Of which points the share is: those the task is worth, or those earned in it."
    )
    grace: Time = Field(default=0.0, description="Lateness that costs nothing, such as 15 min.")
    free_days: Days = Field(default=0, description="Late days that each student may use in all, over all tasks.")
    zero_after: Time | None = Field(
        default=None, description="Lateness from which nothing is earned, such as 5 days; free days do not put it off."
    )

    @model_validator(mode="after")
    def _one_unit(self) -> "LatePolicy":
        if self.per_day is not None and self.per_hour is not None:
            raise problem("expected 'per_day' or 'per_hour', received both; keep one.", "per_hour")
        if self.free_days and self.per_day is None and self.per_hour is None:
            raise problem("'free_days' save what 'per_day' or 'per_hour' would cost; add one of them.", "free_days")
        if self.zero_after is not None and self.zero_after < self.grace:
            raise problem("'zero_after' must not be shorter than 'grace'.", "zero_after")
        return self

    @property
    def unit(self) -> Unit:
        return "hour" if self.per_hour is not None else "day"

    @property
    def share(self) -> float:
        """Return the share of the points that each day or hour costs."""
        return (self.per_hour if self.per_day is None else self.per_day) or 0.0


def lateness(seconds: Sequence[float | None], policy: LatePolicy) -> list[Late | None]:
    """Return what is late of one student's tasks, which are in the order in which they were due.

    `seconds` after its due date that each was handed in, below 0 before it, None where no time is known. None in the
    answer is what costs and says nothing. The budget of free days is used where it saves anything.
    """
    left, found = policy.free_days, []
    for late in seconds:
        one = _one(late, policy, left) if late is not None and late > 0 else None
        left -= one.free if one else 0
        found.append(one)
    return found


def _one(seconds: float, policy: LatePolicy, left: int) -> Late:
    made = Late(seconds=seconds, unit=policy.unit, share=policy.share, of=policy.of)
    if policy.zero_after is not None and seconds > policy.zero_after:
        return made.model_copy(update={"too_late": True})
    if seconds <= policy.grace or not policy.share:
        return made
    free = min(left, math.ceil(seconds / SECONDS["day"]))
    rest = max(0.0, seconds - free * SECONDS["day"])
    return made.model_copy(update={"free": free, "charged": math.ceil(rest / SECONDS[policy.unit])})
