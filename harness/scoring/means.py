"""A mean over test examples, with the error that their number leaves in it."""

import math
from typing import Any

from numpy.typing import NDArray

from harness.scoring.score import Score


def mean_score(values: NDArray[Any], signature: str) -> Score:
    """Return the mean of values (n,), n > 0, in their unit, with its standard error sd (n - 1) / sqrt(n).

    Of one value there is none.
    """
    n = len(values)
    return Score(float(values.mean()), signature, float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else None)
