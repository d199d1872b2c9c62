"""From output arrays to a finding: known answers, on arrays made for it."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from diagnosis.made import LOGITS, measured, refused
from diagnosis.made import told as all_findings
from numpy.typing import NDArray

from harness.diagnosis.rules.outputs import (
    fano,
    logits_floor,
    not_a_distribution,
    refused_outputs,
    softmax_with_logits_loss,
)
from harness.diagnosis.rules.pictures import (
    copied_pictures,
    dead_code,
    few_drawings,
    leaking_bottleneck,
    memorised_pictures,
    mode_collapse,
    same_picture,
)
from harness.scoring.signs import classifier_signs, code_signs, rebuilt_signs, sample_signs

RANDOM = np.random.default_rng(0)
Array = NDArray[np.float64]
LABELS = RANDOM.integers(0, 10, 200)
SURE = np.eye(10)[LABELS] * 0.91 + 0.009  # 0.919 for the right class


def test_signs_of_a_sound_classifier() -> None:
    signs = classifier_signs(SURE, LABELS)
    assert signs["row_sum_off"] == pytest.approx(0, abs=1e-12)
    assert signs["row_spread"] == pytest.approx(0.91)
    assert signs["top_class_share"] < 0.2
    assert signs["cross_entropy"] == pytest.approx(-math.log(0.919))
    assert signs["softmax_cross_entropy"] == pytest.approx(math.log(math.exp(0.919) + 9 * math.exp(0.009)) - 0.919)
    assert not_a_distribution(measured(signs=signs)) is None


def test_a_perfect_answer_taken_for_logits_lies_on_the_floor() -> None:
    signs = classifier_signs(np.eye(10)[LABELS], LABELS)
    assert signs["softmax_cross_entropy"] == pytest.approx(logits_floor(10))
    assert logits_floor(10) == pytest.approx(1.46115, abs=1e-5)
    assert signs["cross_entropy"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (lambda p: p * 2, "The output is not a distribution over classes"),
        (lambda p: p * 0, "The same answer to every example"),  # a sigmoid that died
        (lambda p: np.full_like(p, 0.1), "The same answer to every example"),
        (lambda p: p * 0.1 + np.eye(10)[3] * 0.9, "The same answer to every example"),
        (lambda p: p.astype(np.float16), None),
        (lambda p: p, None),
    ],
)
def test_outputs_are_told_what_is_wrong_with_them(change: Callable[[Array], Array], title: str | None) -> None:
    told = all_findings([measured(signs=classifier_signs(change(SURE), LABELS))])
    assert [f.title for f in told] == ([title] if title else [])


def test_no_examples_give_no_signs() -> None:
    assert classifier_signs(SURE[:0], LABELS[:0]) == {}
    assert code_signs(np.zeros((0, 10))) == {}
    assert rebuilt_signs(np.zeros((0, 4)), np.zeros((0, 4))) == {}
    assert sample_signs(np.zeros((1, 4)), np.zeros((5, 4))) == {}


def test_black_images_give_no_signs() -> None:
    assert rebuilt_signs(np.ones((3, 4)), np.zeros((3, 4))) == {}
    assert sample_signs(np.ones((3, 4)), np.zeros((3, 4))) == {}


@pytest.mark.parametrize(
    ("last", "named"),
    [(1.52, True), (0.0845, False), (0.9, False), (1.6, False)],  # the true loss; with weight decay; another one
)
def test_the_validation_loss_tells_which_cross_entropy_was_used(last: float, named: bool) -> None:
    signs = {"cross_entropy": 0.0845, "softmax_cross_entropy": 1.521}
    finding = softmax_with_logits_loss(measured({"loss": [2, 1.5], "val_loss": [2, last]}, signs=signs))
    assert (finding is not None) == named


def test_two_cross_entropies_that_agree_tell_nothing() -> None:
    signs = {"cross_entropy": 2.3026, "softmax_cross_entropy": 2.3025}
    assert softmax_with_logits_loss(measured({"loss": [2.3], "val_loss": [2.3025]}, signs=signs)) is None


@pytest.mark.parametrize(
    ("loss", "accuracy", "classes", "named"),
    [
        (1.5, 0.95, 10, True),
        (1.9, 0.59, 10, False),  # an honest network that is unsure: Fano allows 1.58
        (1.45, 0.95, 10, False),  # below the floor
        (2.4, 0.95, 10, False),  # above ln(10)
        (0.34, 0.99, 2, True),
        (0.35, 0.85, 2, False),
        (1.5, 1.0, 10, True),
        (1.5, 0.95, 0, False),
        (1.5, 0.95, 1, False),
        (1.5, 0.0, 10, False),
    ],
)
def test_a_loss_on_the_floor_at_a_high_accuracy(loss: float, accuracy: float, classes: int, named: bool) -> None:
    m = measured({"loss": [loss + 0.1, loss], "accuracy": [0.1, accuracy]}, classes=classes)
    assert (softmax_with_logits_loss(m) is not None) == named


def test_fano_is_the_entropy_of_guessing_at_chance() -> None:
    assert fano(0.1, 10) == pytest.approx(math.log(10))
    assert fano(0.5, 2) == pytest.approx(math.log(2))


def test_logits_that_were_refused_are_named_and_pixels_are_not() -> None:
    curve = {"loss": [2.0, 0.5]}
    assert refused_outputs(measured(curve, fault=LOGITS)) is not None
    assert refused_outputs(measured(curve, fault=refused("Expected rebuilt_test within [0, 1].", "decode"))) is None
    assert refused_outputs(measured({}, fault=LOGITS)) is None
    assert refused_outputs(measured(curve)) is None


IMAGES = RANDOM.random((300, 8, 8, 1))


@pytest.mark.parametrize(
    ("rebuilt", "explained", "spread"),
    [
        (IMAGES, 1.0, 1.0),
        (np.broadcast_to(IMAGES.mean(axis=0), IMAGES.shape), 0.0, 0.0),
        ((IMAGES + IMAGES.mean(axis=0)) / 2, 0.75, 0.25),
        (np.zeros_like(IMAGES), -3.0, 0.0),  # the mean is 0.5, the variance 1/12
    ],
)
def test_signs_of_rebuilt_pictures(rebuilt: Array, explained: float, spread: float) -> None:
    signs = rebuilt_signs(rebuilt.astype(np.float32), IMAGES)
    assert signs == {"explained": pytest.approx(explained, abs=0.1), "spread": pytest.approx(spread, abs=1e-6)}
    assert (same_picture(measured(signs=signs)) is not None) == (spread == 0)


@pytest.mark.parametrize(("dead", "named"), [(0, False), (2, False), (3, True), (10, True)])
def test_numbers_of_a_code_that_never_change_are_counted(dead: int, named: bool) -> None:
    codes = RANDOM.random((50, 10)).astype(np.float16)
    codes[:, :dead] = 7.0
    signs = code_signs(codes)
    assert signs == {"units": 10, "dead_units": dead}
    finding = dead_code(measured(signs=signs))
    assert (finding is not None) == named
    assert not finding or f"{dead} of the 10" in finding.evidence


@pytest.mark.parametrize(("apart", "named"), [(0.021, True), (0.019, False), (0.009, False)])
def test_a_leak_is_an_error_that_grows_when_only_the_code_passes(apart: float, named: bool) -> None:
    m = measured({"loss": [0.1, 0.01]}, signs={"units": 10}, train_mse=apart)
    finding = leaking_bottleneck(m)
    assert (finding is not None) == named
    assert not finding or (finding.quotes == ["plain.train_mse"] and "0.0210" in finding.evidence)


def test_another_loss_than_that_of_codes_is_not_compared() -> None:
    assert leaking_bottleneck(measured({"loss": [0.1, 0.01]}, train_mse=5.0)) is None
    assert memorised_pictures(measured(train_mse=0.01, test_mse=5.0)) is None


@pytest.mark.parametrize(("test", "named"), [(0.03, True), (0.012, False)])
def test_pictures_learned_by_heart(test: float, named: bool) -> None:
    m = measured(signs={"units": 10}, train_mse=0.01, test_mse=test)
    assert (memorised_pictures(m) is not None) == named


def one_of(prototypes: int) -> Array:
    """Return samples that are nearly copies of a few real images."""
    return IMAGES[RANDOM.integers(0, prototypes, len(IMAGES))] + RANDOM.normal(0, 1e-3, IMAGES.shape)


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (RANDOM.random(IMAGES.shape), False),
        (IMAGES[::-1], False),
        (IMAGES * 0.7 + 0.15, False),  # paler than real ones
        (one_of(1), True),
        (one_of(8), True),  # far apart, and yet only eight
        (IMAGES * 0.3 + 0.35, True),
        (np.zeros_like(IMAGES), True),
    ],
)
def test_mode_collapse_is_named(made: Array, named: bool) -> None:
    finding = mode_collapse(measured(signs=sample_signs(made, IMAGES)))
    assert (finding is not None) == named


@pytest.mark.parametrize(("novelty", "named"), [(0.0, True), (0.49, True), (0.9, False), (1.1, False)])
def test_training_images_among_samples_are_named(novelty: float, named: bool) -> None:
    finding = copied_pictures(measured(novelty=novelty))
    assert (finding is not None) == named
    assert not finding or (f"{novelty:.2f}" in finding.evidence and "plain.novelty" in finding.quotes)


def test_few_pictures_are_named_where_samples_ought_to_be_varied() -> None:
    varied = {"sample_spread": 0.9, "sample_nearest": 0.8}
    assert few_drawings(measured(signs=varied, distinct=0.04)) is not None
    assert few_drawings(measured(signs=varied, distinct=0.3)) is None
    assert few_drawings(measured(distinct=0.04)) is None, "one number of noise draws few by design"
    collapsed = {"sample_spread": 0.1, "sample_nearest": 0.0}
    assert few_drawings(measured(signs=collapsed, distinct=0.04)) is None, "mode collapse says it"
