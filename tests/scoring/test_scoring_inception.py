"""Inception Score, its classifier and its guards: known values; Keras, SciPy and naive loops as second opinions."""

import math
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist, pdist
from scipy.special import softmax
from scipy.stats import entropy, norm

from harness.data.base import Sizes
from harness.data.classifier import digits_classifier
from harness.data.load import load
from harness.scoring.alike import TURNS, features, nearest_moved
from harness.scoring.divergence import gaussian_kl, kl_error
from harness.scoring.drawings import moved, pca_drawn, pca_drawn_by_class
from harness.scoring.frechet import frechet_distance
from harness.scoring.generated import (
    Guards,
    agreement,
    class_balance,
    diversity,
    originality,
    sound_distance,
    sound_score,
)
from harness.scoring.inception import classify, inception_score
from harness.scoring.score import Score

RNG = np.random.default_rng(0)
DIGITS = load("digits", (), Sizes(train=1_000, val=0, test=1_000)).arrays
X, Y = DIGITS["x_test"], DIGITS["y_test"]


# ------------------------------------------------------------------------------------------------------------- score


@pytest.mark.parametrize(
    ("logits", "value"),
    [
        (np.eye(10) * 1e4, 10),
        (np.repeat(np.eye(10), 7, axis=0) * 1e4, 10),
        (np.zeros((5, 10)), 1),
        (np.tile(RNG.normal(size=10), (4, 1)), 1),
        (np.eye(10)[[3]] * 1e4, 1),
        (np.eye(10)[[0, 0, 0, 1]] * 1e4, math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))),
        (np.eye(10)[[0, 5]] * 3e38, 2),
    ],
)
def test_scores_known_by_heart(logits: np.ndarray, value: float) -> None:
    assert inception_score(logits.astype(np.float32), "c").value == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(("n", "scale"), [(1, 1), (20, 0.1), (500, 3), (500, 40)])
def test_the_score_is_what_scipy_s_entropy_gives(n: int, scale: float) -> None:
    logits = (scale * RNG.normal(size=(n, 10))).astype(np.float32)
    p = softmax(logits.astype(np.float64), axis=1)
    expected = math.exp(np.mean([entropy(row, p.mean(axis=0)) for row in p]))
    assert inception_score(logits, "c").value == pytest.approx(expected, rel=1e-9)


def test_the_signature_names_classifier_number_and_splits() -> None:
    classifier = digits_classifier()
    score = inception_score(np.zeros((3, 10)), classifier.name)
    assert score.signature == f"IS|clf:{classifier.name}|n:3|splits:1|scale:0..1|v:1"
    assert classifier.name.startswith("digits-cnn@sha256:")


@pytest.mark.parametrize("shape", [(0, 10), (10,), (0,)])
def test_nothing_is_no_score(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="received"):
        inception_score(np.zeros(shape), "c")


# -------------------------------------------------------------------------------------------------------- classifier


def test_the_classifier_reads_real_digits() -> None:
    logits = classify(digits_classifier().weights, X)
    assert np.mean(logits.argmax(axis=1) == Y) > 0.99
    assert inception_score(logits, "c").value == pytest.approx(9.82, abs=0.06)


def test_images_are_taken_one_by_one() -> None:
    """Chunks end anywhere, and no image changes the answer for another one."""
    weights = digits_classifier().weights
    whole = classify(weights, X[:601])
    assert classify(weights, X[250:251])[0] == pytest.approx(whole[250], abs=1e-4)
    assert classify(weights, X[600:601])[0] == pytest.approx(whole[600], abs=1e-4)
    assert classify(weights, X[:2].astype(np.float64)).dtype == np.float32


@pytest.mark.parametrize("value", [-1.0, 2.0, 255.0, np.nan])
def test_other_ranges_are_refused(value: float) -> None:
    images = X[:2].copy()
    images[1, 3, 3] = value
    with pytest.raises(ValueError, match="images"):
        classify(digits_classifier().weights, images)


def script() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "tools" / "train_digit_classifier.py"
    spec = spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_forward_pass_is_that_of_keras() -> None:
    weights = digits_classifier().weights
    model = script().classifier()
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([weights[f"{layer.name}_{w.name}"] for w in layer.weights])
    images = np.concatenate([X[:300], RNG.random((300, 28, 28, 1), dtype=np.float32)])
    assert classify(weights, images) == pytest.approx(model.predict(images, verbose=0), abs=2e-3)


# ------------------------------------------------------------------------------------------------------------ guards


