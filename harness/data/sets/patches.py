"""8,480 patches of two photographs, 8 × 8 pixels in colour: which of the two is each from?

The photographs are those that scikit-learn ships (`load_sample_images`): a Chinese temple and a flower, 427 × 640
pixels. Light and colours of the two overlap, so that a linear answer is right for three patches of four.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.key import Key
from harness.data.loader import Shipped
from harness.data.parts import Parts, dataset, divide

SIDE: Final = 8  # pixels
SIZE: Final = 8480
CLASSES: Final = ("china", "flower")  # as the files are called
OWN_SIZES: Final = Sizes(train=1000, val=500, test=2000)
ORIGIN: Final = "8,480 patches of 8 by 8 pixels of the two photographs that scikit-learn ships"


def patches() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return images, uint8 in 0..255 of shape (8480, 8, 8, 3), and labels, int64 0 or 1 of shape (8480,), by label."""
    from sklearn.datasets import load_sample_images

    cut = [tiles(photograph) for photograph in load_sample_images().images]
    labels = np.repeat(np.arange(len(cut), dtype=np.int64), [len(one) for one in cut])
    return np.concatenate(cut), labels


def tiles(photograph: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.uint8]:
    """Return the patches (n, side, side, 3) of a photograph (h, w, 3), row by row; edges may be left over."""
    rows, columns = (n // side for n in photograph.shape[:2])
    grid = photograph[: rows * side, : columns * side].reshape(rows, side, columns, side, 3)
    return grid.swapaxes(1, 2).reshape(-1, side, side, 3)


def drawn(sizes: Sizes, key: Key) -> Dataset:
    """Return images x float32 in [0, 1] of shape (n, 8, 8, 3), labels y int64 of shape (n,).

    Sizes are 1000/500/2000 unless asked for otherwise.
    """
    parts = divide(Parts(train=patches()), sizes, OWN_SIZES, key)
    return dataset("patches", parts, CLASSES, ORIGIN, {"all": SIZE}, key)


DATASET = Shipped(drawn)
