"""Whether a classifier is right as often as it is sure."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.classification import check_answers
from harness.scoring.guards import check_least
from harness.scoring.score import Score

BINS: Final = 15


def calibration_error(probabilities: NDArray[Any], labels: NDArray[Any], bins: int = BINS) -> Score:
    """Return the expected calibration error in [0, 1]: how far accuracy and certainty differ, 0 where they agree.

    `probabilities` (n, k) in [0, 1], `labels` (n,) integers. Examples are sorted into bins of equal width by their
    largest probability, (0, 1/bins], (1/bins, 2/bins] and so on; of each bin |share right - mean of that probability|
    counts by its share of examples. Source: Guo et al., On calibration of modern neural networks, ICML 2017, equation
    3, with their 15 bins. The same probabilities for every example can be calibrated as well, so that it says little
    without the accuracy beside it. Raises ValueError as `accuracy` does, and for fewer than one bin.
    """
    check_answers(probabilities, labels)
    check_least("bins", bins, 1)
    sure = probabilities.max(axis=1).astype(np.float64)
    right = np.argmax(probabilities, axis=1) == labels
    place = np.clip(np.ceil(sure * bins).astype(np.int64) - 1, 0, bins - 1)
    off = np.bincount(place, weights=right - sure, minlength=bins)
    return Score(float(np.abs(off).sum() / len(labels)), f"ece|bins:{bins}|width:equal|n:{len(labels)}|v:1")
