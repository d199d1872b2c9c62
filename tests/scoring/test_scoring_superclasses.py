"""Accuracy by superclass: known values, and pandas as a second opinion."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from harness.scoring.classification import accuracy
from harness.scoring.superclasses import accuracies, hardest_superclass, superclass_accuracy

BELONGS = np.array([0, 0, 1, 1])


def test_a_mistake_within_the_superclass_counts_as_right() -> None:
    answers, labels = np.eye(4)[[0, 1, 2, 3]], np.array([0, 0, 0, 3])
    score = superclass_accuracy(answers, labels, BELONGS)
    assert accuracy(answers, labels).value == 0.5
    assert score.value == 0.75
    assert score.signature == "superclass_accuracy|by:likeliest class|superclasses:2|n:4|v:1"
    assert accuracies(answers, labels, BELONGS).tolist() == pytest.approx([1 / 3, 1])
    assert hardest_superclass(answers, labels, BELONGS).value == pytest.approx(1 / 3)


def test_the_likeliest_class_decides_and_not_the_sum() -> None:
    """0.3 + 0.3 would be the second superclass."""
    assert superclass_accuracy(np.array([[0.4, 0.0, 0.3, 0.3]]), np.array([1]), BELONGS).value == 1


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_pandas_and_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    k, n = int(rng.integers(4, 30)), int(rng.integers(20, 500))
    probabilities, labels = rng.random((n, k)), rng.integers(0, k, n)
    belongs = np.concatenate([np.arange(3), rng.integers(0, 3, k - 3)])
    answers = probabilities.argmax(axis=1)
    expected = metrics.accuracy_score(belongs[labels], belongs[answers])
    assert superclass_accuracy(probabilities, labels, belongs).value == pytest.approx(expected)
    frame = pd.DataFrame({"superclass": belongs[labels], "right": answers == labels})
    means = frame.groupby("superclass")["right"].mean()
    found = accuracies(probabilities, labels, belongs)
    assert found[means.index] == pytest.approx(means.to_numpy())
    assert hardest_superclass(probabilities, labels, belongs).value == pytest.approx(means.min())


def test_a_superclass_without_examples_is_not_the_hardest() -> None:
    answers = np.eye(4)[[0, 1]]
    assert hardest_superclass(answers, np.array([0, 1]), BELONGS).value == 1
    assert accuracies(answers, np.array([0, 1]), BELONGS).tolist() == [1, 0]


def test_as_many_superclasses_as_classes() -> None:
    with pytest.raises(ValueError, match="received"):
        superclass_accuracy(np.eye(4), np.arange(4), BELONGS[:3])
