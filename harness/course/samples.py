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


def shapes(seed: int = 0, noise: float = NOISE) -> Arrays:
    """Return four kinds of shapes at random places in noise, 1,000 images to train on and as many to test with.

    Images are uint8 (n, 12, 12), labels int64 (n,) of the classes in the order of their names.
    """
    made: Arrays = {"classes": np.array(list(SHAPES))}
    for part, (images, labels, _) in _drawn(seed, noise).items():
        made |= {f"x_{part}": images, f"y_{part}": labels}
    return made


def clear_shapes(seed: int = 0) -> Arrays:
    """Return the same with little noise, which no code could keep."""
    return shapes(seed, NOISE / 6)


def places(seed: int = 0) -> Arrays:
    """Return such images with the place of the shape's centre, row and column, float32 (n, 2) in pixels."""
    drawn = _drawn(seed, NOISE).items()
    return {k: a for part, (images, _, at) in drawn for k, a in ((f"x_{part}", images), (f"y_{part}", at))}


def kinds_and_places(seed: int = 0) -> Arrays:
    """Return such images with a row of numbers each, float32 (n, 3): the kind, row and column of the shape."""
    drawn = _drawn(seed, NOISE).items()
    told = {part: (images, np.column_stack([labels, at]).astype(np.float32)) for part, (images, labels, at) in drawn}
    return {k: a for part, (x, y) in told.items() for k, a in ((f"x_{part}", x), (f"y_{part}", y))}


def _drawn(seed: int, noise: float) -> dict[str, tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Return images, labels and centres of the training and the test part."""
    rng = np.random.default_rng(seed)
    parts = {}
    for part, size in (("train", 1_000), ("test", 1_000)):
        labels = rng.permutation(np.arange(size) % len(SHAPES)).astype(np.int64)
        corners = rng.integers(0, SIDE - SHAPE + 1, (size, 2))
        images = rng.normal(90, noise, (size, SIDE, SIDE))
        for image, label, (top, left) in zip(images, labels, corners, strict=True):
            image[top : top + SHAPE, left : left + SHAPE] += 110 * np.minimum(list(SHAPES.values())[label], 1)
        centres = (corners + SHAPE // 2).astype(np.float32)
        parts[part] = np.clip(images, 0, 255).astype(np.uint8), labels, centres
    return parts


SAMPLES: Mapping[str, Callable[[], Arrays]] = {
    "autoencoder": clear_shapes,
    "classifier": shapes,
    "heads": kinds_and_places,
    "regressor": places,
}
