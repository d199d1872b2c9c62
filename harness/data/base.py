"""A data set as arrays with a fingerprint."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.key import PRACTICE, Key


@dataclass(frozen=True)
class Sizes:
    """How many examples of each part are taken; None for the set's own number, 0 for none."""

    train: int | None = None
    val: int | None = None
    test: int | None = None

    def asked(self) -> Iterator[tuple[str, int]]:
        """Yield part and number where one is asked for."""
        parts = (("train", self.train), ("val", self.val), ("test", self.test))
        yield from ((part, size) for part, size in parts if size is not None)


@dataclass(frozen=True)
class Dataset:
    """Labelled arrays by split.

    `arrays` holds `x_train, y_train, x_val, y_val, x_test, y_test`: images are float32 in [0, 1] of shape
    (n, height, width, channels), labels are int64 of shape (n,). `origin` says where it came from in words that
    may be shown to students (no paths); `published` maps a split to the size of the published set, so that a
    subset is never mistaken for the whole. `further` are the other sets of a profile, by the name it gives them.
    `key` is what the parts were drawn with, and what a task draws with.
    """

    name: str
    arrays: Mapping[str, NDArray[Any]]
    classes: tuple[str, ...]
    origin: str
    published: Mapping[str, int]
    further: Mapping[str, "Dataset"] = field(default_factory=dict)
    key: Key = PRACTICE

    @property
    def sizes(self) -> dict[str, int]:
        """Return the number of examples actually used, by split."""
        return {name.removeprefix("x_"): len(a) for name, a in self.arrays.items() if name.startswith("x_")}

    @cached_property
    def sha256(self) -> str:
        """SHA-256 over name, dtype, shape and bytes of every array, in order of name, and over further sets."""
        digest = hashlib.sha256()
        for name in sorted(self.arrays):
            array = np.ascontiguousarray(self.arrays[name])
            digest.update(f"{name}|{array.dtype.str}|{array.shape}|".encode())
            digest.update(array.data)
        for name in sorted(self.further):
            digest.update(f"{name}|{self.further[name].sha256}|".encode())
        return digest.hexdigest()
