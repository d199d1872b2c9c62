"""Windows of a series: every one of them, in order, each with the value that follows."""

import numpy as np
import pytest

from harness.training.forecasting import windows


@pytest.mark.parametrize("window", [1, 3, 12, 22])
def test_windows_agree_with_a_loop(window: int) -> None:
    series = np.random.default_rng(0).random(96).astype(np.float32)
    x, y = windows(series, window)
    assert (x.shape, y.shape, x.dtype) == ((96 - window, window, 1), (96 - window, 1), np.float32)
    for i in range(96 - window):
        assert x[i, :, 0].tolist() == series[i : i + window].tolist()
        assert y[i, 0] == series[i + window]


def test_a_window_never_holds_its_own_answer() -> None:
    x, y = windows(np.arange(30.0), 5)
    assert np.all(x.max(axis=(1, 2)) < y[:, 0])
