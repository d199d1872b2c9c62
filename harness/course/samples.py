"""Small data sets that a new task starts with: drawn here, the same each time, so that nothing is downloaded."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]
SIDE = 12  # pixels of an image, each way
SHAPE = 5  # pixels of a shape, each way
NOISE = 30.0  # standard deviation of the grey values, of 255
SHAPES: Mapping[str, NDArray[np.float64]] = {
    "cross": np.eye(SHAPE) + np.eye(SHAPE)[::-1],
    "plus": (np.indices((SHAPE, SHAPE)) == SHAPE // 2).any(axis=0).astype(float),
    "ring": (np.indices((SHAPE, SHAPE)) % (SHAPE - 1) == 0).any(axis=0).astype(float),
    "square": np.pad(np.ones((SHAPE - 2, SHAPE - 2)), 1),
}


def shapes(seed: int = 0) -> Arrays:
    """Return four kinds of shapes at random places in noise, 1,000 images to train on and 400 to test with.

    Images are uint8 (n, 12, 12), labels int64 (n,) of the classes in the order of their names.
    """
    rng = np.random.default_rng(seed)
    made: Arrays = {"classes": np.array(list(SHAPES))}
    for part, size in (("train", 1_000), ("test", 400)):
        labels = rng.permutation(np.arange(size) % len(SHAPES))
        made[f"x_{part}"] = np.stack([_image(list(SHAPES.values())[label], rng) for label in labels])
        made[f"y_{part}"] = labels.astype(np.int64)
    return made


def _image(shape: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.uint8]:
    grey = rng.normal(90, NOISE, (SIDE, SIDE))
    top, left = rng.integers(0, SIDE - SHAPE + 1, 2)
    grey[top : top + SHAPE, left : left + SHAPE] += 110 * np.minimum(shape, 1)
    return np.clip(grey, 0, 255).astype(np.uint8)


SAMPLES: Mapping[str, Callable[[], Arrays]] = {"classifier": shapes}
