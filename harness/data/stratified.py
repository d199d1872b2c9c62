"""A draw in which every label keeps its share.

The draws are those of `train_test_split` of scikit-learn, number by number: data of earlier runs are drawn so. They are
made here because loading that library takes longer than all else that a run does before its first training, and so that
no later version of it draws other data.
"""

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]


def split(n: int, size: int, labels: NDArray[np.integer] | None, seed: int) -> tuple[Places, Places]:
    """Return where the rest and where `size` drawn examples of `n` lie, 0 < size < n, each in an order by chance.

    `labels` (n,) keep their shares in both, as nearly as whole numbers can; None for a draw from all alike. Raises
    ValueError where a label is there once only, or one side has fewer places than there are labels.
    """
    rng = np.random.RandomState(seed)
    if labels is None:
        order = rng.permutation(n)
        return order[size:], order[:size]
    _, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    if min(counts) < 2 or min(size, n - size) < len(counts):
        raise ValueError(f"Expected room for {len(counts)} labels on both sides, each there twice at least.")
    kept = shares(counts, n - size, rng)
    drawn = shares(counts - kept, size, rng)
    members = np.split(np.argsort(place, kind="stable"), np.cumsum(counts)[:-1])
    mixed = [one[rng.permutation(len(one))] for one in members]
    rest = np.concatenate([one[:k] for one, k in zip(mixed, kept, strict=True)])
    taken = np.concatenate([one[k : k + d] for one, k, d in zip(mixed, kept, drawn, strict=True)])
    return rng.permutation(rest), rng.permutation(taken)


def shares(counts: NDArray[np.integer], size: int, rng: np.random.RandomState) -> Places:
    """Return how many of each label to take, `size` in all: by largest remainder, equal ones by chance."""
    exact = counts / counts.sum() * size
    found = np.floor(exact)
    remainders = exact - found
    left = int(size - found.sum())
    for remainder in np.unique(remainders)[::-1] if left else ():
        alike = np.flatnonzero(remainders == remainder)
        more = min(len(alike), left)
        found[rng.choice(alike, size=more, replace=False)] += 1
        left -= more
        if not left:
            break
    whole: Places = found.astype(np.intp)
    return whole
