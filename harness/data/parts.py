"""Training, validation and test part of labelled examples: drawn by size and key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.key import Key
from harness.data.stratified import split
from harness.errors import DataError

Part = tuple[NDArray[Any], NDArray[Any]]  # inputs and targets of the same length
NAMES = ("train", "val", "test")


def to_draw(name: str, sizes: Sizes, own: Sizes, key: Key) -> Iterator[tuple[str, int, np.random.RandomState]]:
    """Yield the parts of a data set that is made by a program: how many examples each has, and what draws them.

    `own` are the sizes where none are asked for. Each part has a draw of its own.
    """
    for part in NAMES:
        asked = getattr(sizes, part)
        n = getattr(own, part) if asked is None else asked
        yield part, n, np.random.RandomState([key.number(name, part, i) for i in range(4)])


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


def divide(parts: Parts, sizes: Sizes, own: Sizes, key: Key) -> dict[str, Part]:
    """Return the three parts; `own` are the sizes where none are asked for, None for all there is.

    Draws are stratified by label and depend on sizes and key and nothing else. The test part is drawn first and the
    validation part next, so that another training size leaves both as they are. Half of what tests may be drawn from is
    for practice alone and the other half for all other keys, so that no example is in both.
    """
    test, rest = _tested(parts, sizes, own, key)
    val, rest = _validated(parts, rest, sizes, own, key)
    train, _ = draw(rest, _size(sizes.train, own.train, len(rest[1]), "train"), "train", key)
    return {"train": train, "val": val, "test": test}


def _tested(parts: Parts, sizes: Sizes, own: Sizes, key: Key) -> tuple[Part, Part]:
    """Return the test part, and what is left of the training part."""
    pool = parts.test if parts.test is not None else parts.train
    mine, others = (at(pool, where) for where in halves(pool[1], key))
    size = _size(sizes.test, own.test, len(mine[1]), "test")
    if size > len(mine[1]):
        raise DataError(
            f"Cannot draw {size:,} examples for 'test' from {len(mine[1]):,}: the other half of {len(pool[1]):,} is for"
            " self-checks alone, so that nobody tries out what will be asked; ask for fewer."
        )
    test, left = draw(mine, size, "test", key)
    return test, parts.train if parts.test is not None else joined(left, others)


def _validated(parts: Parts, rest: Part, sizes: Sizes, own: Sizes, key: Key) -> tuple[Part, Part]:
    """Return the validation part, and what is left of the training part."""
    if parts.val is None:
        return draw(rest, _size(sizes.val, own.val, 0, "val"), "val", key)
    return draw(parts.val, _size(sizes.val, own.val, len(parts.val[1]), "val"), "val", key)[0], rest


def halves(y: NDArray[Any], key: Key) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places of the test examples that `key` may draw from, and of the others, each in order.

    The halves are the same for everybody: of every class one example of two; where there are no classes, of all numbers
    in order of size. Targets (n, d) are in order of the first number, of the next where that is equal, and so on.
    """
    order = np.lexsort(y.reshape(len(y), -1).T[::-1])  # stable
    practice, other = np.sort(order[0::2]), np.sort(order[1::2])
    return (practice, other) if key.practice else (other, practice)


def at(part: Part, where: NDArray[np.intp]) -> Part:
    return part[0][where], part[1][where]


def joined(first: Part, second: Part) -> Part:
    return np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])


def _size(asked: int | None, own: int | None, everything: int, part: str) -> int:
    size = asked if asked is not None else own if own is not None else everything
    least = 0 if part == "val" else 1
    if not isinstance(size, int) or isinstance(size, bool) or size < least:
        raise DataError(f"Expected the size {part!r} as a whole number from {least}, received {size!r}.")
    return size


def draw(part: Part, size: int, name: str, key: Key) -> tuple[Part, Part]:
    """Return a draw of `size` examples and the rest, each in an order that follows from `key`.

    Raises DataError where the size does not fit.
    """
    x, y = part
    everything = np.random.RandomState(key.number("order", name)).permutation(len(y))
    if size in (0, len(y)):
        nothing = (x[:0], y[:0])
        return (nothing, at(part, everything)) if size == 0 else (at(part, everything), nothing)
    labels = y if y.dtype.kind == "i" else None  # numbers to predict have no classes to keep in proportion
    try:
        rest, drawn = split(len(y), size, labels, key.number("draw", name))
    except ValueError as error:
        raise DataError(
            f"Cannot draw {size:,} examples for {name!r} from {len(y):,}; "
            "choose a size that leaves none over, or some of each class on both sides."
        ) from error
    return at(part, drawn), at(part, rest)


def in_time(x: NDArray[Any], y: NDArray[Any], test: int) -> dict[str, Part]:
    """Return series (..., n) divided in time: the last `test` steps to test, all before to learn from."""
    split = x.shape[-1] - test
    return {"train": (x[..., :split], y[..., :split]), "val": (x[:0], y[:0]), "test": (x[..., split:], y[..., split:])}


def dataset(
    name: str, parts: Mapping[str, Part], classes: tuple[str, ...], origin: str, published: Mapping[str, int], key: Key
) -> Dataset:
    """Return the parts as a data set: images as float32 in [0, 1] with a channel axis, all else as it is."""
    arrays: dict[str, NDArray[Any]] = {}
    for part in NAMES:
        x, y = parts[part]
        arrays[f"x_{part}"], arrays[f"y_{part}"] = _scaled(x), y
    return Dataset(name, arrays, classes, origin, published, key=key)


def _scaled(x: NDArray[Any]) -> NDArray[Any]:
    if x.dtype != np.uint8:
        return x
    images = x[..., np.newaxis] if x.ndim == 3 else x
    return images.astype(np.float32) / np.float32(255)
