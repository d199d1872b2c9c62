"""Training a model that forecasts the next value of a series from a window of those before it."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training.build import build, count_parameters, get_weights
from harness.training.supervised import curve, fit, predict_all


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit on every window of `settings["window"]` values of the series `x_train` (n,) and the value that follows it.

    Returns the weights, the learning `curve`, `facts` (parameters, seconds in fit) and `fitted`, float32 (n - window,
    1): what the trained model says of the same windows.
    """
    (model,) = build(student, settings["call"], seed)
    x, y = windows(inputs["x_train"], settings["window"])
    history, seconds = fit(model, x, y, settings, seed)
    (fitted,) = predict_all(model, [x])
    return {
        "weights": get_weights(model),
        "curve": curve(history, settings),
        "facts": np.array([count_parameters([model]), seconds]),
        "fitted": fitted,
    }


def windows(series: NDArray[Any], window: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return windows (n - window, window, 1) in order of time, and what follows each: (n - window, 1)."""
    views = np.lib.stride_tricks.sliding_window_view(series, window)[:-1]
    return np.ascontiguousarray(views)[..., np.newaxis], series[window:, np.newaxis]
