"""Calibration error: known values, and scikit-learn's reliability curve as a second opinion."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from harness.scoring.calibration import calibration_error


def sure_of(*certainties: float) -> np.ndarray:
    """Return the probabilities of two classes, the first of which has these, all at least a half."""
    return np.array([[c, 1 - c] for c in certainties])


@pytest.mark.parametrize(
    ("certainties", "labels", "error"),
    [
        ([1.0, 1.0], [0, 0], 0),
        ([1.0, 1.0], [0, 1], 0.5),
        ([1.0, 1.0], [1, 1], 1),
        ([0.75, 0.75, 0.75, 0.75], [0, 0, 0, 1], 0),
        ([0.6, 0.9], [0, 0], 0.25),  # two bins, 0.4 and 0.1 off
        ([0.62, 0.66], [1, 0], 0.14),  # one bin: half right, 0.64 sure
    ],
)
def test_known_errors(certainties: list[float], labels: list[int], error: float) -> None:
    score = calibration_error(sure_of(*certainties), np.array(labels))
    assert score.value == pytest.approx(error, abs=1e-12)
    assert score.signature == f"ece|bins:15|width:equal|n:{len(labels)}|v:1"


def test_an_edge_belongs_to_the_bin_below() -> None:
    """0.6 is the upper edge of a bin of fifths; beside 0.55 the two mistakes even out, in bins of their own not."""
    assert calibration_error(sure_of(0.6, 0.55), np.array([1, 0]), bins=5).value == pytest.approx(0.075)
    assert calibration_error(sure_of(0.61, 0.55), np.array([1, 0]), bins=5).value == pytest.approx(0.53)


@pytest.mark.parametrize("seed", range(5))
def test_it_agrees_with_the_reliability_curve_of_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(50, 2_000)), int(rng.integers(2, 20))
    logits = 2 * rng.standard_normal((n, k))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.where(rng.random(n) < 0.6, probabilities.argmax(axis=1), rng.integers(0, k, n))
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    true, predicted = calibration_curve(right, sure, n_bins=15, strategy="uniform")
    counts, _ = np.histogram(sure, bins=15, range=(0, 1))
    expected = float(np.sum(counts[counts > 0] / n * np.abs(true - predicted)))
    assert calibration_error(probabilities, labels).value == pytest.approx(expected, abs=1e-12)


def test_the_same_answer_to_everything_can_be_calibrated() -> None:
    """Why an accuracy has to stand beside it."""
    assert calibration_error(np.full((10, 10), 0.1), np.arange(10)).value == pytest.approx(0)
