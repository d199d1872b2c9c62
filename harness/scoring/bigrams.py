"""Counting which token follows which: the language model that needs no learning, and that a network has to beat."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def bigram_logits(ids: NDArray[Any], size: int) -> NDArray[np.float64]:
    """Return ln p(next | last) as a table (size, size) from a stream of ids (n,) below `size`.

    p(b | a) = (c(a, b) + t(a) u(b)) / (c(a) + t(a)), where c counts, t(a) is how many kinds of tokens follow a, and
    u(b) = (c(b) + 1) / (n + size) is what follows anything: Witten and Bell (1991), method C, with u smoothed by one.
    What never stood before another token is followed by u.
    """
    followed = np.bincount(ids[:-1].astype(np.int64) * size + ids[1:], minlength=size * size).reshape(size, size)
    kinds = np.maximum((followed > 0).sum(axis=1, keepdims=True), 1)
    anything = (np.bincount(ids, minlength=size) + 1) / (len(ids) + size)
    return np.asarray(np.log((followed + kinds * anything) / (followed.sum(axis=1, keepdims=True) + kinds)))