def guarded(made: np.ndarray, real: np.ndarray = X) -> tuple[Score, Guards]:
    """Return the Inception Score of samples, and what guards it."""
    weights, train = digits_classifier().weights, DIGITS["x_train"]
    logits, seen = classify(weights, made), classify(weights, real).argmax(axis=1)
    varied = diversity(made, logits.argmax(axis=1), real, seen, 10)
    return inception_score(logits, "c"), Guards(varied, *originality(made, real, train))


def test_ten_digits_learnt_by_heart_beat_real_ones_and_are_caught() -> None:
    one_each = [np.flatnonzero(DIGITS["y_train"] == c)[1] for c in range(10)]
    score, guards = guarded(DIGITS["x_train"][np.tile(one_each, 50)])
    assert score.value > inception_score(classify(digits_classifier().weights, X), "c").value
    assert guards.diversity.value == pytest.approx(0, abs=1e-6) and guards.novelty.value < 0.02
    assert sound_score(score, guards).value == pytest.approx(1, abs=0.01)


def test_training_images_handed_back_are_varied_but_not_new() -> None:
    _, guards = guarded(DIGITS["x_train"][:500])
    assert guards.diversity.value == pytest.approx(1, abs=0.1) and guards.distinct.value > 0.9
    assert guards.novelty.value == pytest.approx(0, abs=0.02)
    _, guards = guarded(X)
    assert guards.novelty.value == guards.distinct.value == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda images: np.roll(images, (1, -1), axis=(1, 2)),
        lambda images: moved(images, 3),
        lambda images: np.clip(images * 1.3, 0, 1),
    ],
    ids=["by a pixel", "and turned", "brighter"],
)
def test_training_images_that_were_moved_are_no_new_ones(change: Callable[[np.ndarray], np.ndarray]) -> None:
    score, guards = guarded(change(DIGITS["x_train"][:500]))
    assert score.value > 9 and guards.diversity.value > 0.9, "nothing else would tell"
    assert guards.novelty.value < 0.5
    assert sound_score(score, guards).value == 1


def near(n: int, share: float) -> np.ndarray:
    """Return `n` training images, each mixed with the one nearest to it of its class, and with more contrast."""
    x, y, found = DIGITS["x_train"], DIGITS["y_train"], []
    for i in range(n):
        same = np.flatnonzero(y == y[i])
        apart = np.sum((x[same] - x[i]) ** 2, axis=(1, 2, 3))
        found.append(share * x[i] + (1 - share) * x[same[np.argsort(apart)[1]]])
    return np.clip((np.array(found) - 0.5) * 2 + 0.5, 0, 1)


@pytest.mark.parametrize("share", [0.7, 0.5])
def test_mixtures_of_two_training_images_are_hardly_new(share: float) -> None:
    score, guards = guarded(near(500, share))
    assert score.value > 9 and min(guards.diversity.value, guards.distinct.value) > 0.9, "nothing else would tell"
    assert sound_score(score, guards).value < 3


def test_ten_new_digits_moved_about_are_few() -> None:
    one_each = [np.flatnonzero(c == Y)[1] for c in range(10)]
    _, guards = guarded(moved(X[np.tile(one_each, 50)], 3))
    assert guards.diversity.value > 0.8, "nothing else would tell"
    assert guards.distinct.value < 0.1 and guards.held() == 0


def test_the_nearest_is_found_wherever_it_was_moved() -> None:
    train = DIGITS["x_train"][:300]
    apart, place = nearest_moved(np.roll(train[40:60], 2, axis=2), train)
    assert place.tolist() == list(range(40, 60)) and np.all(apart < 0.1)
    again = nearest_moved(np.roll(train[40:60], 2, axis=2), train)
    assert np.array_equal(apart, again[0]), "to the last bit"


def test_the_nearest_is_what_cdist_finds_among_all_turns() -> None:
    images, train = X[:50], DIGITS["x_train"][:200]
    expected = np.min([cdist(features(images, turn), features(train)).min(axis=1) for turn in TURNS], axis=0)
    assert nearest_moved(images, train)[0] == pytest.approx(expected, abs=1e-3)


def test_black_and_coloured_pictures_have_a_place() -> None:
    black = np.zeros((2, 8, 6, 3), np.float32)
    assert np.all(nearest_moved(black, black)[0] == 0)


def test_principal_components_draw_what_no_network_is_needed_for() -> None:
    train, labels = DIGITS["x_train"], DIGITS["y_train"]
    codes, asked = RNG.standard_normal((300, 10)), np.arange(300) % 10
    plain, by_class = pca_drawn(train, 10, codes), pca_drawn_by_class(train, labels, asked, codes)
    assert plain.shape == by_class.shape == (300, 28, 28, 1) and plain.min() >= 0 and by_class.max() <= 1
    seen = classify(digits_classifier().weights, by_class).argmax(axis=1)
    assert np.mean(seen == asked) > 0.9 and originality(by_class, X, train)[0].value > 0.9
    assert np.mean(plain[:, 0, 0]) < 0.1 and np.allclose(
        pca_drawn(train, 10, 0 * codes)[0], train.mean(axis=0), atol=1e-5
    )


