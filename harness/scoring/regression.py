"""How far numbers are from those asked for: errors in the unit of the targets, and skill over their mean.

All arrays are (n, d), one row an example; sums are float64.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_numbers, check_scores
from harness.scoring.means import mean_score
from harness.scoring.score import Score


def mean_squared_error(predicted: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the mean squared error over all numbers, in the square of their unit; lower is better.

    The sampling error is that of a mean over n examples. Raises ValueError for empty or unequal shapes.
    """
    return _mean("mse", _errors(predicted, truth) ** 2)


def mean_absolute_error(predicted: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the mean absolute error over all numbers, in their unit; lower is better.

    Sampling error and ValueError as in `mean_squared_error`.
    """
    return _mean("mae", np.abs(_errors(predicted, truth)))


def root_mean_squared_error(predicted: NDArray[Any], truth: NDArray[Any]) -> Score:
    """Return the root of the mean squared error, in the unit of the numbers; lower is better.

    The sampling error follows from that of the mean squared error by the delta method: se / (2 root).
    """
    return rooted(mean_squared_error(predicted, truth))


def rooted(squared: Score) -> Score:
    """Return the root of a mean squared error, with its sampling error as `root_mean_squared_error` has it."""
    check_scores(mean_squared_error=squared)
    if squared.value < 0:
        raise ValueError(f"Expected a mean squared error of at least 0, received {squared.value:g}.")
    root = math.sqrt(squared.value)
    sampling = squared.sampling_error / (2 * root) if squared.sampling_error is not None and root else None
    return Score(root, f"r{squared.signature}", sampling)


def skill_over_mean(predicted: NDArray[Any], truth: NDArray[Any], training: NDArray[Any]) -> Score:
    """Return 1 - MSE / MSE of the mean of the training targets (m, d): 1 is perfect, 0 no better, below 0 worse.

    Raises ValueError for empty or unequal shapes, and where that mean is without error.
    """
    check_numbers("training targets", training, 2)
    check_numbers("targets", truth, 2)
    if training.shape[1] != truth.shape[1]:
        raise ValueError(f"Expected targets (n, d) of one d, received {training.shape} and {truth.shape}.")
    mean = np.broadcast_to(training.mean(axis=0, dtype=np.float64), truth.shape)
    theirs = mean_squared_error(mean, truth).value
    if theirs == 0:
        raise ValueError("Expected targets that differ from the mean of the training targets, received none.")
    error = mean_squared_error(predicted, truth).value
    return Score(1 - error / theirs, f"skill|over:mean of training|n:{len(truth)}|numbers:{truth.shape[1]}|v:1")


def _errors(predicted: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.float64]:
    check_numbers("predictions", predicted, 2)
    check_numbers("targets", truth, 2)
    if predicted.shape != truth.shape:
        raise ValueError(f"Expected equal shapes (n, d), received {predicted.shape} and {truth.shape}.")
    return predicted.astype(np.float64) - truth.astype(np.float64)


def _mean(name: str, errors: NDArray[np.float64]) -> Score:
    return mean_score(errors.mean(axis=1), f"{name}|n:{len(errors)}|numbers:{errors.shape[1]}|v:1")
