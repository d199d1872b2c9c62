"""What textbook designs earn: about what a teacher would give, and each more than the one before. Pure functions."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from harness.grading.results import CriterionResult

BANDS: Mapping[str, tuple[float, float]] = {"weak": (40, 60), "usual": (60, 85), "strong": (85, 100)}
SEEN = 0.05  # percent: a smaller difference is hidden by the one decimal that is shown


def percent_of(criteria: Sequence[CriterionResult]) -> float | None:
    """Return the percent of the points that were earned, 0..100; None where one is open or there is none."""
    earned = [c.earned for c in criteria if c.earned is not None]
    points = math.fsum(c.points for c in criteria)
    return 100 * math.fsum(earned) / points if points and len(earned) == len(criteria) else None


def outside(design: str, percent: float | None) -> str:
    """Say how a design misses its band; empty if it does not."""
    low, high = BANDS[design]
    if percent is None:
        return "was not decided by every criterion"
    if low - SEEN <= percent <= high + SEEN:
        return ""
    return f"earns {percent:.1f} % of the points measured, expected {low:.0f} to {high:.0f} %"


def disorder(percents: Mapping[str, float | None]) -> list[str]:
    """Return in words which design does not earn more than the one that stands before it in `BANDS`."""
    there = [(name, p) for name in BANDS if (p := percents.get(name)) is not None]
    return [
        f"{better} ({p:.1f} %) does not earn more than {worse} ({q:.1f} %)"
        for (worse, q), (better, p) in pairwise(there)
        if p <= q
    ]
