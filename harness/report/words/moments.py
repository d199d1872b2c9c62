"""Moments and durations as a reader should see them."""

import math
from datetime import datetime

from harness.report.words.text import MISSING


def date(created: str) -> str:
    """Return an ISO moment as `3 November 2025, 14:05 UTC`; text that is none as it is."""
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{moment.day} {moment:%B %Y, %H:%M %Z}".rstrip()


def duration(seconds: float, digits: int = 1) -> str:
    """Return `4.2 s`, `3 min 20 s` or `2 h 5 min`; seconds alone with that many decimals."""
    if not math.isfinite(seconds):
        return MISSING
    if round(seconds, digits) < 60:
        return f"{seconds:.{digits}f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
