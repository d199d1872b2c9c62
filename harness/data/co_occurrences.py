"""Vectors of words from how often they stand near one another."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROOT_MEAN_SQUARE: Final = 0.5


def word_vectors(texts: Iterable[Sequence[str]], size: int, window: int) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return the words of texts, sorted, and a vector for each, float32 (words, size).

    Words within `window` of one another in a text are counted; the positive pointwise mutual information of these
    counts is cut to its `size` largest singular directions, each scaled by the square root of its singular value, and
    vectors are scaled so that the root mean square of all numbers is 0.5, about that of GloVe's. Source: Levy, Goldberg
    and Dagan 2015, Improving Distributional Similarity, sections 2.1 and 2.2, and 3.3 for the square root.
    """
    texts = list(texts)
    words = tuple(sorted({word for text in texts for word in text}))
    information = positive_information(counted(texts, {word: i for i, word in enumerate(words)}, window))
    left, values, _ = np.linalg.svd(information)
    found = left[:, :size] * np.sqrt(values[:size])
    return words, (ROOT_MEAN_SQUARE * found / np.sqrt((found**2).mean())).astype(np.float32)


def counted(texts: Iterable[Sequence[str]], place: Mapping[str, int], window: int) -> NDArray[np.float64]:
    """Return how often each word stands within `window` of each other one (words, words), symmetric."""
    counts = np.zeros((len(place), len(place)))
    for text in texts:
        ids = [place[word] for word in text]
        for i, one in enumerate(ids):
            for other in ids[max(0, i - window) : i]:
                counts[one, other] += 1
    return counts + counts.T


def positive_information(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return max(0, ln(P(a, b) / (P(a) P(b)))) of counts (n, n), 0 where nothing was counted."""
    total, each = counts.sum(), counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        information = np.log(counts * total / np.outer(each, each))
    return np.where(counts > 0, np.maximum(information, 0), 0)
