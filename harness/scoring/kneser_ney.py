"""Interpolated Kneser-Ney: the best language model that only counts, and that a network has to beat."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_integers, check_least

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """What follows contexts of one length. Contexts are numbered; `known` are their names, in order.

    The name of a context is the number of the one without its oldest token, times the size, plus that token. What
    follows context i stands in `starts[i]:starts[i + 1]` of `tokens` and `discounted`, the shares that are left to it;
    `left` (contexts,) is the share that goes to the shorter context.
    """

    known: Longs
    starts: Longs
    tokens: Longs
    discounted: Floats
    left: Floats

    def among(self, shorter: Longs, oldest: Longs, size: int) -> Longs:
        """Return the numbers of contexts (n,), -1 for those not known, from those of the shorter ones."""
        names = shorter * size + oldest
        found = np.minimum(np.searchsorted(self.known, names), len(self.known) - 1)
        return np.where((shorter >= 0) & (self.known[found] == names), found, -1)

    def mixed(self, numbers: Longs, below: Floats) -> Floats:
        """Return shares (n, size) behind contexts, from those behind the shorter ones; theirs where none is known."""
        rows = np.flatnonzero(numbers >= 0)
        at, mixed = numbers[rows], below.copy()
        mixed[rows] *= self.left[at, None]
        many = self.starts[at + 1] - self.starts[at]
        taken = np.repeat(self.starts[at] - np.cumsum(many) + many, many) + np.arange(many.sum())
        mixed[np.repeat(rows, many), self.tokens[taken]] += self.discounted[taken]
        return mixed


@dataclass(frozen=True)
class KneserNey:
    """Counts of a stream of ids below `size`, by the length of the context: `levels[k]` are contexts of k tokens."""

    size: int
    levels: tuple[Level, ...]

    def log_shares(self, windows: NDArray[np.integer]) -> Floats:
        """Return ln p of every token behind `windows` (n, length) of ids, the latest at the end: float64 (n, size).

        Raises ValueError for anything but ids below `size`.
        """
        check_integers("windows", windows, 2, below=self.size)
        numbers = np.zeros(len(windows), dtype=np.int64)
        shares = self.levels[0].mixed(numbers, np.full((len(windows), self.size), 1 / self.size))
        for back, level in enumerate(self.levels[1 : windows.shape[1] + 1], 1):
            numbers = level.among(numbers, windows[:, -back].astype(np.int64), self.size)
            shares = level.mixed(numbers, shares)
        logs: Floats = np.log(shares)
        return logs


def kneser_ney(ids: NDArray[np.integer], size: int, order: int, discount: float | None = None) -> KneserNey:
    """Count n-grams of up to `order` tokens in a stream of ids (n,) below `size`.

    p(w | c) = max(N(c w) - D, 0) / N(c) + D T(c) / N(c) p(w | c without its oldest token), where T(c) is how many kinds
    of tokens follow c and D = n1 / (n1 + 2 n2) of those that follow once and twice, or `discount`. N counts in the
    longest contexts; in shorter ones it is how many kinds of tokens stand before. Below the shortest, all tokens are
    equally likely, so that none is impossible. Source: Chen and Goodman (1999), section 2.7, with one discount for each
    length. Raises ValueError for fewer than two ids, ids not below `size` and an order below 1.
    """
    check_least("order", order, 1)
    return next(islice(growing(ids, size, discount), order - 1, None))


def growing(ids: NDArray[np.integer], size: int, discount: float | None = None) -> Iterator[KneserNey]:
    """Yield the counts of `kneser_ney` of order 1, 2 and so on, which share those of shorter contexts.

    Raises ValueError as it does.
    """
    check_least("tokens", size, 1)
    check_integers("ids", ids, below=size)
    check_least("length of the stream", len(ids), 2)
    stream = ids.astype(np.int64)
    known, numbers = np.zeros(1, dtype=np.int64), np.zeros(len(stream), dtype=np.int64)
    levels: list[Level] = []
    for back in count():
        grams, times = np.unique(numbers * size + stream[back:], return_counts=True)
        yield KneserNey(size, (*levels, level(known, grams, times, size, discount)))
        longer = np.unique(numbers[1:] * size + stream[: -back - 1], return_inverse=True)
        once = np.unique(longer[1] * size + stream[back + 1 :])  # kinds of tokens before: every longer gram once
        names = longer[0][once // size] // size * size + once % size
        grams, times = np.unique(names, return_counts=True)
        levels.append(level(known, grams, times, size, discount))
        known, numbers = longer[0], longer[1].astype(np.int64)


def level(known: Longs, grams: Longs, times: NDArray[np.integer], size: int, discount: float | None) -> Level:
    """Return the shares behind the contexts `known` from grams, named as contexts are, and how often each stands."""
    contexts, counts = grams // size, times.astype(np.float64)
    once, twice = ((times == n).sum() for n in (1, 2))
    taken = discount if discount is not None else max(once, 1) / (max(once, 1) + 2 * max(twice, 1))
    starts = np.searchsorted(contexts, np.arange(len(known) + 1))
    totals = np.bincount(contexts, counts, minlength=len(known))
    left = np.where(totals > 0, taken * np.diff(starts) / np.maximum(totals, 1), 1.0)
    return Level(known, starts, grams % size, np.maximum(counts - taken, 0) / totals[contexts], left)
