"""Training a model that forecasts the next value of a series from a window of those before it."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training.build import build
from harness.training.built import as_built
from harness.training.predicting import predict_all
from harness.training.supervised import fit, trained


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit on every window of `settings["window"]` values of the series `x_train` (s, n) and the value that follows it.

    Returns what `trained` does, and `fitted`, float32 (s (n - window), 1): what the trained model says of the same
    windows.
    """
    (model,) = models = build(student, settings["call"], seed, inputs)
    begun = as_built(models, settings)
    x, y = windows(inputs["x_train"], settings["window"])
    fitted = fit(model, x, y, settings, seed)
    ((said,),) = predict_all(model, [[x]])
    return {**trained({"weights": model}, models, fitted, settings), **begun, "fitted": said}


def windows(series: NDArray[Any], window: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return windows (s (n - window), window, 1) of series (s, n), and what follows each: (s (n - window), 1).

    They go by series and in order of time.
    """
    views = np.lib.stride_tricks.sliding_window_view(series, window + 1, axis=1).reshape(-1, window + 1)
    return np.ascontiguousarray(views[:, :-1])[..., np.newaxis], np.ascontiguousarray(views[:, -1:])
