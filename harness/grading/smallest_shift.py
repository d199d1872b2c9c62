"""How large a true difference must be for Welch's test to find it: what "no difference found" leaves open."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

POWER: Final = 0.8  # how often a difference of that size is found
FAR: Final = 1e3  # standard errors: what takes more is not found by so few seeds, and takes SciPy for ever


def smallest_shift(first: Sequence[float], second: Sequence[float], level: float) -> float | None:
    """Return the least true difference of means found with probability 0.8 at a two-sided `level`, in the values' unit.

    Both sides hold at least two finite values; their spreads are taken for the true ones. The difference is that whose
    noncentral t distribution, with Welch's degrees of freedom, lies beyond the critical value in 80 % (Cohen,
    Statistical Power Analysis for the Behavioral Sciences, 2nd ed., section 2.5, for unequal variances). None where
    neither side varies, and where not even 1,000 standard errors would do.
    """
    variances = [float(np.var(v, ddof=1)) / len(v) for v in (first, second)]
    squared = sum(variances)
    if not squared > 0:
        return None
    degrees = squared**2 / sum(v**2 / (len(s) - 1) for v, s in zip(variances, (first, second), strict=True))
    errors = standard_errors(degrees, level)
    return None if errors is None else errors * math.sqrt(squared)


def standard_errors(degrees: float, level: float) -> float | None:
    """Return the noncentrality under which t is beyond its two-sided critical value with probability 0.8.

    That it would be found on the wrong side adds less than a millionth, and is left out.
    """
    from scipy.special import nctdtrinc, stdtrit

    critical = float(stdtrit(degrees, 1 - level / 2))
    return float(nctdtrinc(degrees, 1 - POWER, critical)) if critical < FAR else None
