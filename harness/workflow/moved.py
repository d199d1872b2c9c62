"""How much of a model training moved, and how much lay in place before: files of weights, read outside the sandbox.

Which numbers are trainable is told by the configuration that came with them, which is a student's word until the model
was rebuilt from it (`harness.training.rebuilding` holds it to the layers there).
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.sandbox.spool import Blob
from harness.task import Kept
from harness.workflow.chance import drawn

WIDTHS: Final = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8, "int32": 4, "int64": 8, "uint32": 4}  # bytes
FLOATS: Final = ("float16", "float32", "float64")  # that NumPy reads


@dataclass(frozen=True)
class Weight:
    """One array among the weights: its shape, its type, and how many numbers of how many bytes each."""

    shape: tuple[int, ...]
    dtype: str
    trainable: bool

    @property
    def numbers(self) -> int:
        return math.prod(self.shape)

    @property
    def width(self) -> int:
        return WIDTHS[self.dtype]


@dataclass(frozen=True)
class Configuration:
    """What is known of a model from outside: its weights in order, and whether it may be rebuilt from the rest."""

    weights: tuple[Weight, ...]
    described: bool


def configured(data: bytes) -> Configuration | None:
    """Return what a configuration says of itself; None for bytes that are none. They may be anything."""
    try:
        found = json.loads(data)
        weights = tuple(weight(*one) for one in found["weights"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return Configuration(weights, isinstance(found.get("model"), dict))


def weight(name: Any, shape: Any, dtype: Any, trainable: Any) -> Weight:
    """Return a weight as it is told; raises ValueError, KeyError or TypeError for what is none."""
    del name
    if not all(isinstance(n, int) and 0 <= n < 2**32 for n in shape) or len(shape) > 16:
        raise ValueError("no shape")
    if dtype not in WIDTHS:
        raise ValueError("no type")
    return Weight(tuple(shape), dtype, trainable is True)


def moved_share(keeps: Sequence[Kept], blobs: Mapping[str, Blob]) -> float | None:
    """Return the share of trainable numbers that differ from what they were, 0..1; 0 where nothing is trainable.

    None where it cannot be told: no model was kept, or what came out does not fit together.
    """
    counts = [counted(kept, blobs) for kept in keeps]
    if not counts or None in counts:
        return None
    changed, numbers = (sum(column) for column in zip(*(c for c in counts if c), strict=True))
    return changed / numbers if numbers else 0.0


def counted(kept: Kept, blobs: Mapping[str, Blob]) -> tuple[int, int] | None:
    """Return how many trainable numbers of a model differ, and how many there are."""
    known = configured(blobs[kept.configuration].read()) if kept.configuration in blobs else None
    if known is None:
        return None
    now, built = blobs[kept.weights], blobs[kept.built]
    if {now.size, built.size} != {sum(w.numbers * w.width for w in known.weights)}:
        return None
    changed = numbers = at = 0
    for one in known.weights:
        size = one.numbers * one.width
        if one.trainable:
            numbers += one.numbers
            changed += differing(now, built, at, size, one.width)
        at += size
    return changed, numbers


def placed_share(keeps: Sequence[Kept], blobs: Mapping[str, Blob]) -> float | None:
    """Return the share of all numbers, as built, in arrays that no initialiser draws (`harness.workflow.chance`); 0..1.

    None where it cannot be told, as for numbers that are NaN.
    """
    placed = numbers = 0
    for kept in keeps:
        known = configured(blobs[kept.configuration].read()) if kept.configuration in blobs else None
        if known is None or blobs[kept.built].size != sum(w.numbers * w.width for w in known.weights):
            return None
        for one, array in arrays_in(blobs[kept.built], known):
            numbers += one.numbers
            if not np.isfinite(array).all():
                return None
            placed += 0 if drawn(array) else one.numbers
    return placed / numbers if numbers else None


def arrays_in(blob: Blob, known: Configuration) -> Iterator[tuple[Weight, NDArray[Any]]]:
    """Yield the arrays of floats in a file of weights."""
    at = 0
    for one in known.weights:
        size = one.numbers * one.width
        if one.dtype in FLOATS:
            yield one, np.frombuffer(blob.spool.read(blob.at + at, size), one.dtype).reshape(one.shape)
        at += size


def differing(one: Blob, other: Blob, at: int, size: int, width: int) -> int:
    """Return how many numbers of `width` bytes differ in `size` bytes from `at` on."""
    pair = (np.frombuffer(blob.spool.read(blob.at + at, size), np.uint8).reshape(-1, width) for blob in (one, other))
    first, second = pair
    return int((first != second).any(axis=1).sum())
