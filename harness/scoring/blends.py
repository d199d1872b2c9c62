"""Blends of two pictures: how surely both classes are seen in one, and whether it is more than an overlay.

A classifier also sees both classes in two pictures laid over each other, so that alone says little. A blend counts as
far as no overlay of its parents explains it, and as far as blends of different parents differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.generated import rising, spread
from harness.scoring.guards import check_integers, check_numbers, check_rows, check_same_shape
from harness.scoring.sampling import log_softmax
from harness.scoring.score import Score

# What counts nothing, and what fully. Novelty: overlays have 0, blends of principal components, cut off at black and
# white, 0.005, and those of a decoder without hidden layers 0.03. Variety: one picture for all has 0, overlays 0.7.
NOVEL: Final = (0.03, 0.12)
VARIED: Final = (0.0, 0.3)
FLAT: Final = 1e-9  # of the variance of a picture: a grey area


def both_seen(logits: NDArray[Any], first: int, second: int) -> NDArray[np.float64]:
    """Return 2·sqrt(p q) (n,) of what a classifier gives two classes: 1 for a half each, 0 where it is sure of one.

    `logits` are (n, classes). It is the Bhattacharyya coefficient of (p, q, rest) and (½, ½, 0), squared with p = q.
    Raises ValueError for other shapes, NaN, infinity and classes that are not there.
    """
    check_numbers("logits", logits, 2)
    check_integers("classes", np.array([first, second]), below=logits.shape[1])
    log_p = log_softmax(logits)
    return np.asarray(2 * np.exp((log_p[:, first] + log_p[:, second]) / 2))


def beyond_overlay(blends: NDArray[Any], first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
    """Return the share (n,) of the variance of each blend that no overlay of its parents explains: 1 - R².

    An overlay makes each pixel of the two at its place. Least squares finds the best of 1, a, b, a·b and max(a, b),
    among which are cross-fades with every weight, multiply, screen, lighten and darken, and either parent alone. A
    picture without variance has 0. All are (n, ...). Raises ValueError for other shapes, NaN and infinity.
    """
    for what, images in (("blends", blends), ("first parents", first), ("second parents", second)):
        check_numbers(what, images)
    check_same_shape(blends=blends, first_parents=first, second_parents=second)
    made, a, b = (images.reshape(len(images), -1).astype(np.float64) for images in (blends, first, second))
    found = np.zeros(len(made))
    for i, (y, u, v) in enumerate(zip(made, a, b, strict=True)):
        terms = np.stack([np.ones_like(u), u, v, u * v, np.maximum(u, v)], axis=1)
        left = y - terms @ np.linalg.lstsq(terms, y, rcond=None)[0]
        there = float(np.sum((y - y.mean()) ** 2))
        found[i] = min(1.0, float(left @ left) / there) if there > FLAT * len(y) else 0.0
    return found


@dataclass(frozen=True)
class Parents:
    """The two pictures of each pair as a model draws them, (n, ...), and as they are."""

    first: NDArray[Any]
    second: NDArray[Any]
    real_first: NDArray[Any]
    real_second: NDArray[Any]

    @property
    def drawn(self) -> tuple[NDArray[Any], NDArray[Any]]:
        return self.first, self.second

    def spread(self) -> float:
        """Return how far real pictures of one class lie apart, root mean square over both classes."""
        return float(np.sqrt((spread(self.real_first) ** 2 + spread(self.real_second) ** 2) / 2))


def from_parent(blends: NDArray[Any], parents: Parents) -> Score:
    """Return how far blends (n, ...) lie from the nearer of their drawn parents, over how far these lie apart: a mean.

    0 for a parent, 0.5 for two pictures laid over each other half and half. Parents that are equal have 0. Raises
    ValueError for other shapes, NaN and infinity.
    """
    check_numbers("blends", blends)
    check_same_shape(blends=blends, first_parents=parents.first, second_parents=parents.second)
    made, a, b = (images.reshape(len(images), -1).astype(np.float64) for images in (blends, *parents.drawn))
    near = np.minimum(*(np.linalg.norm(made - parent, axis=1) for parent in (a, b)))
    apart = np.linalg.norm(a - b, axis=1)
    shares = np.where(apart > 0, near / np.where(apart > 0, apart, 1), 0.0)
    return Score(float(shares.mean()), f"from-parent|n:{len(shares)}|v:1")


def ends_missed(blended: NDArray[Any], first: NDArray[Any], second: NDArray[Any], weights: tuple[float, ...]) -> Score:
    """Return how far blends with weight 1 lie from the first code and those with 0 from the second: 0 as promised.

    `blended` are (weights · n, d), one weight after the other, the codes (n, d). The root mean square of the distance,
    over that of the two codes of a pair. Raises ValueError for other shapes, NaN and infinity.
    """
    for what, codes in (("blended codes", blended), ("first codes", first), ("second codes", second)):
        check_numbers(what, codes, 2)
    check_same_shape(first_codes=first, second_codes=second)
    check_rows(blended_codes=blended, weights_times_pairs=np.zeros(len(weights) * len(first)))
    by_weight = dict(zip(weights, blended.astype(np.float64).reshape(len(weights), *first.shape), strict=True))
    missed = np.concatenate([by_weight[1.0] - first, by_weight[0.0] - second])
    apart = float(np.sqrt(np.mean((first.astype(np.float64) - second) ** 2)))
    value = float(np.sqrt(np.mean(missed**2)))
    return Score(value / apart if apart else float(value > 0), f"blend-ends|rms|n:{len(first)}|v:1")


@dataclass(frozen=True)
class Seen:
    """Blends with one weight: for each pair how surely both classes are seen, novelty, and both as far as it is new.

    `variety` is how far blends lie apart, over how far real pictures of a class do.
    """

    both: NDArray[np.float64]
    novelty: NDArray[np.float64]
    variety: float

    @property
    def sound(self) -> NDArray[np.float64]:
        """Return for each pair `both` as far as the blend is no overlay, and blends are no one picture; 0 to 1 (n,)."""
        new = np.array([rising(value, *NOVEL) for value in self.novelty])
        return np.asarray(self.both * new * rising(self.variety, *VARIED))

    def scores(self, classifier: str) -> dict[str, Score]:
        said = f"clf:{classifier}|n:{len(self.both)}"
        held = f"novelty:{NOVEL[0]}..{NOVEL[1]}|variety:{VARIED[0]}..{VARIED[1]}"
        return {
            "both_seen": Score(float(self.both.mean()), f"both-seen|2sqrt(pq)|{said}|v:1", error(self.both)),
            "novelty": Score(float(self.novelty.mean()), f"beyond-overlay|1-R2:1,a,b,ab,max|n:{len(self.both)}|v:1"),
            "variety": Score(self.variety, f"variety|distance:rms|n:{len(self.both)}|v:1"),
            "blend_score": Score(float(self.sound.mean()), f"blend-score|{said}|{held}|v:1", error(self.sound)),
        }


def error(values: NDArray[np.float64]) -> float:
    """Return the standard error of a mean."""
    return float(values.std() / np.sqrt(len(values)))


def seen(blends: NDArray[Any], parents: Parents, logits: NDArray[Any], first: int, second: int) -> Seen:
    """Return what is seen in blends (n, ...) of pairs, of which a classifier says `logits` (n, classes).

    Raises ValueError for other shapes, NaN and infinity.
    """
    check_rows(blends=blends, logits=logits)
    there = parents.spread()
    varied = spread(blends) / there if there else 0.0
    novel = beyond_overlay(blends, parents.first, parents.second)
    return Seen(both_seen(logits, first, second), novel, varied)


def best_of(found: Mapping[float, Seen]) -> float:
    """Return the weight whose blends score best; of equals that in which both classes are seen most surely."""
    return max(found, key=lambda weight: (float(found[weight].sound.mean()), float(found[weight].both.mean())))
