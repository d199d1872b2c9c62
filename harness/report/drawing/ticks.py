"""Ranges and ticks of an axis, as matplotlib would choose them."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MARGIN: Final = 0.05  # of the range, on either side
FLAT: Final = 0.02  # of the middle: a curve that moves less is given a band to be flat in
_LETTER: Final = 0.075  # inches of a digit
_MOST_DECIMALS: Final = 6


def span(values: NDArray[np.float64], *, flat: bool = False) -> tuple[float, float]:
    """Return the range an axis shows for values (n,), NaN left out: a little more than theirs; (0, 1) for none.

    With `flat`, noise of less than two percent is not magnified.
    """
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-30):
        more = MARGIN * max(abs(low), abs(high)) or MARGIN
        low, high = low - more, high + more
    more = MARGIN * (high - low)
    low, high = low - more, high + more
    middle = (low + high) / 2
    if flat and high - low < FLAT * abs(middle):
        low, high = middle - 0.1 * abs(middle), middle + 0.1 * abs(middle)
    return float(low), float(high)


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Return at most `most` + 1 round numbers in [low, high], integers only where `whole`."""
    found = _locator(most, whole).tick_values(low, high)
    slack = 1e-9 * (high - low)
    return [float(value) for value in found if low - slack <= value <= high + slack]


def fitting(low: float, high: float, most: int, inches: float, *, whole: bool = False) -> list[float]:
    """Return at most `most` + 1 round numbers whose names fit side by side into so many inches."""
    found = ticks(low, high, most, whole=whole)
    while most > 1 and sum(len(name) * _LETTER + _LETTER for name in tick_names(found)) > inches:
        most -= 1
        found = ticks(low, high, most, whole=whole)
    return found


@cache
def _locator(most: int, whole: bool) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=most, integer=whole, steps=[1, 2, 2.5, 5, 10], min_n_ticks=1 if whole else 2)


def tick_names(values: Sequence[float]) -> list[str]:
    """Return the numbers with as many decimals as tell them apart: `0.5`, `0.75` becomes `0.50`, `0.75`."""
    top = max((abs(value) for value in values), default=0.0)
    step = min((abs(b - a) for a, b in pairwise(values)), default=top) or 1.0
    names = [f"{value:.6g}" for value in values]
    if top < 1e6 and step > 10**-_MOST_DECIMALS:
        decimals = next(
            (d for d in range(_MOST_DECIMALS) if all(abs(v - round(v, d)) < step / 1000 for v in values)),
            _MOST_DECIMALS,
        )
        names = [f"{value + 0.0:{',' if top >= 10_000 else ''}.{decimals}f}" for value in values]
    return [name.replace("-", "\N{MINUS SIGN}") for name in names]
