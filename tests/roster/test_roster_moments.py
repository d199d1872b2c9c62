"""Dates in the time zone of a class, around the hours that the clock skips and shows twice."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from harness.roster.moments import due_at, handed_in_at, in_zone, seconds_between

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-20 23:59", datetime(2026, 11, 20, 22, 59, tzinfo=UTC)),
        ("2026-06-20T23:59:30", datetime(2026, 6, 20, 21, 59, 30, tzinfo=UTC)),
        ("2026-11-20 23:59Z", datetime(2026, 11, 20, 23, 59, tzinfo=UTC)),
        ("2026-11-20 23:59 UTC", datetime(2026, 11, 20, 23, 59, tzinfo=UTC)),
        ("2026-11-20T23:59 -08:00", datetime(2026, 11, 21, 7, 59, tzinfo=UTC)),
        ("2026-10-25 02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_date_is_one_moment(text: str, utc: datetime) -> None:
    assert due_at(text, BERLIN).astimezone(UTC) == utc
    assert handed_in_at(text, BERLIN).astimezone(UTC) == utc


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2026-11-20", "expected a date and a time such as"),
        ("20.11.2026 23:59", "expected a date and a time such as"),
        ("2026-02-30 12:00", "which is in no calendar"),
        ("2026-03-29 02:30", "skip '2026-03-29 02:30', when daylight saving begins"),
        (
            "2026-10-25 02:30",
            "twice, when daylight saving ends; write 2026-10-25 02:30+02:00 or",
        ),
    ],
)
def test_what_is_no_moment_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as told:
        due_at(text, BERLIN)
    assert sentence in str(told.value)


def test_work_handed_in_at_a_doubled_time_came_at_the_earlier_one() -> None:
    assert handed_in_at("2026-10-25 02:30", BERLIN).astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with pytest.raises(ValueError, match="skip"):
        handed_in_at("2026-03-29 02:30", BERLIN)


def test_lateness_counts_hours_that_passed_and_not_those_of_the_clock() -> None:
    due, came = due_at("2026-03-29 01:30", BERLIN), handed_in_at("2026-03-29 03:30", BERLIN)
    assert seconds_between(due, came) == 3_600
    assert seconds_between(came, due) == -3_600
    assert in_zone(datetime(2026, 3, 29, 3, 30), BERLIN) == came
