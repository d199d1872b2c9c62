"""Nearest words and what order and padding do to scores, beside scikit-learn and by hand."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from harness.scoring.linear import id_counts
from harness.scoring.words import largest_change, nearest, neighbours_shared, similarities, votes


def test_cosines_are_those_of_scikit_learn() -> None:
    rows = np.random.default_rng(1).normal(size=(30, 5)).astype(np.float32)
    rows[4] = 0
    assert similarities(rows, [3, 4, 9]) == pytest.approx(cosine_similarity(rows[[3, 4, 9]], rows), abs=1e-6)


def test_nearest_words_leave_out_the_word_itself_and_ids_that_are_no_words() -> None:
    cosines = np.array([[0.9, 0.2, 1.0, 0.3, 0.3, -1.0], [0.9, 0.8, 0.1, 0.2, 0.5, 1.0]])
    assert nearest(cosines, [2, 5], 2, first=2).tolist() == [[3, 4], [4, 3]]
    assert nearest(cosines, [2, 5], 1).tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("found", "given", "share"),
    [
        ([[1, 2, 3]], [[3, 1, 2]], 1.0),
        ([[1, 2, 3]], [[4, 5, 6]], 0.0),
        ([[1, 2], [7, 8]], [[2, 9], [8, 7]], 0.75),
    ],
)
def test_neighbours_are_shared_in_any_order(found: Any, given: Any, share: float) -> None:
    assert neighbours_shared(np.array(found), np.array(given)).value == share


def test_the_largest_change_counts() -> None:
    assert largest_change(np.array([0.1, 0.9]), np.array([0.3, 0.8]), "order").value == pytest.approx(0.2)
    assert largest_change(np.array([0.1]), np.array([0.1]), "order").value == 0


def test_votes_count_words_as_naive_bayes_by_hand() -> None:
    ids = np.array([[2, 2, 0], [2, 3, 0], [3, 3, 0], [3, 3, 3]])
    labels = np.array([0, 0, 1, 1])
    asked = np.array([[2, 0, 0], [3, 2, 0]])
    (found,) = votes(id_counts(ids, 4), labels, [id_counts(asked, 4)])
    # by hand, with one added to each count: of words 0, 1, 2, 3 class 0 has 3, 1, 4, 2 of 10, class 1 has 2, 1, 1, 6
    weights = np.array([[3, 1, 4, 2], [2, 1, 1, 6]]) / 10
    joint = np.array([[weights[c, row].prod() / 2 for c in (0, 1)] for row in asked])
    assert found == pytest.approx(joint / joint.sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    "call",
    [
        lambda: similarities(np.array([[np.nan, 1.0]]), [0]),
        lambda: nearest(np.ones((1, 3)), [3], 1),
        lambda: nearest(np.ones((1, 3)), [0], 0),
        lambda: neighbours_shared(np.array([[1]]), np.array([[1, 2]])),
        lambda: largest_change(np.array([0.1]), np.array([0.1, 0.2]), "order"),
    ],
)
def test_what_cannot_be_measured_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match="Expected"):
        call()
