"""Training, validation and test part of labelled examples: drawn by size, always the same way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.errors import DataError

Part = tuple[NDArray[Any], NDArray[Any]]  # inputs and targets of the same length
NAMES = ("train", "val", "test")


@dataclass(frozen=True)
class Parts:
    """Examples as they are stored. Where a part is None, it is drawn from the training part."""

    train: Part
    test: Part | None = None
    val: Part | None = None

    @property
    def published(self) -> dict[str, int]:
        """Return how many examples each stored part has."""
        stored = {"train": self.train, "val": self.val, "test": self.test}
        return {name: len(part[1]) for name, part in stored.items() if part is not None}


def divide(parts: Parts, sizes: Sizes, own: Sizes) -> dict[str, Part]:
    """Return the three parts; `own` are the sizes where none are asked for, None for all there is.

    A draw is stratified by label and depends on the sizes and nothing else. The test part is drawn first and the
    validation part next, so that another training size leaves both as they are.
    """
    test, rest = _taken(parts.test, parts.train, sizes, own, "test")
    val, rest = _taken(parts.val, rest, sizes, own, "val")
    train, _ = draw(rest, _size(sizes.train, own.train, len(rest[1]), "train"), "train")
    return {"train": train, "val": val, "test": test}


def _taken(stored: Part | None, rest: Part, sizes: Sizes, own: Sizes, name: str) -> tuple[Part, Part]:
    """Return the part, and what is left of the training part."""
    asked, usual = getattr(sizes, name), getattr(own, name)
    if stored is None:
        return draw(rest, _size(asked, usual, 0, name), name)
    return draw(stored, _size(asked, usual, len(stored[1]), name), name)[0], rest


def _size(asked: int | None, own: int | None, everything: int, part: str) -> int:
    size = asked if asked is not None else own if own is not None else everything
    least = 0 if part == "val" else 1
    if not isinstance(size, int) or isinstance(size, bool) or size < least:
        raise DataError(f"Expected the size {part!r} as a whole number from {least}, received {size!r}.")
    return size


def draw(part: Part, size: int, name: str) -> tuple[Part, Part]:
    """Return a draw of `size` examples and the rest; all in their order where nothing is drawn.

    Raises DataError where the size does not fit.
    """
    from sklearn.model_selection import train_test_split

    x, y = part
    nothing = (x[:0], y[:0])
    if size == 0:
        return nothing, part
    if size == len(y):
        return part, nothing
    labels = y if y.dtype.kind == "i" else None  # numbers to predict have no classes to keep in proportion
    try:
        rest, drawn = train_test_split(np.arange(len(y)), test_size=size, stratify=labels, random_state=0)
    except ValueError as error:
        raise DataError(
            f"Cannot draw {size:,} examples for {name!r} from {len(y):,}; "
            "choose a size that leaves none over, or some of each class on both sides."
        ) from error
    return (x[drawn], y[drawn]), (x[rest], y[rest])


def dataset(
    name: str, parts: Mapping[str, Part], classes: tuple[str, ...], origin: str, published: Mapping[str, int]
) -> Dataset:
    """Return the parts as a data set: images as float32 in [0, 1] with a channel axis, all else as it is."""
    arrays: dict[str, NDArray[Any]] = {}
    for part in NAMES:
        x, y = parts[part]
        arrays[f"x_{part}"], arrays[f"y_{part}"] = _scaled(x), y
    return Dataset(name, arrays, classes, origin, published)


def _scaled(x: NDArray[Any]) -> NDArray[Any]:
    if x.dtype != np.uint8:
        return x
    images = x[..., np.newaxis] if x.ndim == 3 else x
    return images.astype(np.float32) / np.float32(255)
