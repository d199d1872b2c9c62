"""Measures of numbers against scikit-learn, and naive answers against what they are defined by."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn import metrics

from harness.scoring.linear import ridge_predictions
from harness.scoring.regression import (
    mean_absolute_error,
    mean_squared_error,
    root_mean_squared_error,
    skill_over_mean,
)
from harness.scoring.signs import number_signs

RNG = np.random.default_rng(0)
TRUTH, TRAINING = RNG.normal(3, 2, (50, 3)), RNG.normal(3, 2, (90, 3))
PREDICTED = TRUTH + RNG.normal(0, 1, TRUTH.shape)


def test_errors_are_those_of_scikit_learn() -> None:
    assert mean_squared_error(PREDICTED, TRUTH).value == pytest.approx(metrics.mean_squared_error(TRUTH, PREDICTED))
    assert mean_absolute_error(PREDICTED, TRUTH).value == pytest.approx(metrics.mean_absolute_error(TRUTH, PREDICTED))
    root = root_mean_squared_error(PREDICTED, TRUTH)
    assert root.value == pytest.approx(math.sqrt(metrics.mean_squared_error(TRUTH, PREDICTED)))
    assert root.signature == "rmse|n:50|numbers:3|v:1"


def test_the_sampling_error_is_that_of_a_mean_over_examples() -> None:
    from scipy.stats import sem

    rows = ((PREDICTED - TRUTH) ** 2).mean(axis=1)
    assert mean_squared_error(PREDICTED, TRUTH).sampling_error == pytest.approx(sem(rows))
    assert mean_squared_error(PREDICTED[:1], TRUTH[:1]).sampling_error is None
    assert root_mean_squared_error(TRUTH, TRUTH).sampling_error is None


def test_skill_is_one_where_all_is_right_and_zero_at_the_mean() -> None:
    mean = np.broadcast_to(TRAINING.mean(axis=0), TRUTH.shape)
    assert skill_over_mean(TRUTH, TRUTH, TRAINING).value == 1
    assert skill_over_mean(mean, TRUTH, TRAINING).value == pytest.approx(0)
    assert skill_over_mean(mean + 5, TRUTH, TRAINING).value < 0
    with pytest.raises(ValueError, match="differ from the mean"):
        skill_over_mean(TRUTH, np.ones((4, 3)), np.ones((9, 3)))


def test_float16_is_summed_in_float64() -> None:
    large = np.full((2_000, 1), 250, np.float16)
    assert mean_squared_error(large, np.zeros((2_000, 1))).value == 62_500


@pytest.mark.parametrize("shapes", [((3, 1), (3,)), ((3,), (3,)), ((3, 1), (4, 1)), ((0, 2), (0, 2))])
def test_other_shapes_are_refused(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    one, two = (np.zeros(shape) for shape in shapes)
    for measure in (mean_squared_error, mean_absolute_error, root_mean_squared_error):
        with pytest.raises(ValueError, match="received"):
            measure(one, two)


def test_ridge_regression_is_the_solution_of_its_equations() -> None:
    x = RNG.normal(5, 3, (80, 2, 2))
    y = x.reshape(80, 4) @ RNG.normal(size=(4, 2)) + RNG.normal(0, 0.1, (80, 2))
    scaled = (x.reshape(80, 4) - x.reshape(80, 4).mean(axis=0)) / x.reshape(80, 4).std(axis=0)
    weights = np.linalg.solve(scaled.T @ scaled + np.eye(4), scaled.T @ (y - y.mean(axis=0)))
    (found,) = ridge_predictions(x, y, [x])
    assert found == pytest.approx(scaled @ weights + y.mean(axis=0))


@pytest.mark.parametrize("y", [np.arange(6.0)[:, None], np.ones((6, 1))])
def test_one_target_stays_a_column(y: NDArray[np.float64]) -> None:
    assert ridge_predictions(np.eye(6), y, [np.eye(6)[:2]])[0].shape == (2, 1)


def test_signs_of_targets_that_do_not_vary_are_none() -> None:
    assert number_signs(np.ones((4, 1)), np.ones((4, 1))) == {}
    assert number_signs(np.zeros((0, 1)), np.zeros((0, 1))) == {}
    half = np.stack([np.arange(4.0), np.ones(4)], axis=1)
    assert number_signs(half, half)["number_spread"] == 1
