"""Dates and times as people and platforms write them, read in the time zone of a class: nothing is guessed."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from harness.errors import did_you_mean
from harness.platforms.moments import in_english

EXPECTED = "a date and a time such as 2026-11-20 23:59"
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?( ?(Z|UTC|[+-]\d\d:?\d\d))?")


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone of a name such as Europe/Berlin; raises ValueError with a close name for another."""
    known = available_timezones()
    if name not in known:
        hint = did_you_mean(name, known)
        hint = hint if "Did you mean" in hint else " Write one such as Europe/Berlin, America/New_York or UTC."
        raise ValueError(f"there is no time zone {name[:60]!r}.{hint}")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"the time zone {name!r} is not installed on this machine; write UTC or install tzdata."
        ) from None


def due_at(text: str, zone: tzinfo) -> datetime:
    """Return the moment that somebody set, aware. Raises ValueError where it is not one moment.

    That is a date without a time, a time that the clock skips when daylight saving begins, and one that it shows twice
    when it ends and that has no offset.
    """
    local = _read(text)
    if local.tzinfo is not None:
        return local
    if _is_skipped(local, zone):
        raise ValueError(
            f"the clocks in {zone} skip {text!r}, when daylight saving begins; write a time before or after that."
        )
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        one, other = (f"{moment:%Y-%m-%d %H:%M}{_offset(moment)}" for moment in (first, second))
        raise ValueError(
            f"the clocks in {zone} show {text!r} twice, when daylight saving ends; write {one} or {other}."
        )
    return first


def handed_in_at(text: str, zone: tzinfo) -> datetime:
    """Return when something was handed in, aware: of a time that the clock shows twice the earlier one.

    A platform may write it in English words: `Wednesday, 10 June 2026, 2:14 PM`. Raises ValueError for a time that the
    clock skips, and for what is none.
    """
    local = in_english(text).local or _read(text)
    if local.tzinfo is not None:
        return local
    if _is_skipped(local, zone):
        raise ValueError(
            f"the clocks in {zone} skip {text!r}, when daylight saving begins; is it of another time zone?"
        )
    return local.replace(tzinfo=zone)


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """Return a moment as the clocks of the class show it; one without a zone is taken to be of the class."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(zone)


def seconds_between(due: datetime, handed_in: datetime) -> float:
    """Return the seconds from one aware moment to another, below 0 if it comes first; clock changes do not count."""
    return (handed_in.astimezone(UTC) - due.astimezone(UTC)).total_seconds()


def _read(text: str) -> datetime:
    if not _WRITTEN.fullmatch(text.strip()):
        raise ValueError(f"expected {EXPECTED}, received {text[:60]!r}.")
    try:
        return datetime.fromisoformat(
            re.sub(r" ?(Z|UTC)$", "+00:00", text.strip()).replace(" +", "+").replace(" -", "-")
        )
    except ValueError:
        raise ValueError(f"expected {EXPECTED}, received {text[:60]!r}, which is in no calendar.") from None


def _is_skipped(local: datetime, zone: tzinfo) -> bool:
    there = local.replace(tzinfo=zone)
    return there.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local


def _offset(moment: datetime) -> str:
    text = f"{moment:%z}"
    return f"{text[:3]}:{text[3:5]}"
