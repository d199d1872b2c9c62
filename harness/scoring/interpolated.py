"""Images on the way from one point of a code to another: whether they change little by little, and stay good ones."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_least, check_numbers, check_same_example, check_scores
from harness.scoring.once import once
from harness.scoring.score import Score

NEIGHBOUR: Final = 3  # the one that says how far around a real image still counts as real
SMOOTH: Final = (0.2, 0.5)  # smoothness that counts nothing, and fully; a jump in eight steps has 0.125
KNOWN: Final = 5_000  # real images that are looked at


def smoothness(paths: NDArray[Any]) -> Score:
    """Return how even and how straight steps are: an even step over the largest one, on average over paths.

    `paths` are (n, places, ...) images in order; an even step is the distance of the ends over the number of steps. 1
    is a straight line in even steps, such as a cross-fade; 1 over the steps is a jump, or noise; ends that are alike
    count 0. Distances are Euclidean. Raises ValueError for fewer than three places, NaN and infinity.
    """
    check_numbers("paths", paths)
    flat = paths.reshape(*paths.shape[:2], -1).astype(np.float64)
    check_least("places", flat.shape[1], 3)
    largest = np.linalg.norm(np.diff(flat, axis=1), axis=2).max(axis=1)
    even = np.linalg.norm(flat[:, -1] - flat[:, 0], axis=1) / (flat.shape[1] - 1)
    ratios = np.divide(even, largest, out=np.zeros(len(flat)), where=largest > 0)
    return Score(float(ratios.mean()), f"smoothness|n:{len(flat)}|places:{flat.shape[1]}|v:1", _error(ratios))


def validity(made: NDArray[Any], real: NDArray[Any], features: str) -> Score:
    """Return the share of `made` points (n, d) that lie as near to a real one (m, d) as its third neighbour does.

    `features` names what the points are. Of real ones the first 5,000 count. Source: Kynkäänniemi et al., Improved
    Precision and Recall Metric for Assessing Generative Models (2019), equation 2. Raises ValueError for other shapes,
    fewer real points than neighbours, NaN and infinity.
    """
    from scipy.spatial.distance import cdist

    check_numbers("points", made, 2)
    check_numbers("real points", real, 2)
    check_same_example(points=made, real_points=real)
    check_least("real points", len(real), NEIGHBOUR + 1)
    known = real[:KNOWN]
    inside = (cdist(made, known) <= _reach(known)).any(axis=1)
    signature = f"validity|features:{features}|n:{len(made)}|real:{len(known)}|neighbour:{NEIGHBOUR}|v:1"
    return Score(float(inside.mean()), signature, _error(inside))


@once
def _reach(real: NDArray[Any]) -> NDArray[np.float64]:
    """Return how far the third neighbour of each real point (m, d) is."""
    from scipy.spatial.distance import cdist

    return np.asarray(np.partition(cdist(real, real), NEIGHBOUR, axis=1)[:, NEIGHBOUR])


def steadily_valid(smooth: Score, valid: Score) -> Score:
    """Return validity as far as smoothness lies within SMOOTH: a jump from one real image to another is valid, too.

    Raises ValueError for a value that is not finite.
    """
    check_scores(smoothness=smooth, validity=valid)
    low, high = SMOOTH
    held = min(1.0, max(0.0, (smooth.value - low) / (high - low)))
    return Score(held * valid.value, f"interpolation|{valid.signature}|{smooth.signature}|{low}..{high}|v:1")


def sharpness(made: NDArray[Any], real: NDArray[Any]) -> Score:
    """Return how strong edges of images (n, h, w, c) are beside those of real ones: 1 as sharp, 0 without any edge.

    The variance of the Laplacian within each image, averaged over images, over that of real ones. What is above, as
    noise is, counts as its reciprocal. Source of the measure: Pech-Pacheco et al., Diatom autofocusing in brightfield
    microscopy (2000). Raises ValueError for other shapes, NaN and infinity.
    """
    here, there = (_edges(what, images) for what, images in (("samples", made), ("real images", real)))
    check_same_example(samples=made, real_images=real)
    ratio = here / there if there else 0.0
    return Score(min(ratio, 1 / ratio) if ratio else 0.0, f"sharpness|laplacian|n:{len(made)}|real:{len(real)}|v:1")


def _edges(what: str, images: NDArray[Any]) -> float:
    from scipy.ndimage import correlate

    check_numbers(what, images, 4)
    kernel = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float64)[None]
    answers = correlate(images.mean(axis=3, dtype=np.float64), kernel, mode="nearest")
    return float(answers.var(axis=(1, 2)).mean())


def _error(values: NDArray[Any]) -> float:
    """Return the standard error of a mean."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
