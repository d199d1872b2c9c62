"""What follows from the data alone is worked out once, and never for other data."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.scoring.once import LAST, once


def test_equal_arrays_are_worked_out_once_and_others_anew() -> None:
    worked_out = []

    @once
    def total(values: NDArray[Any], times: int) -> float:
        worked_out.append(times)
        return float(values.sum()) * times

    values = np.arange(6.0)
    assert [total(values, 1), total(values.copy(), 1), total(values, 2)] == [15, 15, 30]
    assert worked_out == [1, 2]
    assert total(values.reshape(2, 3), 1) == total(values.astype(np.float32), 1) == 15
    assert worked_out == [1, 2, 1, 1], "shape and type are part of the content"
    values[0] = 1
    assert total(values, 1) == 16, "an array that was changed is another one"


def test_only_the_last_results_are_kept_and_no_error_is() -> None:
    worked_out = []

    @once
    def root(value: float) -> float:
        worked_out.append(value)
        if value < 0:
            raise ValueError("below 0")
        return float(value**0.5)

    for _ in range(2):
        with pytest.raises(ValueError, match="below 0"):
            root(-1.0)
    for n in [*range(LAST + 1), 0]:
        root(float(n))
    assert worked_out == [-1.0, -1.0, *map(float, range(LAST + 1)), 0.0]
