"""What codes have kept of the classes: hand-made codes, and brute force over every assignment."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.scoring.representation import cluster_accuracy, in_the_plane, probed

CENTRES = np.array([[0, 0], [100, 0], [0, 100], [100, 100]], np.float32)


def around(clusters: list[int] | NDArray[np.int64], seed: int = 0) -> NDArray[np.float32]:
    """Return one code per entry, close to the centre of its cluster, so that k-means cannot miss."""
    noise = np.random.default_rng(seed).normal(size=(len(clusters), 2))
    return CENTRES[clusters] + noise.astype(np.float32)


def best_assignment(clusters: NDArray[np.int64], labels: NDArray[np.int64], k: int) -> tuple[int, ...]:
    """Return the class of each cluster, by trying all; the best must be the only one."""
    agree = {p: int(np.sum(np.array(p)[clusters] == labels)) for p in permutations(range(k))}
    first, second = sorted(agree.values(), reverse=True)[:2]
    assert first > second
    return max(agree, key=agree.__getitem__)


@pytest.mark.parametrize("k", [2, 3, 4])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_assignment_is_the_best_of_all_permutations(k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    clusters, labels = np.concatenate([np.arange(k), rng.integers(0, k, 61)]), rng.integers(0, k, 61 + k)
    labels[:k] = np.arange(k)
    test_clusters, test_labels = rng.integers(0, k, 37), rng.integers(0, k, 37)
    hungarian, majority = cluster_accuracy(around(clusters), labels, around(test_clusters, 9), test_labels)
    expected = np.array(best_assignment(clusters, labels, k))
    assert hungarian.value == pytest.approx(np.mean(expected[test_clusters] == test_labels), abs=1e-12)
    votes = np.array([np.bincount(labels[clusters == c], minlength=k).argmax() for c in range(k)])
    assert majority.value == pytest.approx(np.mean(votes[test_clusters] == test_labels), abs=1e-12)


def test_two_clusters_of_one_class_count_once_by_assignment_and_twice_by_majority() -> None:
    clusters = [0] * 6 + [1] * 6 + [2] * 6
    labels = np.array([0] * 6 + [0] * 5 + [1] + [2] * 6)
    hungarian, majority = cluster_accuracy(around(clusters), labels, around(clusters, 5), labels)
    assert hungarian.value == pytest.approx(13 / 18)
    assert majority.value == pytest.approx(17 / 18)
    assert hungarian.sampling_error == pytest.approx(np.sqrt(13 / 18 * 5 / 18 / 18))


def test_the_test_labels_do_not_choose_the_assignment() -> None:
    """Trained on two classes, tested with labels swapped: a rule fitted to the test labels would reach 1."""
    clusters, labels = [0] * 9 + [1] * 9, np.array([0] * 9 + [1] * 9)
    hungarian, majority = cluster_accuracy(around(clusters), labels, around(clusters), 1 - labels)
    assert hungarian.value == majority.value == 0


def test_classes_need_not_count_from_zero() -> None:
    clusters, labels = [0] * 9 + [1] * 9 + [2] * 9, np.repeat([9, 3, 7], 9)
    hungarian, majority = cluster_accuracy(around(clusters), labels, around(clusters, 1), labels)
    assert hungarian.value == majority.value == 1


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_collapsed_code_is_worth_the_most_frequent_class() -> None:
    labels = np.array([0] * 5 + [1] * 3 + [2] * 2)
    codes = np.ones((10, 4), np.float32)
    _, majority = cluster_accuracy(codes, labels, codes, labels)
    assert majority.value == pytest.approx(0.5)


@pytest.mark.parametrize("measure", [cluster_accuracy, probed])
def test_nothing_to_test_on_is_refused(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match="at least one number in test codes"):
        measure(around([0, 1]), np.array([0, 1]), np.empty((0, 2), np.float32), np.empty(0, np.int64))


def test_a_probe_reads_separable_codes_without_error() -> None:
    labels = np.repeat([0, 1, 2, 3], 10)
    score, *_ = probed(around(labels), labels, around(labels, 1), labels)
    assert (score.value, score.sampling_error) == (1, 0)
    assert score.signature == "probe|logreg:C1,standardised|train:40|n:40|d:2|v:1"


def test_a_probe_finds_nothing_in_noise() -> None:
    rng = np.random.default_rng(0)
    codes, labels = rng.normal(size=(600, 3)), rng.integers(0, 2, 600)
    score, *_ = probed(codes[:300], labels[:300], codes[300:], labels[300:])
    assert 0.4 < score.value < 0.6


def test_a_probe_does_not_depend_on_scale_or_shift_of_the_codes() -> None:
    """Students choose the scale of a code; it must not earn or cost marks."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 400)
    codes = rng.normal(size=(400, 4)) + labels[:, None] * [1, 0.5, 0, 0]
    plain, scaled = (
        probed(c[:200], labels[:200], c[200:], labels[200:])[0].value
        for c in (codes, codes * [1e-4, 1e3, 50, 1] + [0, 7e3, -3, 1])
    )
    assert 0.4 < plain < 0.95
    assert scaled == pytest.approx(plain, abs=1e-12)


def test_a_probe_agrees_with_newton_s_method() -> None:
    """Two classes, L2 with C = 1, intercept not penalised: minimise by Newton steps in NumPy."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 500)
    codes = rng.normal(size=(500, 3)) * [1, 5, 0.2] + labels[:, None] * [1, 0, 0.1]
    train, test = codes[:250], codes[250:]
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    x, x_test = (np.column_stack([(c - mean) / deviation, np.ones(len(c))]) for c in (train, test))
    weights, penalty = np.zeros(4), np.diag([1.0, 1, 1, 0])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        hessian = x.T @ (x * (p * (1 - p))[:, None]) + penalty
        weights -= np.linalg.solve(hessian, x.T @ (p - labels[:250]) + penalty @ weights)
    expected = np.mean((x_test @ weights > 0) == labels[250:])
    assert probed(train, labels[:250], test, labels[250:])[0].value == pytest.approx(expected, abs=0.005)


def test_the_plane_keeps_distances_of_flat_codes_and_has_most_variance_first() -> None:
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(40, 2)) * [5, 1]
    turned = flat @ np.linalg.qr(rng.normal(size=(6, 6)))[0][:2] + 3
    points = in_the_plane(turned.astype(np.float32))
    assert points.shape == (40, 2) and points.dtype == np.float32
    assert points[:, 0].std() > points[:, 1].std()
    for i, j in ((0, 1), (5, 30)):
        assert np.linalg.norm(points[i] - points[j]) == pytest.approx(np.linalg.norm(flat[i] - flat[j]), rel=1e-4)


def test_codes_that_do_not_vary_lie_in_one_point() -> None:
    assert np.array_equal(in_the_plane(np.full((7, 5), 3, np.float32)), np.zeros((7, 2)))


@pytest.mark.parametrize("shape", [(9, 1), (1, 5)])
def test_the_plane_has_two_axes_whatever_the_codes(shape: tuple[int, int]) -> None:
    assert in_the_plane(np.random.default_rng(0).random(shape).astype(np.float32)).shape == (shape[0], 2)
