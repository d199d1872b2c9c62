"""What a fixed bank of filters sees in images: edges by direction and width, and shades, each in 36 places.

Nothing of it is learnt, so that images of any kind can be compared by it and it stays what it is.
"""

import hashlib
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_numbers

SIDE: Final = 24  # pixels; larger images are brought to it, smaller ones are taken as they are
DIRECTIONS: Final = 4
WIDTHS: Final = (0.7, 1.4)  # of the Gaussian whose derivative a filter is, in pixels
REACH: Final = 3  # pixels from the middle of a filter to its edge
PLACES: Final = 6  # a side
KEPT: Final = 48  # numbers an image
SEED: Final = 1
CONTRAST: Final = 0.2  # standard deviation of shades to which an image is brought
LEAST: Final = 0.1  # is added to its own, so that what is hardly there is not made loud
EDGES: Final = 20.0  # what the answer to an edge counts beside a shade


def seen(images: NDArray[Any]) -> NDArray[np.float64]:
    """Return what the bank sees in images (n, h, w, c) in [0, 1], as (n, KEPT).

    Shades are the mean over channels, brought to SIDE pixels a side where there are more, and to one lightness and
    contrast. How strongly each filter answers, whatever the sign, is averaged over PLACES x PLACES places, and so are
    shades; a fixed projection keeps KEPT of these numbers. Raises ValueError for other shapes, NaN and infinity.
    """
    from scipy.ndimage import correlate

    check_numbers("images", images, 4)
    shades = smaller(images.mean(axis=3, dtype=np.float64))
    shades -= shades.mean(axis=(1, 2), keepdims=True)
    shades *= CONTRAST / (shades.std(axis=(1, 2), keepdims=True) + LEAST)
    answers = [EDGES * np.abs(correlate(shades, one[None], mode="nearest")) for one in _filters()]
    pooled = np.stack([_places(one) for one in (shades, *answers)], axis=1)
    return np.asarray(pooled.reshape(len(images), -1) @ _projection())


def smaller(shades: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return shades (n, h, w) with SIDE pixels a side at most, each the mean of what it stands for.

    Raises ValueError for other shapes, NaN and infinity.
    """
    check_numbers("shades", shades, 3)
    height, width = shades.shape[1:]
    return np.asarray(_shares(height, min(height, SIDE)).T @ shades @ _shares(width, min(width, SIDE)))


@cache
def bank_name() -> str:
    """Return what signatures call the bank: with a hash over the numbers that it is made of."""
    numbers = np.round(np.concatenate([_filters().ravel(), _projection().ravel()]), 6) + 0.0  # no -0
    return f"edges-{KEPT}@sha256:{hashlib.sha256(numbers.astype('<f8').tobytes()).hexdigest()[:12]}"


@cache
def _filters() -> NDArray[np.float64]:
    """Return filters (8, 7, 7): derivatives of Gaussians, the sum of whose absolute numbers is 1."""
    along = np.arange(-REACH, REACH + 1)
    down, right = np.meshgrid(along, along, indexing="ij")
    found = []
    for width in WIDTHS:
        bell = np.exp(-(down**2 + right**2) / (2 * width**2))
        for angle in np.pi * np.arange(DIRECTIONS) / DIRECTIONS:
            one = (np.cos(angle) * right + np.sin(angle) * down) * bell
            found.append(one / np.abs(one).sum())
    return np.array(found)


@cache
def _projection() -> NDArray[np.float64]:
    """Return a matrix (324, KEPT) whose columns are orthogonal and of length 1."""
    drawn = np.random.RandomState(SEED).standard_normal(((1 + len(_filters())) * PLACES**2, KEPT))
    q, r = np.linalg.qr(drawn)
    return np.asarray(q * np.sign(np.diag(r)))  # of the two signs of a column always the same


def _places(shades: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the means (n, PLACES²) of shades (n, h, w) in places of equal size."""
    height, width = shades.shape[1:]
    return (_shares(height, PLACES).T @ shades @ _shares(width, PLACES)).reshape(len(shades), -1)


@cache
def _shares(many: int, few: int) -> NDArray[np.float64]:
    """Return how much of each of `many` equal parts lies in each of `few`, (many, few), so that columns sum to 1."""
    here, there = np.arange(many)[:, None] / many, np.arange(few) / few
    over = np.minimum(here + 1 / many, there + 1 / few) - np.maximum(here, there)
    return np.asarray(np.maximum(over, 0) * few)
