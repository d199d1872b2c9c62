"""Whether numbers could have been drawn at random: what tells weights that were brought along from initial ones."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

LEAST: Final = 8  # rows, and numbers in each, below which the distribution of the statistic is not known well enough
MOST: Final = 100_000  # numbers that are ranked
RARE: Final = 1e-9  # how likely a draw is to be taken for none, for each way to cut an array into rows


def drawn(numbers: NDArray[Any]) -> bool:
    """Say whether an array of any shape could have been drawn number by number, or holds one number throughout.

    Numbers that are drawn alike are as large in one row as in another; what training made is not, as inputs differ in
    what they are worth. Sizes are compared along each axis by the test of Kruskal and Wallis (1952, Use of ranks in
    one-criterion variance analysis), whatever the distribution is. Orthogonal and identity matrices pass: their rows
    are more alike than chance makes them. So do arrays too small to tell.
    """
    sizes = np.abs(numbers.astype(np.float64))
    for axis, n in enumerate(sizes.shape):
        rows = np.moveaxis(sizes, axis, 0).reshape(n, math.prod(sizes.shape) // max(n, 1))
        rows = rows[:, :: max(1, math.ceil(rows.size / MOST))]
        if min(rows.shape) >= LEAST and np.ptp(rows) > 0 and alike(rows) < RARE:
            return False
    return True


def alike(rows: NDArray[np.float64]) -> float:
    """Return how likely rows (k, n) differ in rank as much as these where all numbers are drawn alike; not all equal.

    The p-value of `scipy.stats.kruskal`, which takes longer to import than to train a small model.
    """
    from scipy.special import chdtrc

    k, n = rows.shape
    _, place, ties = np.unique(rows, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(ties) - (ties - 1) / 2)[place].reshape(k, n)
    total = float(k * n)
    statistic = 12 / (total * (total + 1)) * (ranks.sum(axis=1) ** 2 / n).sum() - 3 * (total + 1)
    correction = 1 - (ties.astype(np.float64) ** 3 - ties).sum() / (total**3 - total)
    return float(chdtrc(k - 1, statistic / correction))
