"""What a classifier takes for what: counts, and a few images of the worst pairs for a card to show."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_integers, check_least, check_numbers, check_rows

PAIRS: Final = 4
EACH: Final = 8  # images of a pair


def counted(labels: NDArray[Any], answers: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """Return counts (k, k) of labels (n,), by row, that got each of the answers (n,), by column.

    Raises ValueError for other shapes, and for labels or answers that are no integers below k.
    """
    check_least("classes", classes, 2)
    for what, values in (("labels", labels), ("answers", answers)):
        check_integers(what, values, below=classes)
    check_rows(labels=labels, answers=answers)
    return np.bincount(labels * classes + answers, minlength=classes * classes).reshape(classes, classes)


def worst_pairs(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return (p, 2): up to PAIRS pairs of a class and another one that it is taken for, most frequent first."""
    check_integers("counts", counts, 2)
    wrong = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    order = np.argsort(-wrong, axis=None, kind="stable")[:PAIRS]
    pairs = np.stack(np.divmod(order, len(counts)), axis=1).astype(np.int64)
    return pairs[wrong[pairs[:, 0], pairs[:, 1]] > 0]


def confused(
    labels: NDArray[Any], answers: NDArray[Any], images: NDArray[Any], sure: NDArray[Any], classes: int
) -> dict[str, NDArray[Any]]:
    """Return the evidence `confusion` (k, k), `confused_pairs` (p, 2) and `confused_images` (p, EACH, h, w, c).

    Labels and answers are integers (n,) below k, images (n, h, w, c) in [0, 1], which become uint8. Those of a pair
    stand in order of falling `sure` (n,); rows past a pair's count are black. Raises
    ValueError as `counted` does, and for NaN or infinity.
    """
    counts = counted(labels, answers, classes)
    check_numbers("images", images, 4)
    check_numbers("certainties", sure, 1)
    check_rows(labels=labels, images=images, certainties=sure)
    pairs = worst_pairs(counts)
    shown = np.zeros((len(pairs), EACH, *images.shape[1:]), dtype=np.uint8)
    for row, (true, taken) in zip(shown, pairs, strict=True):
        found = np.flatnonzero((labels == true) & (answers == taken))
        surest = found[np.argsort(-sure[found], kind="stable")][:EACH]
        row[: len(surest)] = np.round(255 * np.clip(images[surest], 0, 1)).astype(np.uint8)
    return {"confusion": counts, "confused_pairs": pairs, "confused_images": shown}
