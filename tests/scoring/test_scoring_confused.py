"""What is kept of a classifier's mistakes: counts, the worst pairs, and few small images of them."""

import numpy as np

from harness.scoring.confused import EACH, PAIRS, confused, worst_pairs

LABELS = np.array([0, 0, 0, 1, 1, 2, 2, 2])
ANSWERS = np.array([0, 1, 1, 1, 0, 1, 1, 1])
SURE = np.array([0.9, 0.4, 0.8, 0.7, 0.6, 0.5, 0.9, 0.7])
IMAGES = (np.arange(8) / 10).astype(np.float32).reshape(8, 1, 1, 1) * np.ones((1, 2, 2, 1), np.float32)


def test_the_most_frequent_mistakes_come_first_and_the_surest_images_of_them() -> None:
    found = confused(LABELS, ANSWERS, IMAGES, SURE, 4)
    assert found["confusion"].tolist() == [[1, 2, 0, 0], [1, 1, 0, 0], [0, 3, 0, 0], [0, 0, 0, 0]]
    assert found["confused_pairs"].tolist() == [[2, 1], [0, 1], [1, 0]]
    assert found["confused_images"].shape == (3, EACH, 2, 2, 1)
    assert found["confused_images"].dtype == np.uint8
    assert found["confused_images"][0, :, 0, 0, 0].tolist() == [153, 178, 128, 0, 0, 0, 0, 0]
    assert found["confused_images"][1, :2, 0, 0, 0].tolist() == [51, 26]


def test_pixels_beyond_the_range_are_cut_and_no_mistake_leaves_nothing() -> None:
    found = confused(LABELS, ANSWERS, 9 * IMAGES - 1, SURE, 3)
    assert {0, 255} <= set(found["confused_images"].ravel().tolist())
    assert confused(LABELS, LABELS, IMAGES, SURE, 3)["confused_images"].shape == (0, EACH, 2, 2, 1)


def test_a_few_pairs_are_enough_and_ties_keep_their_order() -> None:
    counts = np.ones((10, 10), dtype=np.int64)
    assert worst_pairs(counts).tolist() == [[0, 1], [0, 2], [0, 3], [0, 4]]
    assert len(worst_pairs(counts)) == PAIRS
    assert worst_pairs(np.diag([5, 5])).tolist() == []
    assert worst_pairs(np.array([[3]])).tolist() == []
