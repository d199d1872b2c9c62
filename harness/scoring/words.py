"""What embeddings and scores say of words: nearest words, and whether the order of words counts."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_integers, check_least, check_numbers, check_rows, check_same_shape
from harness.scoring.linear import flat
from harness.scoring.score import Score


def similarities(vectors: NDArray[Any], asked: Sequence[int]) -> NDArray[np.float64]:
    """Return the cosines of the rows `asked` of vectors (n, size) with all of them, (asked, n); 0 with a row of zeros.

    Raises ValueError for other shapes, NaN and infinity.
    """
    check_numbers("vectors", vectors, 2)
    rows = vectors.astype(np.float64)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    return np.asarray(unit[list(asked)] @ unit.T)


def nearest(cosines: NDArray[Any], asked: Sequence[int], k: int, first: int = 0) -> NDArray[np.int64]:
    """Return the k ids from `first` on that are nearest to each id `asked`, (asked, k), itself left out.

    `cosines` (asked, n) are as `similarities` returns them. Of equals the lower id comes first. Raises ValueError for
    other shapes, NaN, infinity, and a k below 1.
    """
    check_numbers("cosines", cosines, 2)
    check_least("k", k, 1)
    check_integers("ids asked about", np.asarray(asked), below=cosines.shape[1])
    check_rows(cosines=cosines, asked=np.asarray(asked))
    near = cosines.astype(np.float64)  # a copy
    near[:, :first] = -np.inf
    near[np.arange(len(near)), list(asked)] = -np.inf
    return np.argsort(-near, axis=1, kind="stable")[:, :k]


def neighbours_shared(found: NDArray[Any], given: NDArray[Any]) -> Score:
    """Return the share of nearest words (asked, k) that are nearest words of the same word in `given` too, in [0, 1].

    Raises ValueError for unequal shapes and what is no id.
    """
    check_integers("nearest words", found, 2)
    check_integers("nearest words in the given vectors", given, 2)
    check_same_shape(found=found, given=given)
    shared = [len(set(one) & set(other)) for one, other in zip(found.tolist(), given.tolist(), strict=True)]
    return Score(float(sum(shared)) / found.size, f"neighbours|words:{len(found)}|k:{found.shape[1]}|v:1")


def largest_change(before: NDArray[Any], after: NDArray[Any], named: str) -> Score:
    """Return the largest difference of two arrays of scores (n,), in [0, 1] for probabilities; `named` says of what.

    Raises ValueError for other shapes, NaN and infinity.
    """
    check_numbers("scores", before, 1)
    check_numbers("scores", after, 1)
    check_same_shape(before=before, after=after)
    change = np.abs(after.astype(np.float64) - before.astype(np.float64)).max()
    return Score(float(change), f"largest_change|{named}|n:{len(before)}|v:1")


def votes(counts: Any, labels: NDArray[Any], asked: Sequence[Any]) -> list[NDArray[np.float64]]:
    """Return class probabilities (n, 2) by counting words for and against, for each array of counts `asked` (n, ids).

    A word counts for the class in whose training texts `counts` (m, ids) it stands more often, by naive Bayes:
    scikit-learn's MultinomialNB, alpha=1. `labels` (m,) are 0 and 1, both there. An array `asked` may be empty. Raises
    ValueError for other labels, unequal lengths, NaN, infinity and numbers below 0.
    """
    from sklearn.naive_bayes import MultinomialNB

    check_integers("labels", labels, below=2)
    if len(np.unique(labels)) < 2:
        raise ValueError(f"Expected labels of both classes, received {np.unique(labels)}.")
    rows = flat(counts)
    if rows.shape[0] != len(labels):
        raise ValueError(f"Expected as many texts as labels, received {rows.shape[0]} and {len(labels)}.")
    model = MultinomialNB().fit(rows, labels)
    wanted = [flat(a) for a in asked]
    return [np.asarray(model.predict_proba(a)) if a.shape[0] else np.zeros((0, 2)) for a in wanted]
