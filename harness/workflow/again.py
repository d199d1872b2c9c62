"""Inputs shown a second time, in another order and moved by a hair, and how many answers that changed.

A network maps each example by itself, and nearly the same example to nearly the same answer. What looks its answers up
by exact bytes, or by the place of an example among others, does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ROWS: Final = 300  # examples that are shown again, of all outputs of a step together
HAIR: Final = 1e-4  # by how much of the range of its numbers an input is moved at most
SAME: Final = 1e-3  # of the range of answers: more than the order of sums in float32 can make
NEAR: Final = 0.05  # of the range of answers: more than a moved input makes of any network that learnt
SMALL: Final = 1e-6


@dataclass(frozen=True)
class Shares:
    """Shares of rows whose answer changed, 0..1, when they came in another order, and when they were moved."""

    order: float | None = None
    bytes: float | None = None

    def or_more(self, other: "Shares") -> "Shares":
        return Shares(_most(self.order, other.order), _most(self.bytes, other.bytes))

    def signs(self) -> dict[str, float]:
        found = {"order_share": self.order, "bytes_share": self.bytes}
        return {name: share for name, share in found.items() if share is not None}


def _most(*shares: float | None) -> float | None:
    return max((share for share in shares if share is not None), default=None)


@dataclass(frozen=True)
class Again:
    """What is shown again of the inputs of one output: `rows` of them, in that order, and the same rows moved.

    There is nothing `moved` where all inputs are integers.
    """

    rows: NDArray[np.int64]
    inputs: tuple[NDArray[Any], ...]
    moved: tuple[NDArray[Any], ...] = ()


def chosen(arrays: Sequence[NDArray[Any]], rows: int, rng: np.random.Generator) -> Again:
    """Choose up to `rows` examples of arrays (n, …) that go together, in a new order."""
    found = rng.permutation(len(arrays[0]))[:rows]
    some = tuple(np.asarray(array[found]) for array in arrays)
    floats = any(np.issubdtype(array.dtype, np.floating) for array in some)
    return Again(found, some, tuple(moved(array, rng) for array in some) if floats else ())


def moved(array: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
    """Return floats moved by up to HAIR of their range, and still within it, as float32; other arrays as they are."""
    if not np.issubdtype(array.dtype, np.floating) or not array.size:
        return array
    low, high = float(array.min()), float(array.max())
    steps = rng.uniform(-HAIR, HAIR, array.shape) * (high - low)
    found: NDArray[Any] = np.clip(array + steps, low, high).astype(np.float32)
    return found


def changed(first: NDArray[Any], again: NDArray[Any], tolerance: float) -> float:
    """Return the share of rows (n, …) that differ by more than `tolerance` of the range of the first."""
    one, other = (a.reshape(len(a), -1).astype(np.float64) for a in (first, again))
    if not one.size:
        return 0.0
    far = np.abs(one - other).max(axis=1) > tolerance * float(np.ptp(one)) + SMALL
    return float(far.mean())


def shares(main: NDArray[Any], ordered: NDArray[Any], hair: NDArray[Any] | None) -> Shares:
    """Return the shares from answers to the same examples as at first, in another order, and moved: each (n, …)."""
    by_bytes = None if hair is None else changed(ordered, hair, NEAR)
    return Shares(changed(main, ordered, SAME), by_bytes)


@dataclass
class Remembered:
    """Some questions of a dialogue with their answers, each as likely to be among them as any other."""

    rng: np.random.Generator
    kept: list[tuple[NDArray[Any], NDArray[Any]]] = field(default_factory=list)
    seen: int = 0

    most = 8

    def add(self, question: NDArray[Any], answer: NDArray[Any]) -> None:
        """Keep a pair in place of another one; source: Algorithm R (Vitter, 1985)."""
        self.seen += 1
        if len(self.kept) < self.most:
            self.kept.append((question.copy(), answer.copy()))
        elif (place := int(self.rng.integers(self.seen))) < self.most:
            self.kept[place] = question.copy(), answer.copy()

    def to_ask(self) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """Return pairs to ask again, in a new order: up to ROWS rows together, and one at least."""
        found: list[tuple[NDArray[Any], NDArray[Any]]] = []
        rows = 0
        for i in self.rng.permutation(len(self.kept)):
            rows += len(self.kept[i][0])
            if rows <= ROWS or not found:
                found.append(self.kept[i])
        return found
