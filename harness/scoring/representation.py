"""What a short code has kept of the classes: a linear probe, and clustering."""

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_classes, check_integers, check_numbers, check_rows, check_same_example
from harness.scoring.score import Score
from harness.scoring.threads import one_thread


def probed(
    train: NDArray[Any], train_labels: NDArray[Any], test: NDArray[Any], test_labels: NDArray[Any]
) -> tuple[Score, NDArray[Any], NDArray[np.float64]]:
    """Return the test accuracy, in [0, 1], of a logistic regression fitted on training codes, and what it answers.

    Codes are (n, d), standardised with the training codes' mean and deviation. Settings are fixed: L2 with C = 1,
    lbfgs, 1,000 iterations (scikit-learn's `LogisticRegression`). With the accuracy come the class answered for every
    test code (n,) and its probability, in [0, 1] (n,). Raises ValueError for labels that are no integers (n,), one
    class alone, NaN and infinity.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    check_codes(train, train_labels, test, test_labels)
    one_thread()
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the cap is part of the definition
        probe.fit(train.astype(np.float64), train_labels)
    codes = test.astype(np.float64)
    answers = probe.predict(codes)
    share = float(np.mean(answers == test_labels))
    signature = f"probe|logreg:C1,standardised|train:{len(train)}|n:{len(test)}|d:{train.shape[1]}|v:1"
    score = Score(share, signature, math.sqrt(share * (1 - share) / len(test)))
    return score, answers, probe.predict_proba(codes).max(axis=1)


def cluster_accuracy(
    train: NDArray[Any], train_labels: NDArray[Any], test: NDArray[Any], test_labels: NDArray[Any]
) -> tuple[Score, Score]:
    """Return k-means accuracy by Hungarian assignment and by majority vote, each in [0, 1].

    As many clusters as classes, fitted on training codes (n, d) with ten fixed starts. The assignment pairs clusters
    and classes one to one so that most training codes agree (`scipy.optimize.linear_sum_assignment`); the majority
    vote gives every cluster its most frequent training class, so two clusters may share one. Both are learnt on the
    training codes and scored on the test codes. Raises ValueError as `probed` does.
    """
    from scipy.optimize import linear_sum_assignment
    from sklearn.cluster import KMeans

    check_codes(train, train_labels, test, test_labels)
    one_thread()
    classes = np.unique(train_labels)
    k = len(classes)
    means = KMeans(n_clusters=k, n_init=10, random_state=0).fit(train.astype(np.float64))
    counts = np.zeros((k, k), dtype=np.int64)
    np.add.at(counts, (means.labels_, np.searchsorted(classes, train_labels)), 1)
    found = means.predict(test.astype(np.float64))
    _, assigned = linear_sum_assignment(counts, maximize=True)
    signature = f"k-means|k:{k}|starts:10|train:{len(train)}|n:{len(test)}|v:1"
    scores = []
    for rule, answer in (("hungarian", assigned), ("majority", counts.argmax(axis=1))):
        share = float(np.mean(classes[answer[found]] == test_labels))
        scores.append(Score(share, f"{signature}|{rule}", math.sqrt(share * (1 - share) / len(test))))
    return scores[0], scores[1]


def in_the_plane(codes: NDArray[Any]) -> NDArray[np.float32]:
    """Return (n, 2): codes (n, d) on their first two principal components; zeros where there is no second one.

    Raises ValueError for NaN and infinity.
    """
    check_numbers("codes", codes, 2)
    one_thread()
    centred = codes.astype(np.float64) - codes.mean(axis=0, dtype=np.float64)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    plane = np.zeros((len(codes), 2), dtype=np.float32)
    plane[:, : len(axes[:2])] = centred @ axes[:2].T
    return plane


def check_codes(train: NDArray[Any], train_labels: NDArray[Any], test: NDArray[Any], test_labels: NDArray[Any]) -> None:
    """Ask for codes (n, d) of one d with as many labels (n,), of two classes or more in training."""
    for part, codes, labels in (("training", train, train_labels), ("test", test, test_labels)):
        check_numbers(f"{part} codes", codes, 2)
        check_integers(f"{part} labels", labels)
        check_rows(codes=codes, labels=labels)
    check_same_example(training_codes=train, test_codes=test)
    check_classes("training labels", train_labels)
