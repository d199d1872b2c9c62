"""The Fréchet distance between two clouds of points, each taken for a Gaussian."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_numbers, check_same_example
from harness.scoring.score import Score


def frechet_distance(made: NDArray[Any], real: NDArray[Any], features: str) -> Score:
    """Return |m - m'|² + tr(C + C' - 2 (C C')^½) of features (n, d) and (n', d): 0 where means and covariances agree.

    `features` names in the signature what they are. Finite samples of one cloud lie a little apart. Source: Heusel et
    al., GANs Trained by a Two Time-Scale Update Rule (2017), equation 6. Raises ValueError for fewer than two points,
    other shapes, NaN and infinity.
    """
    for what, points in (("features of samples", made), ("features of real images", real)):
        check_numbers(what, points, 2)
        if len(points) < 2:
            raise ValueError(f"Expected {what} of two images or more, received {len(points)}.")
    check_same_example(samples=made, real_images=real)
    a, b = (points.astype(np.float64) for points in (made, real))
    apart = float(np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2))
    here, there = (np.atleast_2d(np.cov(points, rowvar=False)) for points in (a, b))
    root = square_root(here)
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ there @ root), 0)).sum()
    value = apart + float(np.trace(here) + np.trace(there) - 2 * shared)
    return Score(max(value, 0.0), f"frechet|features:{features}|n:{len(a)}|real:{len(b)}|v:1")


def square_root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric root of a covariance (d, d). Raises ValueError for other shapes, NaN and infinity."""
    check_numbers("covariances", covariance, 2)
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T)
