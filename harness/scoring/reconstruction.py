"""How well images are rebuilt."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.score import Score


def mse(rebuilt: NDArray[Any], images: NDArray[Any]) -> Score:
    """Return the mean squared error over all pixels in float64, for images in [0, 1]; lower is better.

    Both arrays have the same shape (n, ...). Raises ValueError for empty or unequal shapes.
    """
    if rebuilt.shape != images.shape or rebuilt.size == 0:
        raise ValueError(f"Expected equal, non-empty shapes, received {rebuilt.shape} and {images.shape}.")
    total = 0.0
    for start in range(0, len(images), 1000):  # blocks keep the float64 copies small
        part = slice(start, start + 1000)
        total += float(np.sum((rebuilt[part].astype(np.float64) - images[part]) ** 2))
    shape = "x".join(map(str, images.shape[1:]))
    return Score(total / rebuilt.size, f"mse|n:{len(images)}|shape:{shape}|scale:0..1|v:1")


def mae(rebuilt: NDArray[Any], images: NDArray[Any]) -> Score:
    """Return the mean absolute error over all pixels in float64, for images in [0, 1]; lower is better.

    Both arrays have the same shape (n, ...). Raises ValueError for empty or unequal shapes.
    """
    if rebuilt.shape != images.shape or rebuilt.size == 0:
        raise ValueError(f"Expected equal, non-empty shapes, received {rebuilt.shape} and {images.shape}.")
    total = 0.0
    for start in range(0, len(images), 1000):
        part = slice(start, start + 1000)
        total += float(np.sum(np.abs(rebuilt[part].astype(np.float64) - images[part])))
    shape = "x".join(map(str, images.shape[1:]))
    return Score(total / rebuilt.size, f"mae|n:{len(images)}|shape:{shape}|scale:0..1|v:1")
