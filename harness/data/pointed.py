"""Pairs of images with an arrow between them that points at the one which names the class.

One digit alone would teach nothing about heads: features of a convolution tell digits apart along straight lines, and
with few images a layer of softmax does as well as a network. Which of two digits counts is another matter: a head
without non-linearity adds what it makes of one side to what it makes of the other, whatever the arrow says. It does no
better than one that always reads the left digit, which is right for half of the arrows and for one in five of the
others.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes

WIDTH: Final = 12  # pixels between the digits
ARM: Final = 6  # pixels up and down from the tip of an arrow
TIPS: Final = (2, 9)  # columns where an arrow to the left, and one to the right, has its tip
STROKE: Final = 1.6  # pixels from the middle of a line where it is black
HIGHER: Final = 3  # pixels that an arrow may lie above or below the middle
ALWAYS_LEFT: Final = 0.6  # accuracy of whoever reads the left one, of five classes, whatever the arrow says
WHY_LEFT: Final = "right for half of the arrows, and for one in five of the others"


def arrow(height: int, right: bool, lower: float) -> NDArray[np.float32]:
    """Return an arrow head without its shaft, float32 in [0, 1] of shape (height, WIDTH), `lower` below the middle."""
    y, x = np.mgrid[0:height, 0:WIDTH].astype(np.float64)
    away = np.abs(y - (height - 1) / 2 - lower)
    middle = TIPS[1] - away if right else TIPS[0] + away
    drawn = np.clip(STROKE - np.abs(x - middle) / np.sqrt(2), 0, 1)
    return np.where(away <= ARM, drawn, 0).astype(np.float32)


def pointed(
    images: NDArray[np.float32], labels: NDArray[np.int64], n: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return `n` images of two of the `images` (m, height, width, 1), and the labels of those that arrows point at.

    Each of the images is meant as often as any other, and half of the arrows point right. The new ones are float32 in
    [0, 1] of shape (n, height, 2 * width + WIDTH, 1).
    """
    meant, other = np.resize(rng.permutation(len(images)), n), rng.integers(len(images), size=n)
    to_right = rng.permutation(n) % 2 == 1
    left, right = np.where(to_right, other, meant), np.where(to_right, meant, other)
    arrows = [arrow(images.shape[1], bool(way), rng.uniform(-HIGHER, HIGHER)) for way in to_right]
    x = np.concatenate([images[left], np.stack(arrows)[..., None], images[right]], axis=2)
    return x, labels[meant]


def with_arrows(dataset: Dataset, sizes: Sizes) -> Dataset:
    """Return a data set of pairs of its images, `sizes` of them, each part made of its own images alone."""
    arrays = dict(dataset.arrays)
    for part, n in sizes.asked():
        rng = np.random.default_rng(dataset.key.number("arrows", part))
        x, y = (arrays[f"{name}_{part}"] for name in "xy")
        arrays[f"x_{part}"], arrays[f"y_{part}"] = pointed(x, y, n, rng)
    return replace(dataset, arrays=arrays, origin=f"{dataset.origin}, two and an arrow to an image", published={})
