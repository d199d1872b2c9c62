"""What an Inception Score does not see: samples that are alike, that are copies, or that are not what was asked for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import (
    check_integers,
    check_least,
    check_numbers,
    check_rows,
    check_same_example,
    check_same_shape,
    check_scores,
)
from harness.scoring.score import Score
from harness.scoring.threads import one_thread

COMPARED = 1000  # samples whose distances are taken
BLOCK = 10_000  # training images at a time
VARIED = 0.3  # of the distance between real images of a class: blurred digits from a code of 2 reach 0.4, copies 0
NEW = 0.5  # of the distance of unseen real images to the nearest one seen


def class_balance(labels: NDArray[Any], classes: int) -> Score:
    """Return the entropy of the shares of labels (n,) over that of equal shares: from 1, all equal, to 0, one class.

    Raises ValueError for labels that are no integers (n,) below `classes`, and for fewer than two classes.
    """
    check_least("classes", classes, 2)
    check_integers("labels", labels, below=classes)
    shares = np.bincount(labels, minlength=classes) / len(labels)
    entropy = -float(np.sum(shares * np.log(np.where(shares > 0, shares, 1))))
    return Score(max(0.0, entropy / float(np.log(classes))), f"class-balance|n:{len(labels)}|classes:{classes}|v:1")


def agreement(labels: NDArray[Any], asked: NDArray[Any]) -> Score:
    """Return the share of labels (n,) that are the ones asked for (n,), with its sampling error.

    Raises ValueError for labels that are no integers of one shape (n,).
    """
    check_integers("labels", labels)
    check_integers("labels asked for", asked)
    check_same_shape(labels=labels, labels_asked_for=asked)
    share = float(np.mean(labels == asked))
    return Score(share, f"agreement|n:{len(asked)}|v:1", float(np.sqrt(share * (1 - share) / len(asked))))


def diversity(
    made: NDArray[Any], made_labels: NDArray[Any], real: NDArray[Any], real_labels: NDArray[Any], classes: int
) -> Score:
    """Return how far apart samples of one class lie, over how far real images of it do: about 1 for a good generator.

    Root mean square of the Euclidean distance between two images of a class, averaged over classes. Without classes, a
    picture of each digit, repeated, would look varied. A class with fewer than two samples counts 0. Labels are those
    of the classifier on both sides. Raises ValueError for labels that do not fit, NaN and infinity.
    """
    for images, labels in ((made, made_labels), (real, real_labels)):
        check_numbers("images", images)
        check_integers("labels", labels, below=classes)
        check_rows(images=images, labels=labels)
    check_same_example(samples=made, real_images=real)
    ratios = []
    for label in range(classes):
        there, here = spread(real[real_labels == label]), spread(made[made_labels == label])
        if there:
            ratios.append(here / there)
    value = float(np.mean(ratios)) if ratios else 0.0
    return Score(value, f"diversity|within:class|distance:rms|n:{len(made)}|real:{len(real)}|v:1")


def spread(images: NDArray[Any]) -> float:
    """Return the root mean square distance between two of the images: it is sqrt(2 · sum of the variances).

    0 for fewer than two images. Raises ValueError for NaN and infinity.
    """
    check_numbers("images", images, empty=True)
    if len(images) < 2:
        return 0.0
    return float(np.sqrt(2 * images.reshape(len(images), -1).var(axis=0, ddof=1, dtype=np.float64).sum()))


def novelty(made: NDArray[Any], real: NDArray[Any], train: NDArray[Any]) -> Score:
    """Return how far samples lie from the nearest training image, over how far unseen real images do.

    About 1 for new digits as sharp as real ones, less for blurred ones, 0 for copies. Medians over the first 1,000.
    Raises ValueError for images of different shapes, NaN and infinity.
    """
    far, usual = (float(np.median(nearest(a[:COMPARED], train))) for a in (made, real))
    used = min(len(made), COMPARED)
    return Score(far / usual if usual else 0.0, f"novelty|nearest:euclidean|n:{used}|train:{len(train)}|v:1")


def nearest(images: NDArray[Any], train: NDArray[Any]) -> NDArray[np.float64]:
    """Return the Euclidean distance of each image to the nearest training image; the products are float32.

    Raises ValueError for images of different shapes, none at all, NaN and infinity.
    """
    check_numbers("images", images)
    check_numbers("training images", train)
    check_same_example(images=images, training_images=train)
    one_thread()
    a, b = (x.reshape(len(x), -1).astype(np.float32) for x in (images, train))
    squares = np.full(len(a), np.inf)
    for start in range(0, len(b), BLOCK):
        part = b[start : start + BLOCK]
        apart = np.sum(part**2, axis=1) - 2 * a @ part.T
        squares = np.minimum(squares, apart.min(axis=1))
    return np.asarray(np.sqrt(np.maximum(squares + np.sum(a.astype(np.float64) ** 2, axis=1), 0)))


def sound_score(inception: Score, varied: Score, new: Score) -> Score:
    """Return the Inception Score as far as samples are neither alike nor copies: 1 + (IS - 1) · g(d/0.3) · g(n/0.5).

    g(x) = min(1, x); d and n are the values of `diversity` and `novelty`. Ten digits learnt by heart have an Inception
    Score above real ones and 1 here. Raises ValueError for a value that is not finite.
    """
    check_scores(Inception_Score=inception, diversity=varied, novelty=new)
    held = min(1.0, varied.value / VARIED) * min(1.0, new.value / NEW)
    return Score(1 + (inception.value - 1) * held, f"sound|{inception.signature}|diversity:{VARIED}|novelty:{NEW}|v:1")
