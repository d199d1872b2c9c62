"""Accuracy, the gap and the confusion matrix: known values, and scikit-learn as a second opinion."""

import math

import numpy as np
import pytest
from sklearn import metrics

from harness.scoring.classification import (
    accuracy,
    behind,
    confusion,
    cross_entropy,
    gap,
    top_accuracy,
    within_budget,
)
from harness.scoring.score import Score

ROWS = [[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.0, 0.1, 0.9], [0.3, 0.4, 0.3]]


@pytest.mark.parametrize(
    ("labels", "share"),
    [([0, 1, 2, 1], 1), ([0, 1, 2, 0], 0.75), ([0, 1, 1, 0], 0.5), ([1, 0, 2, 2], 0.25), ([1, 0, 0, 2], 0)],
)
def test_accuracy_of_known_answers(labels: list[int], share: float) -> None:
    score = accuracy(np.array(ROWS), np.array(labels))
    assert score.value == share
    assert score.signature == "accuracy|n:4|v:1"
    assert score.sampling_error == pytest.approx(math.sqrt(share * (1 - share) / 4), abs=1e-15)


def test_ties_go_to_the_lowest_class() -> None:
    assert accuracy(np.full((3, 4), 0.25), np.array([0, 0, 3])).value == pytest.approx(2 / 3)
    assert accuracy(np.array([[0.2, 0.4, 0.4]]), np.array([1])).value == 1


def test_accuracy_of_probabilities_that_do_not_add_up_is_by_the_largest() -> None:
    assert accuracy(np.array([[3.0, 9.0]]), np.array([1])).value == 1


@pytest.mark.parametrize("seed", range(5))
def test_accuracy_and_confusion_agree_with_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k, n = int(rng.integers(2, 12)), int(rng.integers(1, 400))
    probabilities = rng.random((n, k), dtype=np.float32)
    labels = rng.integers(0, k, n)
    predicted = probabilities.argmax(axis=1)
    assert accuracy(probabilities, labels).value == pytest.approx(metrics.accuracy_score(labels, predicted), abs=1e-12)
    expected = metrics.confusion_matrix(labels, predicted, labels=range(k))
    assert np.array_equal(confusion(probabilities, labels), expected)


@pytest.mark.parametrize("seed", range(5))
def test_top_accuracy_agrees_with_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k, n = int(rng.integers(3, 12)), int(rng.integers(1, 400))
    probabilities, labels = rng.random((n, k), dtype=np.float32), rng.integers(0, k, n)
    for most in (1, 2, k - 1):
        expected = metrics.top_k_accuracy_score(labels, probabilities, k=most, labels=range(k))
        assert top_accuracy(probabilities, labels, most).value == pytest.approx(expected, abs=1e-12)
    assert top_accuracy(probabilities, labels, 1).value == accuracy(probabilities, labels).value


def test_top_accuracy_of_ties_and_of_few_classes() -> None:
    same = np.full((4, 6), 1 / 6)
    score = top_accuracy(same, np.array([0, 1, 2, 5]), 2)
    assert (score.value, score.signature) == (0.5, "top2_accuracy|n:4|v:1"), "ties go to the lowest class"
    assert top_accuracy(same, np.array([0, 1, 2, 5]), 9).value == 1, "there are no more classes to miss"


@pytest.mark.parametrize(("parameters", "value"), [(1, 0.8), (100, 0.8), (101, 0.8 / 1.01), (200, 0.4), (800, 0.1)])
def test_a_model_over_budget_loses_in_proportion(parameters: int, value: float) -> None:
    score = within_budget(Score(0.8, "a", 0.02), parameters, 100)
    assert score.value == pytest.approx(value)
    assert score.sampling_error == pytest.approx(value / 40)
    assert score.signature == f"within_budget|parameters:{parameters}|budget:100|of:a|v:1"


def test_confusion_has_true_classes_in_rows() -> None:
    counts = confusion(np.array(ROWS), np.array([2, 2, 2, 0]))
    assert counts.tolist() == [[0, 1, 0], [0, 0, 0], [1, 1, 1]]


@pytest.mark.parametrize("measure", [accuracy, confusion])
@pytest.mark.parametrize(("rows", "labels"), [(0, 0), (3, 2), (2, 3), (3, 0)])
def test_empty_or_unequal_input_is_refused(measure: object, rows: int, labels: int) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match="received"):
        measure(np.zeros((rows, 3)), np.zeros(labels, np.int64))


@pytest.mark.parametrize(("train", "test", "value"), [(0.9, 0.7, 0.2), (0.5, 0.5, 0), (0.4, 0.6, -0.2), (1, 0, 1)])
def test_the_gap_is_train_minus_test(train: float, test: float, value: float) -> None:
    score = gap(Score(train, "a"), Score(test, "b"))
    assert score.value == pytest.approx(value)
    assert score.signature == "gap|train:a|test:b|v:1"


def test_a_set_of_another_size_has_another_signature() -> None:
    one, two = (accuracy(np.eye(n), np.arange(n)).signature for n in (3, 4))
    assert one != two


@pytest.mark.parametrize("seed", range(3))
def test_cross_entropy_is_that_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    probabilities, labels = rng.dirichlet(np.ones(5), 40), rng.integers(0, 5, 40)
    found = cross_entropy(probabilities.astype(np.float32), labels)
    assert found.value == pytest.approx(metrics.log_loss(labels, probabilities, labels=range(5)), abs=1e-6)
    assert 0 < (found.sampling_error or 0) < found.value
    assert cross_entropy(3 * probabilities, labels).value == pytest.approx(found.value, abs=1e-6), "rows add up to 1"


def test_cross_entropy_stays_finite_where_the_true_class_has_nothing() -> None:
    rows = np.array([[0.0, 1.0], [0.0, 0.0]])
    assert cross_entropy(rows, np.array([0, 0])).value == pytest.approx(-np.log(1e-7))


def test_what_is_behind_is_missing_to_the_best() -> None:
    reached = accuracy(np.array(ROWS), np.array([0, 0, 0, 0]))
    found = behind(reached, 0.95)
    assert found.value == pytest.approx(0.95 - reached.value)
    assert found.sampling_error == reached.sampling_error
    assert "best:0.95" in found.signature
