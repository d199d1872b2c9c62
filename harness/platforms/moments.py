"""Times as platforms write them: with a zone, or without one."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
IN_ENGLISH = (
    re.compile(
        r"(?P<month>[a-z]{3})[a-z]* (?P<day>\d{1,2}),? (?P<year>\d{4}),? (?P<clock>[\d:]{3,5}) ?(?P<half>[ap]m)?", re.I
    ),
    re.compile(
        r"(?P<day>\d{1,2}) (?P<month>[a-z]{3})[a-z]*,? (?P<year>\d{4}),? (?P<clock>[\d:]{3,5}) ?(?P<half>[ap]m)?", re.I
    ),
)
ZULU = re.compile(r"\s*(?:UTC|GMT|Z)$")
FRACTION = re.compile(r"(\.\d{6})\d+")


@dataclass(frozen=True)
class Moment:
    """When something was handed in: `at` has a zone, `local` has none; neither where nothing could be read."""

    at: datetime | None = None
    local: datetime | None = None


def moment(found: datetime) -> Moment:
    return Moment(at=found) if found.tzinfo else Moment(local=found)


def iso(written: object) -> Moment:
    """Read `2026-06-01 14:32:05.123 +0200` and what is like it."""
    text = FRACTION.sub(r"\1", ZULU.sub("+00:00", written.strip())) if isinstance(written, str) else ""
    with suppress(ValueError):
        return moment(datetime.fromisoformat(re.sub(r" ([+-]\d\d:?\d\d)$", r"\1", text)))
    return Moment()


def dashed(written: str) -> Moment:
    """Read `2026-06-01-14-32-05`, which has no zone."""
    with suppress(ValueError):
        return Moment(local=datetime.strptime(written, "%Y-%m-%d-%H-%M-%S"))
    return Moment()


def in_english(written: str) -> Moment:
    """Read `Sep 24, 2024 926 PM`, `24 September 2024 21:26` and what is like them, which have no zone."""
    for found in filter(None, (pattern.search(written) for pattern in IN_ENGLISH)):
        clock = found["clock"].replace(":", "").zfill(4)
        hour, minute = int(clock[:-2]), int(clock[-2:])
        if half := (found["half"] or "").lower():
            hour = hour % 12 + 12 * (half == "pm")
        with suppress(ValueError):
            month = MONTHS.index(found["month"].lower()) + 1
            return Moment(local=datetime(int(found["year"]), month, int(found["day"]), hour, minute))
    return Moment()
