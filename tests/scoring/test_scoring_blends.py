"""Blends against what they have to be, overlays of every kind, and other implementations of the same measures."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.linear_model import LinearRegression

from harness.scoring.blends import Parents, Seen, best_of, beyond_overlay, both_seen, ends_missed, from_parent, seen
from harness.scoring.score import Score
from harness.scoring.separation import separation

RNG = np.random.default_rng(0)
Images = NDArray[np.float64]
A, B = RNG.random((2, 6, 5, 4, 3))
PARENTS = Parents(A, B, A, B)


@pytest.mark.parametrize(
    ("shares", "value"),
    [
        ([0.5, 0.5, 0.0], 1.0),
        ([0.4, 0.4, 0.2], 0.8),
        ([0.9, 0.1, 0.0], 0.6),
        ([0.98, 0.0, 0.02], 0.0),
        ([0.0, 0.0, 1.0], 0.0),
    ],
)
def test_both_classes_are_seen_where_each_has_a_half(shares: list[float], value: float) -> None:
    logits = np.log(np.maximum([shares], 1e-30)) + 7
    assert both_seen(logits, 0, 1)[0] == pytest.approx(value, abs=1e-9)
    p = softmax(logits, axis=1)
    assert both_seen(logits, 1, 2)[0] == pytest.approx(2 * np.sqrt(p[0, 1] * p[0, 2]), abs=1e-9)


def test_a_class_that_is_not_there_is_no_class() -> None:
    with pytest.raises(ValueError, match="classes from 0 to 2"):
        both_seen(np.zeros((1, 3)), 0, 3)


@pytest.mark.parametrize(
    ("overlay", "near"),
    [
        (A, 0.0),
        (B, 0.0),
        (0.5 * A + 0.5 * B, 0.5),
        (0.3 * A + 0.7 * B, 0.3),
        (A * B, None),
        (1 - (1 - A) * (1 - B), None),  # screen
        (np.maximum(A, B), None),
        (np.minimum(A, B), None),
        (0.2 + 0.5 * np.abs(A - B), None),
    ],
)
def test_no_overlay_is_new(overlay: Images, near: float | None) -> None:
    assert beyond_overlay(overlay, A, B) == pytest.approx(0, abs=1e-9)
    if near is not None:
        assert from_parent(overlay, PARENTS).value == pytest.approx(near)


def test_what_no_overlay_explains_is_one_minus_r_squared() -> None:
    blend = 0.5 * A + 0.3 * B + 0.4 * RNG.random(A.shape)
    for y, a, b, share in zip(blend, A, B, beyond_overlay(blend, A, B), strict=True):
        terms = np.stack([a, b, a * b, np.maximum(a, b)], axis=-1).reshape(-1, 4)
        other = LinearRegression().fit(terms, y.reshape(-1)).score(terms, y.reshape(-1))
        assert share == pytest.approx(1 - other)
    assert beyond_overlay(RNG.random(A.shape), A, B).min() > 0.8, "noise is of neither; a classifier sees nothing in it"
    assert beyond_overlay(np.full(A.shape, 0.5), A, B) == pytest.approx(0), "a grey area shows nothing"


def test_a_blend_counts_as_far_as_it_is_new_and_blends_differ() -> None:
    sure = np.array([[5.0, 5.0, -20.0]] * len(A))
    found = seen(RNG.random(A.shape), PARENTS, sure, 0, 1)
    assert found.both == pytest.approx(1) and found.sound == pytest.approx(1)
    assert seen(0.5 * A + 0.5 * B, PARENTS, sure, 0, 1).sound == pytest.approx(0), "an overlay"
    assert seen(np.repeat(A[:1], len(A), axis=0), PARENTS, sure, 0, 1).sound == pytest.approx(0), "one picture for all"
    assert found.scores("made")["blend_score"].value == pytest.approx(1)


def test_variety_is_over_that_of_real_pictures_of_a_class() -> None:
    pairs = [np.linalg.norm(x[i] - x[j]) ** 2 for x in (A, B) for i in range(6) for j in range(i)]
    own = [np.linalg.norm(A[i] - A[j]) ** 2 for i in range(6) for j in range(i)]
    found = seen(A, PARENTS, np.zeros((6, 3)), 0, 1)
    assert found.variety == pytest.approx(np.sqrt(np.mean(own) / np.mean(pairs)))


def test_the_best_weight_has_the_highest_score_and_of_equals_the_surest() -> None:
    new, old = np.ones(2), np.zeros(2)
    sure, unsure = np.full(2, 0.9), np.full(2, 0.2)
    assert best_of({0.8: Seen(sure, old, 1.0), 0.2: Seen(unsure, new, 1.0)}) == 0.2
    assert best_of({0.8: Seen(unsure, old, 1.0), 0.2: Seen(sure, old, 1.0)}) == 0.2


CODES = RNG.normal(size=(2, 9, 3))
WEIGHTS = (1.0, 0.5, 0.0)


@pytest.mark.parametrize(
    ("ends", "missed"),
    [((0, 1), 0.0), ((1, 0), 1.0), ((0, 0), np.sqrt(0.5))],
)
def test_ends_are_the_two_codes(ends: tuple[int, int], missed: float) -> None:
    a, b = CODES
    blended = np.concatenate([CODES[ends[0]], (a + b) / 2, CODES[ends[1]]])
    assert ends_missed(blended, a, b, WEIGHTS).value == pytest.approx(missed)


def test_codes_that_are_all_the_same_can_be_met_and_missed() -> None:
    same = np.ones((4, 2))
    assert ends_missed(np.ones((12, 2)), same, same, WEIGHTS).value == 0
    assert ends_missed(np.zeros((12, 2)), same, same, WEIGHTS).value == 1


def of_two(apart: float, n: int = 400) -> tuple[Images, NDArray[np.int64]]:
    labels = np.arange(n) % 2
    return np.random.default_rng(1).normal(size=(n, 4)) + apart * labels[:, None] * [1, 0, 0, 0], labels


@pytest.mark.parametrize("apart", [0.0, 1.0, 3.0])
def test_separation_is_how_well_a_code_tells_the_class_linearly(apart: float) -> None:
    codes, labels = of_two(apart)
    assert separation(codes, labels).value == pytest.approx(LinearRegression().fit(codes, labels).score(codes, labels))


def test_separation_is_the_same_in_every_basis() -> None:
    codes, labels = of_two(2.0)
    turned = codes @ RNG.normal(size=(4, 4)) * 100 + 7
    assert separation(turned, labels).value == pytest.approx(separation(codes, labels).value)
    assert separation(np.hstack([codes, np.ones((400, 1))]), labels).value == pytest.approx(
        separation(codes, labels).value
    )


def test_separation_goes_from_nothing_to_one() -> None:
    labels = np.arange(10) % 2
    assert separation(np.zeros((10, 3)), labels).value == 0, "codes that ignore the picture"
    assert separation(labels[:, None].astype(float), labels).value == pytest.approx(1)
    assert isinstance(separation(np.eye(10), labels), Score)
