"""What a data set is known by, and how it is written down wherever somebody keeps a copy."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.search.fragments import RUN, Form, reduced, runs_of

EXAMPLES = 16  # images of which all is taken
LEAST, FEWEST = 8, 2  # runs that a file has to hold, of data that are long enough, and of the shortest
VERSION = 2  # of how files are looked through: what was found otherwise holds no longer


@dataclass(frozen=True)
class Wanted:
    """Data that nobody should read: what they are called, what tells them apart, and their runs by form, sorted.

    `sha256` is of what is looked for, and of how. `least` is how many runs a copy has at least.
    """

    name: str
    sha256: str
    runs: Mapping[Form, NDArray[np.uint64]]
    least: Mapping[Form, int]


@dataclass(frozen=True)
class Known:
    """What of a data set tells a copy of it: a few images, or all of texts and series."""

    name: str
    parts: tuple[NDArray[Any], ...]

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256(f"{VERSION}|{self.name}".encode())
        for part in self.parts:
            digest.update(f"|{part.dtype.str}|{part.shape}|".encode() + part.tobytes())
        return digest.hexdigest()

    def wanted(self) -> Wanted:
        """Return the fragments; there are none where nothing is long enough to be known by."""
        runs: dict[Form, list[NDArray[np.uint64]]] = {}
        shortest: dict[Form, int] = {}
        for form, data in (pair for part in self.parts for pair in written(part)):
            runs.setdefault(form, []).append(runs_of(data, form))
            shortest[form] = min(shortest.get(form, len(data)), len(data))
        merged = {form: np.unique(np.concatenate(some)) for form, some in runs.items()}
        known = {form: some for form, some in merged.items() if len(some)}
        least = {form: fewest(form, shortest[form], len(some)) for form, some in known.items()}
        return Wanted(self.name, self.sha256, known, least)


def known_by(name: str, arrays: Mapping[str, NDArray[Any]]) -> Known:
    """Return what the parts of a data set are known by, the same however they are split and ordered.

    Code points (uint32) are a text; examples of two axes or more are images. Of numbers by place or time what is known
    is the numbers: places go up by one everywhere.
    """
    return Known(name, tuple(united([*telling(arrays)])))


def fewest(form: Form, shortest: int, runs: int) -> int:
    """Return how many runs a copy has at least: of a text a twentieth of it, since phrases stand anywhere."""
    if form is Form.LETTERS:
        return max(FEWEST, min(LEAST, runs // (2 * RUN)), runs // (20 * RUN))
    return max(FEWEST, min(LEAST, shortest // RUN // 2))


def telling(arrays: Mapping[str, NDArray[Any]]) -> Iterator[NDArray[Any]]:
    for key, part in sorted(arrays.items()):
        if key.startswith("x_") and part.size:
            places = part.ndim == 1 and part.dtype != np.uint32
            yield arrays.get("y_" + key.removeprefix("x_"), part) if places else part


def united(parts: list[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """Yield texts and series as they are, and of images the same few however they are split."""
    images = [part.reshape(len(part), -1) for part in parts if part.ndim > 1 and len(part)]
    if images and len({image.shape[1] for image in images}) == 1:
        whole = np.concatenate(images)
        order = np.argsort([hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in whole], kind="stable")
        yield from whole[order[:EXAMPLES]]
    yield from (part for part in parts if part.ndim == 1)


def written(values: NDArray[Any]) -> Iterator[tuple[Form, bytes]]:
    """Yield the usual ways to write a text or numbers down, each reduced to its form."""
    if values.dtype == np.uint32:
        yield Form.LETTERS, reduced(values.astype("<u4").tobytes().decode("utf-32-le").encode(), Form.LETTERS)
        return
    scaled = values.astype(np.float64) * 255  # images are in 0..1 here and were bytes before
    pixels = values.dtype == np.float32 and float(values.min()) >= 0 and np.allclose(scaled, scaled.round(), atol=1e-3)
    for numbers in (values, scaled.round()) if pixels else (values,):
        yield from packed(numbers)
        yield Form.DIGITS, in_text(numbers)


def packed(numbers: NDArray[Any]) -> Iterator[tuple[Form, bytes]]:
    kinds = ["<f4", "<f8"]
    if np.array_equal(numbers, numbers.round()):
        kinds += ["<i4", "<i8"] + (["u1"] if numbers.min() >= 0 and numbers.max() <= 255 else [])
    yield from ((Form.BYTES, numbers.astype(kind).tobytes()) for kind in kinds)


def in_text(numbers: NDArray[Any]) -> bytes:
    """Return the digits of numbers as a table has them: whole ones without a fraction."""
    whole = np.array_equal(numbers, numbers.round())
    return reduced("".join(f"{n:.0f}" if whole else repr(n) for n in numbers.tolist()).encode(), Form.DIGITS)
