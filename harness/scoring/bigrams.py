"""Counting which token follows which: the language model that needs no learning, and that a network has to beat."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_integers, check_least


def bigram_logits(ids: NDArray[Any], size: int) -> NDArray[np.float64]:
    """Return ln p(next | last) as a table (size, size) from a stream of ids (n,) below `size`.

    p(b | a) = (c(a, b) + t(a) u(b)) / (c(a) + t(a)), where c counts, t(a) is how many kinds of tokens follow a, and
    u(b) = (c(b) + 1) / (n + size) is what follows anything: Witten and Bell (1991), method C, with u smoothed by one.
    What never stood before another token is followed by u. Raises ValueError for fewer than two ids, and for
    ids that are not below `size`.
    """
    check_least("tokens", size, 1)
    check_integers("ids", ids, below=size)
    check_least("length of the stream", len(ids), 2)
    followed = np.bincount(ids[:-1].astype(np.int64) * size + ids[1:], minlength=size * size).reshape(size, size)
    kinds = np.maximum((followed > 0).sum(axis=1, keepdims=True), 1)
    anything = (np.bincount(ids, minlength=size) + 1) / (len(ids) + size)
    return np.asarray(np.log((followed + kinds * anything) / (followed.sum(axis=1, keepdims=True) + kinds)))
