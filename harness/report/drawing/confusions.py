"""Which classes of a confusion matrix are taken for which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Confusion:
    """`count` of the `of` images of class `true` were taken for class `predicted`."""

    true: str
    predicted: str
    count: int
    of: int


def axes_of(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return what rows and columns of a matrix stand for."""
    return data.get("rows", "true class"), data.get("columns", "predicted class")


def worst_pairs(counts: NDArray[np.float64], classes: Sequence[str], most: int) -> list[Confusion]:
    """Return up to `most` pairs of classes that counts (k, k), rows true, confuse most often, none of count 0."""
    wrong = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [divmod(int(place), len(counts)) for place in order]
    return [Confusion(classes[i], classes[j], int(wrong[i, j]), int(counts[i].sum())) for i, j in pairs if wrong[i, j]]
