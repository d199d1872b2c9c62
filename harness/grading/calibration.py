"""How often a submission reaches a target, from what the reference reached under its seeds. Pure statistics.

Ten values say little about tails, and the target was itself computed from them. So both are redrawn: ten new values
of the reference, which move the target, and three seeds of a student. For normal values and the target
mean - 2 sd of ten seeds, an equally good student then passes 95.6 % with one seed, the exact value of Student's t
with nine degrees of freedom, where a fixed normal distribution would promise 97.7 %.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.errors import ResultsError
from harness.grading.seeds import SEEDS
from harness.records.models import Frozen

Floats = NDArray[np.float64]

DRAWS = 100_000  # a rate of 5 % is then known to 0.07 %
SEED = 0
BAND_SDS = 1.0  # half the noise band: a value this far beyond the target needs no second seed


class Rates(Frozen):
    """Shares in [0, 1]: decided on `one` seed, and by the `three`-seed rule (see `pass_rates`)."""

    one: float
    three: float

    def complement(self) -> "Rates":
        return Rates(one=1 - self.one, three=1 - self.three)


class Chances(Frozen):
    """What a target does to three students: as good as the reference, and 1 and 2 sd of the reference weaker."""

    equal_fails: Rates
    weaker_1_sd_passes: Rates
    weaker_2_sd_passes: Rates


@dataclass(frozen=True)
class Redrawn:
    """Reference and students drawn anew, in sd of the values around their mean; a higher value is better.

    `mean` and `sd` (n - 1) are of the redrawn reference, shape (draws,); `students` has shape (draws, SEEDS).
    """

    mean: Floats
    sd: Floats
    students: Floats


def chances(
    values: Sequence[float], target: float, better: Literal["higher", "lower"], shared: float = 0.0
) -> Chances | None:
    """Return how often students reach `target`, by DRAWS draws from the reference's `values`, one per seed.

    Every draw redraws the reference, puts the target as many of its sd from its mean as `target` is from the mean of
    `values`, and draws a student's three seeds (see `redraw`), which have `shared` of their variance in common. None if
    all values are equal: nothing varies then. Raises ResultsError for fewer than two values.
    """
    if len(values) < 2:
        raise ResultsError(f"Expected the values of at least two seeds to draw from, received {len(values)}.")
    sign = 1.0 if better == "higher" else -1.0
    reached = sign * np.asarray(values, dtype=np.float64)
    if is_constant(values):
        return None
    sd, drawn = reached.std(ddof=1), redrawn_of(tuple(reached.tolist()), shared)
    margin = (reached.mean() - sign * target) / sd
    targets, bands = drawn.mean - margin * drawn.sd, BAND_SDS * drawn.sd
    equal, weaker, weakest = (pass_rates(drawn.students - shift, targets, bands) for shift in (0.0, 1.0, 2.0))
    return Chances(equal_fails=equal.complement(), weaker_1_sd_passes=weaker, weaker_2_sd_passes=weakest)


@lru_cache(maxsize=4)
def redrawn_of(reached: tuple[float, ...], shared: float) -> Redrawn:
    """Return DRAWS draws from values, whatever the target is that they are held against."""
    values = np.asarray(reached, dtype=np.float64)
    standardised = (values - values.mean()) / values.std(ddof=1)
    return redraw(standardised, np.random.default_rng(SEED), DRAWS, shared)


def is_constant(values: Sequence[float]) -> bool:
    """Whether the values differ by rounding at most, so that their sd says nothing."""
    reached = np.asarray(values, dtype=np.float64)
    return bool(np.ptp(reached) <= 1e-12 * np.abs(reached).max())


def pass_rates(students: Floats, targets: Floats | float, bands: Floats | float) -> Rates:
    """Return the share of students that reach the target; a higher value is better.

    `students` has shape (draws, 3), a column per seed; `targets` and `bands` have shape (draws,) or are numbers.
    One seed: the first decides. Three-seed rule: the first decides if it beats the target by more than the band;
    otherwise, be it close or a failure, the median of all three does.
    """
    first, median = students[:, 0], np.median(students, axis=1)
    return Rates(
        one=float(np.mean(first >= targets)),
        three=float(np.mean((first > targets + bands) | (median >= targets))),
    )


def redraw(standardised: Floats, rng: np.random.Generator, draws: int, shared: float = 0.0) -> Redrawn:
    """Draw the reference (as many values as given) and three seeds of an equally good student, `draws` times.

    `shared` is the part of the variance, 0..1, that the three seeds have in common.

    `standardised` has shape (n,), mean 0 and sd 1. Smoothed bootstrap (Silverman 1986, Density Estimation for
    Statistics and Data Analysis, section 6.4.1): a value drawn with replacement plus a Gaussian of bandwidth
    0.9 min(sd, IQR / 1.34) n^(-1/5) (eq. 3.31), shrunk towards the mean so that the sd stays that of the values.
    """
    n = len(standardised)
    width = bandwidth(standardised)
    shape = (draws, n + SEEDS + (shared > 0))
    drawn = rng.choice(standardised, shape) + width * rng.standard_normal(shape)
    drawn /= np.sqrt((n - 1) / n + width**2)
    reference = drawn[:, :n]
    students = math.sqrt(1 - shared) * drawn[:, n : n + SEEDS]
    if shared:
        students = students + math.sqrt(shared) * drawn[:, n + SEEDS :]
    return Redrawn(reference.mean(axis=1), reference.std(axis=1, ddof=1), students)


def bandwidth(values: Floats) -> float:
    """Return Silverman's bandwidth 0.9 min(sd, IQR / 1.34) n^(-1/5), in the unit of `values`, shape (n,), n >= 2."""
    sd = float(values.std(ddof=1))
    quartiles = np.percentile(values, [25, 75])
    spread = float(quartiles[1] - quartiles[0]) / 1.34
    # Many equal values can have an IQR of 0.
    return 0.9 * (min(sd, spread) or sd) / math.pow(len(values), 0.2)
