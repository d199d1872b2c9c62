"""Classes that belong together: how often an answer is at least of the right superclass, and where it is not."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.classification import check_answers
from harness.scoring.guards import check_integers, check_rows
from harness.scoring.score import Score


def superclass_accuracy(probabilities: NDArray[Any], labels: NDArray[Any], belongs: NDArray[Any]) -> Score:
    """Return the share of examples whose likeliest class lies in the superclass of the true one, in [0, 1].

    `probabilities` (n, k), `labels` (n,) integers, `belongs` (k,) integers: the superclass of each class. It is never
    below the accuracy. Ties go to the lowest class. Raises ValueError as `accuracy` does, and for as many superclasses
    as do not go with k classes.
    """
    check_belongs(probabilities, labels, belongs)
    n = len(labels)
    share = float(np.mean(belongs[np.argmax(probabilities, axis=1)] == belongs[labels]))
    superclasses = len(np.unique(belongs))
    error = math.sqrt(share * (1 - share) / n)
    return Score(share, f"superclass_accuracy|by:likeliest class|superclasses:{superclasses}|n:{n}|v:1", error)


def accuracies(probabilities: NDArray[Any], labels: NDArray[Any], belongs: NDArray[Any]) -> NDArray[np.float64]:
    """Return the accuracy, by class and not by superclass, among the examples of each superclass: (superclasses,).

    Of one without examples it is 0. Arguments and errors are those of `superclass_accuracy`.
    """
    check_belongs(probabilities, labels, belongs)
    right = (np.argmax(probabilities, axis=1) == labels).astype(np.float64)
    mine, size = belongs[labels], int(belongs.max()) + 1
    counts = np.bincount(mine, minlength=size)
    return np.asarray(np.bincount(mine, weights=right, minlength=size) / np.maximum(counts, 1), np.float64)


def hardest_superclass(probabilities: NDArray[Any], labels: NDArray[Any], belongs: NDArray[Any]) -> Score:
    """Return the lowest accuracy among the examples of a superclass, in [0, 1], of those that have examples.

    Arguments and errors are those of `superclass_accuracy`. The sampling error is the binomial one of that superclass;
    the lowest of several is lower than each would be by itself.
    """
    found = accuracies(probabilities, labels, belongs)
    counts = np.bincount(belongs[labels], minlength=len(found))
    there = np.flatnonzero(counts)
    lowest = int(there[np.argmin(found[there])])
    share, n = float(found[lowest]), int(counts[lowest])
    signature = f"hardest_superclass|superclasses:{len(there)}|n:{len(labels)}|v:1"
    return Score(share, signature, math.sqrt(share * (1 - share) / n))


def check_belongs(probabilities: NDArray[Any], labels: NDArray[Any], belongs: NDArray[Any]) -> None:
    """Ask for what `check_answers` does, and a superclass from 0 for each of the k classes. Raises ValueError."""
    check_answers(probabilities, labels)
    check_integers("superclasses", belongs)
    check_rows(classes=probabilities.T, superclasses=belongs)
