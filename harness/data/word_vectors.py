"""Vectors of words as a data set: the words, and a row for each."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.key import Key
from harness.data.word_ids import OWN, WordIds


def vectors(name: str, words: Sequence[str], rows: NDArray[np.float32], origin: str, key: Key) -> Dataset:
    """Return the set that has no examples but `words` (w,) and `vectors` float32 (w, size)."""
    return Dataset(name, {"words": np.array(words), "vectors": rows}, (), origin, {}, key=key)


def matrix_of(known: WordIds, given: Dataset) -> NDArray[np.float32]:
    """Return an embedding matrix float32 (ids, size): the vector of each word, zeros where it has none."""
    rows = given.arrays["vectors"]
    place: dict[Any, int] = {word: i for i, word in enumerate(given.arrays["words"].tolist())}
    matrix = np.zeros((known.size, rows.shape[1]), np.float32)
    for number, word in enumerate(known.words, OWN):
        if word in place:
            matrix[number] = rows[place[word]]
    return matrix
