"""Measures of classifiers: pure functions from class probabilities and labels to numbers."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_integers, check_least, check_numbers, check_rows, check_scores
from harness.scoring.score import Score

TINY = 1e-7  # Keras keeps probabilities this far from 0 in its cross-entropy


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


def top_accuracy(probabilities: NDArray[Any], labels: NDArray[Any], k: int) -> Score:
    """Return the share of examples whose true class is among the k largest probabilities, in [0, 1].

    As `accuracy`, which it equals for k = 1: ties go to the lowest class. It is 1 where there are no more than k
    classes. Raises ValueError as `accuracy` does, and for k below 1.
    """
    check_answers(probabilities, labels)
    check_least("k", k, 1)
    n = len(labels)
    first = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    share = float(np.mean((first == labels[:, np.newaxis]).any(axis=1)))
    return Score(share, f"top{k}_accuracy|n:{n}|v:1", math.sqrt(share * (1 - share) / n))


def gap(train: Score, test: Score) -> Score:
    """Return the generalisation gap, train minus test accuracy, in [-1, 1]."""
    check_scores(training_accuracy=train, test_accuracy=test)
    return Score(train.value - test.value, f"gap|train:{train.signature}|test:{test.signature}|v:1")


def behind(reached: Score, best: float) -> Score:
    """Return by how much an accuracy lies below the `best`, in [-1, 1]; negative where it is above."""
    check_scores(accuracy=reached)
    return Score(best - reached.value, f"behind|best:{best}|of:{reached.signature}|v:1", reached.sampling_error)


def cross_entropy(probabilities: NDArray[Any], labels: NDArray[Any]) -> Score:
    """Return the mean of -ln p of the true class, in nats, in [0, 16.2].

    `probabilities` (n, k) of 0 or more, `labels` (n,) integers. Rows are divided by their sum and each p is kept within
    [1e-7, 1], as Keras does (`keras.losses.SparseCategoricalCrossentropy`). The sampling error is the standard error of
    the mean. Raises ValueError as `accuracy` does.
    """
    check_answers(probabilities, labels)
    p, n = probabilities.astype(np.float64), len(labels)
    share = p[np.arange(n), labels] / np.maximum(p.sum(axis=1), TINY)
    losses = -np.log(np.clip(share, TINY, 1.0))
    return Score(float(losses.mean()), f"cross-entropy|n:{n}|v:1", float(losses.std() / math.sqrt(n)))


def within_budget(share: Score, parameters: int, budget: int) -> Score:
    """Return a share of right answers in [0, 1], as many times smaller as the model has more parameters than it may.

    Up to `budget` parameters it stays as it is; twice as many halve it. Raises ValueError for a share of NaN or
    infinity, and for numbers below 1.
    """
    check_scores(share=share)
    check_least("parameters", parameters, 1)
    check_least("budget", budget, 1)
    left = min(1.0, budget / parameters)
    error = None if share.sampling_error is None else share.sampling_error * left
    return Score(
        share.value * left, f"within_budget|parameters:{parameters}|budget:{budget}|of:{share.signature}|v:1", error
    )


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
