"""Monthly sales of made-up firms, drawn with the key: trend, season, breaks, and buyers who answer late.

Where a market is fuller than buyers like, they come less, but only a month later: sales overshoot and fall back. No
straight line over past months follows that, while a network can learn it, as all firms have it in common.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.key import Key
from harness.data.loader import Whole
from harness.data.parts import dataset, in_time

FIRMS: Final = 48
MONTHS: Final = 144
TEST_MONTHS: Final = 48  # the last four years
BREAKS: Final = 2  # of trend and level, in months that are drawn
GROWTH: Final = (-0.04, 0.04)  # of a year, in logarithms, as all that follows
JUMP: Final = 0.08  # standard deviation of a break of the level
SWING: Final = (0.05, 0.15)  # of the season
NEW_SEASON: Final = 0.5  # probability that the season becomes another one
LATE: Final = (1.35, 1.65)  # how strongly buyers answer; beyond 1 the market never comes to rest
WEIGHT: Final = 0.2  # of the market
SHOCK: Final = 0.03  # standard deviation of what moves the market
NOISE: Final = 0.01  # standard deviation of what is counted wrongly
SETTLED: Final = 50  # months before the first one


def sales(key: Key) -> Dataset:
    """Return the series of 48 firms, split in time: the first eight years to learn from, the last four to forecast.

    `y` holds sales, float64 (48, months), all above 0 and in order; `x` the months since the first one, int64, of the
    same shape. There is no validation part and there are no classes.
    """
    series = np.stack([firm(np.random.RandomState(key.number("firm", i))) for i in range(FIRMS)])
    months = np.tile(np.arange(MONTHS, dtype=np.int64), (FIRMS, 1))
    origin = f"monthly sales of {FIRMS} made-up firms, drawn by key"
    return dataset("sales", in_time(months, series, TEST_MONTHS), (), origin, {}, key)


def firm(random: np.random.RandomState) -> NDArray[np.float64]:
    """Return one series (144,), which lies about 100."""
    noise = random.normal(0, NOISE, MONTHS)
    logs: NDArray[np.float64] = level(random) + seasons(random) + WEIGHT * market(random) + noise
    return 100 * np.exp(logs)


def level(random: np.random.RandomState) -> NDArray[np.float64]:
    """Return the level (144,): a trend that becomes another one at each break, where the level jumps, too."""
    change = np.full(MONTHS, random.uniform(*GROWTH) / 12)
    for month in np.sort(random.randint(12, MONTHS - 6, BREAKS)):
        change[month:] = random.uniform(*GROWTH) / 12
        change[month] += random.normal(0, JUMP)
    return np.cumsum(change)


def seasons(random: np.random.RandomState) -> NDArray[np.float64]:
    """Return the season (144,), which may become another one in a month of the third year or later."""
    first, other = season(random), season(random)
    broken = random.randint(24, MONTHS - 12) if random.random_sample() < NEW_SEASON else MONTHS
    return np.where(np.arange(MONTHS) < broken, first, other)


def season(random: np.random.RandomState) -> NDArray[np.float64]:
    """Return a wave of twelve months and one of six, (144,)."""
    swing, phases = random.uniform(*SWING), random.uniform(0, 2 * np.pi, 2)
    angle = 2 * np.pi * np.arange(MONTHS) / 12
    wave: NDArray[np.float64] = np.sin(angle + phases[0]) + 0.5 * np.sin(2 * angle + phases[1])
    return swing * wave


def market(random: np.random.RandomState) -> NDArray[np.float64]:
    """Return how full the market is beyond what buyers like, (144,), in logarithms.

    z[t] = z[t-1] + r (1 - exp(z[t-2])) + shock. Sources: Hutchinson, Circular causal systems in ecology (1948), for the
    late answer; Ricker, Stock and recruitment (1954), for its form.
    """
    strength, shocks = random.uniform(*LATE), random.normal(0, SHOCK, SETTLED + MONTHS)
    filled = [*random.normal(0, 0.3, 2)]
    for shock in shocks:
        filled.append(filled[-1] + strength * (1 - np.exp(filled[-2])) + shock)
    return np.array(filled[-MONTHS:])


DATASET = Whole("sales", sales, invented=True)
