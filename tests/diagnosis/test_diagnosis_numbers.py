"""From predicted numbers to a finding: the same for every example, or on another scale than the targets."""

import numpy as np
import pytest
from diagnosis.made import measured
from numpy.typing import NDArray

from harness.diagnosis.rules.numbers import other_scale, same_number
from harness.scoring.signs import number_signs

RNG = np.random.default_rng(0)
TRUTH = RNG.normal(50, 10, (200, 2))
NOISE = RNG.normal(0, 1, TRUTH.shape)


@pytest.mark.parametrize(
    ("predicted", "same", "scale"),
    [
        (TRUTH + NOISE, False, False),
        (TRUTH / 50, False, True),
        (TRUTH * 100 + 3, False, True),
        (NOISE * 1e4, False, False),  # large, but not a matter of scale
        (np.full_like(TRUTH, 50) + NOISE / 1000, True, False),
    ],
)
def test_predictions_are_told_what_is_wrong_with_them(predicted: NDArray[np.float64], same: bool, scale: bool) -> None:
    m = measured(signs=number_signs(predicted, TRUTH), classes=0)
    assert (same_number(m) is not None, other_scale(m) is not None) == (same, scale)


def test_without_signs_nothing_is_told() -> None:
    assert same_number(measured()) is None
    assert other_scale(measured()) is None
