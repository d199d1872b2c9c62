"""Fragments of hidden data by which a copy of it is known, in whatever of the usual forms it is written.

Of the data every run of 32 bytes is taken, at any offset; of a file only every 32nd run is looked at. So whoever looks
at a file does 1/32 of the work, and a copy of 64 bytes or more is met wherever it lies (the idea of winnowing:
Schleimer, Wilkerson and Aiken 2003, section 4).
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

RUN = 32  # bytes
EXAMPLES = 16  # images of which all is taken
EVERY = 8  # of the runs of a text one is taken
LEAST = 8  # runs that a file has to hold, of data that are long enough
FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], np.uint64)
LETTERS = bytes(range(97, 123))
LOWER = bytes(range(256)).lower()
NO_LETTERS = bytes(c for c in range(256) if not chr(c).isascii() or not chr(c).isalpha())
NO_DIGITS = bytes(c for c in range(256) if not 48 <= c < 58)


class Form(Enum):
    """How data are looked for: as packed bytes, as the letters of a text, or as the digits of numbers in one."""

    BYTES = 6
    LETTERS = 8
    DIGITS = 5

    @property
    def distinct(self) -> int:
        """How many different bytes a run has at least: others stand in any file."""
        return self.value


@dataclass(frozen=True)
class Wanted:
    """Data that nobody should read: what they are called, what tells them apart, and their runs by form, sorted.

    `sha256` is the same however the data are split and ordered. `least` is how many runs a copy has at least.
    """

    name: str
    sha256: str
    runs: Mapping[Form, NDArray[np.uint64]]
    least: Mapping[Form, int]


def reduced(data: bytes, form: Form) -> bytes:
    """Return what of a file is looked at: all, its letters in lower case, or its digits.

    Line breaks of Python's literals are no letters; those and quotes, spaces and marks may stand anywhere.
    """
    if form is Form.LETTERS:
        return data.replace(b"\\n", b"").translate(LOWER, NO_LETTERS)
    return data.translate(None, NO_DIGITS) if form is Form.DIGITS else data


def hashed(runs: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return a number for each run; uint8 of shape (n, 32) to uint64 of shape (n,)."""
    words = np.ascontiguousarray(runs).view("<u8").astype(np.uint64, copy=False)
    mixed = words * FACTORS
    mixed ^= mixed >> np.uint64(29)
    found: NDArray[np.uint64] = (mixed * FACTORS[::-1]).sum(axis=1, dtype=np.uint64)
    return found


def runs_in_file(data: bytes) -> NDArray[np.uint64]:
    """Return a number for every 32nd run of bytes."""
    whole = len(data) // RUN
    return hashed(np.frombuffer(data, np.uint8, whole * RUN).reshape(whole, RUN))


def runs_of(data: bytes, form: Form) -> NDArray[np.uint64]:
    """Return a number for each run at any offset that no other file has by chance."""
    if len(data) < RUN:
        return np.zeros(0, np.uint64)
    values = np.frombuffer(data, np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(values, RUN)
    changes = np.concatenate([[0], np.cumsum(values[1:] != values[:-1])])
    uneven = np.flatnonzero(changes[RUN - 1 :] - changes[: len(windows)] >= form.distinct - 1)
    found = [np.zeros(0, np.uint64)]
    for start in range(0, len(uneven), 100_000):
        some = windows[uneven[start : start + 100_000]]
        distinct = 1 + (np.diff(np.sort(some, axis=1), axis=1) != 0).sum(axis=1)
        found.append(hashed(some[distinct >= form.distinct]))
    return np.concatenate(found)


def wanted(name: str, arrays: Mapping[str, NDArray[Any]]) -> Wanted | None:
    """Return the fragments of the parts of a data set; None where nothing in them is long enough to be known by.

    Code points (uint32) are a text; examples of two axes or more are images, numbers of one axis a series.
    """
    parts = [array for key, array in sorted(arrays.items()) if key.startswith("x_") and array.size]
    runs: dict[Form, NDArray[np.uint64]] = {}
    least: dict[Form, int] = {}
    for form, data in (pair for part in united(parts) for pair in written(part)):
        known = runs_of(data, form)
        if form is Form.LETTERS:
            known = known[known % np.uint64(EVERY) == 0]
        if len(known):
            runs[form] = np.union1d(runs.get(form, known), known)
            least[form] = min(least.get(form, LEAST), max(1, len(data) // RUN // 2), LEAST)
    return Wanted(name, fingerprint(name, parts), runs, least) if runs else None


def fingerprint(name: str, parts: list[NDArray[Any]]) -> str:
    """Return the SHA-256 of which values there are how often."""
    digest = hashlib.sha256(name.encode())
    if parts:
        for one in np.unique(np.concatenate([part.ravel() for part in parts]), return_counts=True):
            digest.update(np.ascontiguousarray(one).tobytes())
    return digest.hexdigest()


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
