"""Signs of common mistakes in outputs: numbers that are recorded beside the measures, for `harness.diagnosis` to read.

They decide nothing. They are taken from data that the student has (training and validation), so that a finding can
quote them, and they are numbers and not sentences, so that a better wording or threshold needs no new training.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_integers, check_numbers, check_rows, check_same_example, check_same_shape
from harness.scoring.series import correlation

COMPARED = 500  # samples whose distances are compared
TINY = 1e-7  # Keras keeps probabilities this far from 0 in its cross-entropy

Signs = dict[str, float]


def classifier_signs(probabilities: NDArray[Any], labels: NDArray[Any]) -> Signs:
    """Return what shows that probabilities (n, k) for labels (n,) are none, are all the same, or are softmaxed twice.

    row_sum_off               largest distance of a row's sum from 1
    top_class_share           share of rows whose largest value is at the most frequent answer
    row_spread                largest difference between two rows in one class; 0 when all rows are equal
    cross_entropy             -mean ln(p_y / sum p), as Keras computes it from probabilities
    softmax_cross_entropy     the same with softmax(p) in place of p: the loss of one that takes p for logits

    Raises ValueError for other shapes, NaN and infinity.
    """
    check_numbers("predictions", probabilities, 2, empty=True)
    check_integers("labels", labels, below=probabilities.shape[1], empty=True)
    check_rows(predictions=probabilities, labels=labels)
    if len(probabilities) == 0:
        return {}
    p = probabilities.astype(np.float64)
    rows, sums = np.arange(len(p)), p.sum(axis=1)
    answers = np.bincount(p.argmax(axis=1))
    chosen = np.clip(p[rows, labels] / np.maximum(sums, TINY), TINY, 1.0)
    twice = np.log(np.exp(p).sum(axis=1)) - p[rows, labels]
    return {
        "row_sum_off": float(np.abs(sums - 1).max()),
        "top_class_share": float(answers.max() / len(p)),
        "row_spread": float(np.ptp(p, axis=0).max()),
        "cross_entropy": float(-np.log(chosen).mean()),
        "softmax_cross_entropy": float(twice.mean()),
    }


def code_signs(codes: NDArray[Any]) -> Signs:
    """Return how many numbers codes (n, d) have (`units`), and how many of them are the same for every example.

    Raises ValueError for other shapes, NaN and infinity.
    """
    check_numbers("codes", codes, 2, empty=True)
    if len(codes) == 0:
        return {}
    dead = np.ptp(codes.astype(np.float64), axis=0) == 0
    return {"units": float(codes.shape[1]), "dead_units": float(dead.sum())}


def rebuilt_signs(rebuilt: NDArray[Any], images: NDArray[Any]) -> Signs:
    """Return how much of what differs between images (n, ...) is found in the rebuilt ones of the same shape.

    explained     R², 1 - MSE / MSE of the mean image: 0 for the mean image, 1 at best
    spread        variance over examples of the rebuilt pixels / of the original ones: 0 when all pictures are the same

    Raises ValueError for unequal shapes, NaN and infinity.
    """
    check_numbers("rebuilt images", rebuilt, empty=True)
    check_numbers("images", images, empty=True)
    check_same_shape(rebuilt_images=rebuilt, images=images)
    there = float(images.var(axis=0, dtype=np.float64).mean()) if len(images) else 0.0
    if not there:
        return {}
    error = float(np.mean((rebuilt.astype(np.float64) - images) ** 2))
    return {
        "explained": 1 - error / there,
        "spread": float(rebuilt.var(axis=0, dtype=np.float64).mean()) / there,
    }


def sample_signs(made: NDArray[Any], real: NDArray[Any]) -> Signs:
    """Return how varied generated samples (n, ...) are beside as many real ones: both about 1 for a good generator.

    sample_spread     mean distance between two generated samples / between two real ones
    sample_nearest    median distance to the nearest other generated sample / the same among real ones; near 0 when many
                      samples are copies of a few, however far apart these are

    Distances are Euclidean over all values, among the first 500 of each, as many of one as of the other. Raises
    ValueError for examples of different shapes, NaN and infinity.
    """
    from scipy.spatial.distance import pdist, squareform

    check_numbers("samples", made, empty=True)
    check_numbers("real examples", real, empty=True)
    check_same_example(samples=made, real_examples=real)
    n = min(len(made), len(real), COMPARED)
    if n < 2:
        return {}
    between = [squareform(pdist(a[:n].reshape(n, -1).astype(np.float64))) for a in (made, real)]
    spread = [float(d.sum()) for d in between]
    nearest = [float(np.median((d + np.diag([np.inf] * n)).min(axis=1))) for d in between]
    if not spread[1] or not nearest[1]:
        return {}
    return {"sample_spread": spread[0] / spread[1], "sample_nearest": nearest[0] / nearest[1]}


def number_signs(predicted: NDArray[Any], truth: NDArray[Any]) -> Signs:
    """Return what shows in numbers (n, d) for targets of the same shape that they are all the same, or off by a scale.

    number_spread         standard deviation over examples of the numbers / that of the targets, mean over d: about 1
    number_agreement      Pearson's correlation of the two, mean over d; 0 where one of them does not vary

    Raises ValueError for unequal shapes, NaN and infinity.
    """
    check_numbers("predictions", predicted, 2, empty=True)
    check_numbers("targets", truth, 2, empty=True)
    check_same_shape(predictions=predicted, targets=truth)
    there = truth.astype(np.float64).std(axis=0) if len(truth) else np.zeros(0)
    varying = np.flatnonzero(there)
    if not len(varying):
        return {}
    spread = predicted.astype(np.float64).std(axis=0)
    agreement = [max(correlation(predicted[:, i], truth[:, i]), -1.0) if spread[i] else 0.0 for i in varying]
    return {
        "number_spread": float(np.mean(spread[varying] / there[varying])),
        "number_agreement": float(np.mean(agreement)),
    }


def forecast_signs(fitted: NDArray[Any], truth: NDArray[Any]) -> Signs:
    """Return what shows in forecasts of training months (n,) that they are in another unit, or all the same.

    forecast_level        mean size of a forecast / mean size of the truth: about 1
    forecast_spread       standard deviation of the forecasts / that of the truth: near 0 where all are the same
    forecast_agreement    Pearson's correlation of the two, 0 where one of them does not vary

    Raises ValueError for unequal shapes, NaN and infinity.
    """
    check_numbers("forecasts", fitted, 1, empty=True)
    check_numbers("truth", truth, 1, empty=True)
    check_same_shape(forecasts=fitted, truth=truth)
    if len(truth) == 0:
        return {}
    mine, theirs = fitted.astype(np.float64), truth.astype(np.float64)
    size, spread = float(np.abs(theirs).mean()), float(theirs.std())
    if not size or not spread:
        return {}
    return {
        "forecast_level": float(np.abs(mine).mean()) / size,
        "forecast_spread": float(mine.std()) / spread,
        "forecast_agreement": max(correlation(mine, theirs), -1.0) if np.ptp(mine) else 0.0,
    }
