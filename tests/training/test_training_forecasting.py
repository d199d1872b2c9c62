"""Windows of series: every one of them, in order, each with the value that follows."""

import numpy as np
import pytest

from harness.training.forecasting import windows


@pytest.mark.parametrize("window", [1, 3, 12, 22])
def test_windows_agree_with_a_loop(window: int) -> None:
    series = np.random.default_rng(0).random((4, 96)).astype(np.float32)
    x, y = windows(series, window)
    each = 96 - window
    assert (x.shape, y.shape, x.dtype) == ((4 * each, window, 1), (4 * each, 1), np.float32)
    for s, i in np.ndindex(4, each):
        assert x[s * each + i, :, 0].tolist() == series[s, i : i + window].tolist()
        assert y[s * each + i, 0] == series[s, i + window]


def test_a_window_never_holds_its_own_answer() -> None:
    x, y = windows(np.arange(60.0).reshape(2, 30), 5)
    assert np.all(x.max(axis=(1, 2)) < y[:, 0])
