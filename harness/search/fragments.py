"""Fragments of hidden data by which a copy of it is known, in whatever of the usual forms it is written.

Of the data every run of 32 bytes is taken, at any offset; of a file only every 32nd run is looked at. So whoever looks
at a file does 1/32 of the work, and a copy of 64 bytes or more is met wherever it lies (the idea of winnowing:
Schleimer, Wilkerson and Aiken 2003, section 4).
"""

from enum import Enum

import numpy as np
from numpy.typing import NDArray

RUN = 32  # bytes
EVERY = 8  # of the runs of a text one is taken
GLANCE_BITS, REST_BITS = np.uint64(22), np.uint64(42)  # of a number: what is looked up first, and the rest
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


def reduced(data: bytes, form: Form) -> bytes:
    """Return what of a file is looked at: all, its letters in lower case, or its digits.

    Line breaks of Python's literals are no letters; those and quotes, spaces and marks may stand anywhere.
    """
    if form is Form.LETTERS:
        return data.replace(b"\\n", b"").translate(LOWER, NO_LETTERS)
    return data.translate(None, NO_DIGITS) if form is Form.DIGITS else data


def hashed(runs: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return a number for each run; uint8 of shape (n, 32) to uint64 of shape (n,). Its first bits are `glanced`."""
    words = np.ascontiguousarray(runs).view("<u8").astype(np.uint64, copy=False)
    mixed = words * FACTORS
    mixed ^= mixed >> np.uint64(29)
    mixed *= FACTORS[::-1]
    rest: NDArray[np.uint64] = mixed[:, 0] + mixed[:, 1] + mixed[:, 2] + mixed[:, 3]
    found: NDArray[np.uint64] = (glanced(words) << REST_BITS) | (rest >> GLANCE_BITS)
    return found


def glanced(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return a number below 2**22 for each run from two of its four words: cheap, and another one for most runs."""
    found: NDArray[np.uint64] = words[:, 0] * FACTORS[0]
    found ^= words[:, 2] * FACTORS[1]
    found >>= REST_BITS
    return found


def table(runs: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return for the first bits of a number whether any run begins with them: most of a file is passed over by it."""
    found = np.zeros(1 << int(GLANCE_BITS), np.bool_)
    found[runs >> REST_BITS] = True
    return found


def runs_in_file(data: bytes, table: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return a number for every 32nd run of bytes whose first bits `table` has."""
    whole = len(data) // RUN
    words = np.frombuffer(data, "<u8", whole * RUN // 8).reshape(whole, RUN // 8)
    some = words[table[glanced(words)]]
    return hashed(some.view(np.uint8)) if len(some) else np.zeros(0, np.uint64)


def runs_of(data: bytes, form: Form) -> NDArray[np.uint64]:
    """Return a number for each run at any offset that no other file has by chance; of a text for one of eight."""
    if len(data) < RUN:
        return np.zeros(0, np.uint64)
    values = np.frombuffer(data, np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(values, RUN)
    changes = np.concatenate([[0], np.cumsum(values[1:] != values[:-1])])
    uneven = np.flatnonzero(changes[RUN - 1 :] - changes[: len(windows)] >= form.distinct - 1)
    found = [np.zeros(0, np.uint64)]
    for start in range(0, len(uneven), 100_000):
        some = windows[uneven[start : start + 100_000]]
        different = 1 + (np.diff(np.sort(some, axis=1), axis=1) != 0).sum(axis=1)
        found.append(hashed(some[different >= form.distinct]))
    known = np.concatenate(found)
    return known[known % np.uint64(EVERY) == 0] if form is Form.LETTERS else known
