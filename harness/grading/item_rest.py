"""How well one criterion tells strong work from weak: its correlation with the mark in everything else."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Z = 1.959963984540054  # 97.5 % quantile of the normal distribution
FEWEST = 3  # pairs without which a correlation is ±1 or nothing
CONSTANT = 1e-12  # spread of shares in [0, 1] below which all are one value


@dataclass(frozen=True)
class ItemRest:
    """A correlation in [-1, 1] over `n` submissions with its 95 % confidence interval; None where there is none."""

    r: float | None
    n: int
    interval: tuple[float, float] | None

    @property
    def separates(self) -> bool:
        """Say whether the correlation is more than chance: the whole interval lies above zero."""
        return self.interval is not None and self.interval[0] > 0


def item_rest(item: Sequence[float], rest: Sequence[float]) -> ItemRest:
    """Return the corrected item-total correlation of one criterion.

    `item` has the share in [0, 1] that each submission earned of the criterion, `rest` the share that the same one
    earned of all other criteria. Pearson's r between the two; that the criterion is left out of the total is the
    correction of S. Henrysson, Correction of item-total correlations in item analysis, Psychometrika 28 (1963)
    211–218, without which a criterion correlates with itself. The interval is tanh(artanh r ± 1.96 / √(n − 3)) of
    R. A. Fisher, On the "probable error" of a coefficient of correlation, Metron 1 (1921), which is approximate for
    shares that lie at 0 and 1. None for fewer than three pairs and where either side is constant; the interval also
    for three pairs and for r = ±1. Raises ValueError if the two differ in length.
    """
    x, y = np.asarray(item, dtype=float), np.asarray(rest, dtype=float)
    if x.shape != y.shape:
        raise ValueError(f"Expected as many shares of the rest as of the item, received {y.size} and {x.size}.")
    n = int(x.size)
    if n < FEWEST or np.ptp(x) < CONSTANT or np.ptp(y) < CONSTANT:
        return ItemRest(None, n, None)
    x, y = x - x.mean(), y - y.mean()
    r = max(-1.0, min(1.0, float(x @ y / math.sqrt((x @ x) * (y @ y)))))
    return ItemRest(r, n, _fisher(r, n))


def _fisher(r: float, n: int) -> tuple[float, float] | None:
    if n <= FEWEST or abs(r) > 1 - CONSTANT:
        return None
    middle, half = math.atanh(r), Z / math.sqrt(n - 3)
    return math.tanh(middle - half), math.tanh(middle + half)
