"""What an Inception Score does not see: samples that are alike, that are copies, or that are not what was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.alike import nearest_moved
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

COMPARED: Final = 500  # samples that are looked for among training images
QUARTER: Final = 0.25
LARGEST: Final = 100.0
Holds = Mapping[str, tuple[float, float]]  # by guard, what counts nothing and what fully


@dataclass(frozen=True)
class Nearest:
    """How the training image that an image is most like is found: `find` returns distances (n,) and places (n,)."""

    name: str
    find: Callable[[NDArray[Any], NDArray[Any]], tuple[NDArray[np.float64], NDArray[np.intp]]]


MOVED: Final = Nearest("moved", nearest_moved)

# What counts nothing, and what fully, of each guard. Diversity: blurred digits from a code of 2 reach 0.4, copies 0.
# Novelty: training images moved, turned and resized reach 0.5, new digits 1. Distinct: ten drawings moved about 0.1.
HOLDS: Final[Holds] = {"diversity": (0.0, 0.3), "novelty": (0.6, 0.9), "distinct": (0.1, 0.2), "agreement": (0.1, 0.9)}


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


def originality(
    made: NDArray[Any], real: NDArray[Any], train: NDArray[Any], by: Nearest = MOVED
) -> tuple[Score, Score]:
    """Return how far samples lie from the training image that each is most like, and how many such images there are.

    Both over what unseen real images have, so that about 1 is new and varied. The first is a ratio of lower quartiles,
    and near 0 where more than a quarter are training images, moved as `by` finds them; the second one of counts, and
    near 0 where all are like the same few. Of the first COMPARED samples, and as many real images.
    Raises ValueError for images of different shapes, NaN and infinity.
    """
    for images in (made, real):
        check_numbers("images", images, 4)
    check_same_example(samples=made, real_images=real)
    used = min(len(made), len(real), COMPARED)
    apart, place = by.find(np.concatenate([made[:used], real[:used]]), train)
    far, usual = (float(np.quantile(d, QUARTER)) for d in (apart[:used], apart[used:]))
    kinds, others = (len(np.unique(p)) for p in (place[:used], place[used:]))
    said = f"nearest:{by.name}|n:{used}|train:{len(train)}"
    return (
        Score(far / usual if usual else 0.0, f"novelty|quantile:{QUARTER}|{said}|v:2"),
        Score(kinds / others, f"distinct|{said}|v:1"),
    )


@dataclass(frozen=True)
class Guards:
    """What has to hold of samples before it counts how clear they are; `agreement` where a class was asked for.

    `holds` says how far.
    """

    diversity: Score
    novelty: Score
    distinct: Score
    agreement: Score | None = None
    holds: Holds = field(default_factory=lambda: HOLDS)

    def held(self) -> float:
        """Return the share, 0 to 1, to which they hold. Raises ValueError for a value that is not finite."""
        agreed = {"agreement": self.agreement} if self.agreement else {}
        scores = {"diversity": self.diversity, "novelty": self.novelty, "distinct": self.distinct, **agreed}
        check_scores(**scores)
        return float(np.prod([rising(score.value, *self.holds[name]) for name, score in scores.items()]))


def rising(value: float, nothing: float, full: float) -> float:
    """Return 0 up to `nothing`, 1 from `full` on, and a straight line between."""
    return min(1.0, max(0.0, (value - nothing) / (full - nothing)))


def sound_score(inception: Score, guards: Guards) -> Score:
    """Return the Inception Score as far as samples are varied and new: 1 + (IS - 1) · the share that guards hold.

    Ten digits learnt by heart have an Inception Score above real ones, training images moved by a pixel one as high,
    and 1 here. Raises ValueError for a value that is not finite.
    """
    check_scores(Inception_Score=inception)
    return Score(1 + (inception.value - 1) * guards.held(), f"sound|{inception.signature}|{said(guards.holds)}|v:2")


def sound_distance(distance: Score, guards: Guards) -> Score:
    """Return a Fréchet distance over the share that guards hold, at most LARGEST times as large.

    Raises ValueError for a value that is not finite.
    """
    check_scores(Frechet_distance=distance)
    held = max(guards.held(), 1 / LARGEST)
    return Score(distance.value / held, f"sound-distance|{distance.signature}|{said(guards.holds)}|v:1")


def said(holds: Holds) -> str:
    """Return from where to where each guard lets in more."""
    return "|".join(f"{name}:{nothing}..{full}" for name, (nothing, full) in holds.items())
