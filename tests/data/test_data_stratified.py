"""Draws by label: those of scikit-learn, so that a class graded before is drawn the same data."""

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from harness.data.stratified import split


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("labelled", [True, False])
def test_draws_are_those_of_scikit_learn(seed: int, labelled: bool) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(60, 900))
    labels = np.concatenate([np.repeat(np.arange(10), 2), rng.integers(0, 10, n - 20) ** 2 // 9])
    if seed % 2:  # all equally often: remainders are alike, and chance decides between labels
        n, labels = 100, rng.permutation(np.repeat(np.arange(10), 10))
    for size in (10, 13, n // 3, n - 11):
        mine = split(n, size, labels if labelled else None, seed)
        theirs = train_test_split(
            np.arange(n), test_size=size, stratify=labels if labelled else None, random_state=seed
        )
        for one, other in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(("labels", "size"), [([0, 0, 0, 1], 2), ([0, 0, 1, 1, 2, 2], 2), ([0, 0, 1, 1], 3)])
def test_what_cannot_be_shared_out_is_refused_as_there(labels: list[int], size: int) -> None:
    for refusing in (
        lambda: split(len(labels), size, np.array(labels), 1),
        lambda: train_test_split(np.arange(len(labels)), test_size=size, stratify=labels, random_state=1),
    ):
        with pytest.raises(ValueError):
            refusing()
