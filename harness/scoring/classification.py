"""Measures of classifiers: pure functions from class probabilities and labels to numbers."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_integers, check_numbers, check_rows, check_scores
from harness.scoring.score import Score


def accuracy(probabilities: NDArray[Any], labels: NDArray[Any]) -> Score:
    """Return the share of examples whose largest probability is at the true class, in [0, 1].

    `probabilities` (n, k), `labels` (n,) integers. Ties go to the lowest class, as in `numpy.argmax`. The sampling
    error is sqrt(p(1-p)/n), the binomial standard error. Rows need not sum to 1. Raises ValueError for empty or
    unequal input, other shapes, labels from k on, and NaN or infinity.
    """
    check_answers(probabilities, labels)
    n = len(labels)
    share = float(np.mean(np.argmax(probabilities, axis=1) == labels))
    return Score(share, f"accuracy|n:{n}|v:1", math.sqrt(share * (1 - share) / n))


def gap(train: Score, test: Score) -> Score:
    """Return the generalisation gap, train minus test accuracy, in [-1, 1]."""
    check_scores(training_accuracy=train, test_accuracy=test)
    return Score(train.value - test.value, f"gap|train:{train.signature}|test:{test.signature}|v:1")


def confusion(probabilities: NDArray[Any], labels: NDArray[Any]) -> NDArray[np.int64]:
    """Return counts (k, k): rows are true classes, columns predicted ones."""
    check_answers(probabilities, labels)
    k = probabilities.shape[1]
    predicted = np.argmax(probabilities, axis=1)
    return np.bincount(labels * k + predicted, minlength=k * k).reshape(k, k)


def check_answers(probabilities: NDArray[Any], labels: NDArray[Any]) -> None:
    """Ask for numbers (n, k), k at least 2, and as many labels (n,) below k. Raises ValueError for anything else."""
    check_numbers("predictions", probabilities, 2)
    k = probabilities.shape[1]
    if k < 2:
        raise ValueError(f"Expected predictions (n, k) for two classes or more, received {probabilities.shape}.")
    check_integers("labels", labels, below=k)
    check_rows(predictions=probabilities, labels=labels)