def test_frechet_distance_is_that_of_gaussians() -> None:
    points = RNG.standard_normal((4000, 3))
    made, real = points * [1, 2, 3] + [1, 0, 0], points @ np.linalg.qr(RNG.standard_normal((3, 3)))[0]
    here, there = np.cov(made.T), np.cov(real.T)
    expected = np.sum((made.mean(0) - real.mean(0)) ** 2) + np.trace(here + there - 2 * sqrtm(here @ there).real)
    assert frechet_distance(made, real, "f").value == pytest.approx(expected, rel=1e-9)
    assert frechet_distance(real, real, "f").value == pytest.approx(0, abs=1e-9)


def test_diversity_is_the_root_mean_square_of_distances_within_classes() -> None:
    made, real = RNG.random((2, 60, 4, 4, 1))
    made_labels, real_labels = (np.arange(60) % 4 for _ in range(2))

    def rms(images: np.ndarray, labels: np.ndarray, c: int) -> float:
        return math.sqrt(np.mean(pdist(images[labels == c].reshape(-1, 16)) ** 2))

    expected = np.mean([rms(made, made_labels, c) / rms(real, real_labels, c) for c in range(4)])
    assert diversity(made, made_labels, real, real_labels, 4).value == pytest.approx(expected, rel=1e-12)


def test_a_class_that_is_never_made_counts_as_no_diversity() -> None:
    half = Y < 5
    assert diversity(X[half], Y[half], X, Y, 10).value == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("labels", "value"), [([0, 1, 2, 3], 1), ([2, 2, 2], 0), ([0, 0, 1, 1], 0.5), ([0, 0, 0, 1], 0.40563906)]
)
def test_class_balance_is_a_share_of_the_largest_entropy(labels: list[int], value: float) -> None:
    assert class_balance(np.array(labels), 4).value == pytest.approx(value)


def test_agreement_has_a_sampling_error() -> None:
    score = agreement(np.array([1, 2, 3, 4]), np.array([1, 2, 3, 0]))
    assert score.value == 0.75
    assert score.sampling_error == pytest.approx(math.sqrt(0.75 * 0.25 / 4))


@pytest.mark.parametrize(
    ("varied", "new", "distinct", "agreed", "held"),
    [
        *[(1, 1, 1, None, 1), (0.3, 0.9, 0.2, 0.9, 1), (0.15, 1, 1, None, 0.5), (1, 0.75, 1, None, 0.5)],
        *[(0.15, 0.75, 1, 1, 0.25), (0, 1, 1, 1, 0), (1, 0.6, 1, 1, 0), (1, 1, 0.15, 1, 0.5), (1, 1, 1, 0.5, 0.5)],
    ],
)
def test_guards_that_hold_cost_nothing(
    varied: float, new: float, distinct: float, agreed: float | None, held: float
) -> None:
    guards = Guards(*(Score(v, "s") for v in (varied, new, distinct)), Score(agreed, "s") if agreed else None)
    assert guards.held() == pytest.approx(held)
    assert sound_score(Score(8, "s"), guards).value == pytest.approx(1 + 7 * held)
    assert sound_distance(Score(5, "s"), guards).value == pytest.approx(5 / max(held, 0.01))


# -------------------------------------------------------------------------------------------------------- divergence


def test_the_divergence_is_the_integral_it_stands_for() -> None:
    mean, log_var = np.array([[0.7, -1.5]]), np.array([[-1.0, 0.4]])
    z = np.linspace(-15, 15, 200_001)
    total = 0.0
    for m, v in zip(mean[0], log_var[0], strict=True):
        q = norm(m, math.exp(0.5 * v))
        total += float(np.trapezoid(q.pdf(z) * (q.logpdf(z) - norm.logpdf(z)), z))
    assert gaussian_kl(mean, log_var) == pytest.approx([total], rel=1e-9)


@pytest.mark.parametrize(("factor", "error"), [(1, 0), (0, 1), (-1, 2), (0.05, 0.95)])
def test_the_error_tells_common_mistakes_apart(factor: float, error: float) -> None:
    mean, log_var = RNG.normal(size=(2, 30, 20))
    assert kl_error(factor * gaussian_kl(mean, log_var), mean, log_var).value == pytest.approx(error)
