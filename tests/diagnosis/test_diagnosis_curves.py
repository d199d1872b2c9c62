"""What curves show: in which epoch it began, and nothing for a curve that is merely uneven."""

import math

import pytest
from diagnosis.made import LOGITS, NAN_OUTPUT, measured, refused

from harness.diagnosis.rules.chance import at_chance, constant_output, weights_stand_still
from harness.diagnosis.rules.curves import became_nan, diverged, nan_began, overfitting, underfitting
from harness.diagnosis.rules.outputs import nan_outputs
from harness.records.models import Measurement

NAN, INF = math.nan, math.inf
CODES_OF_NAN = refused("Expected finite numbers in code_train, received 100% NaN or infinity.", "encode")


@pytest.mark.parametrize(
    ("m", "began"),
    [
        (measured({"loss": [1.0, NAN], "val_loss": [1.0, NAN]}), ("loss", 2, 1.0)),
        (measured({"loss": [1.0, 0.9, NAN], "val_loss": [1.0, INF, NAN]}), ("val_loss", 2, 1.0)),
        (measured({"accuracy": [0.1], "val_accuracy": [0.1]}, fault=NAN_OUTPUT), ("loss", 1, None)),  # no loss is kept
        (measured({}, fault=CODES_OF_NAN), ("loss", 1, None)),
        (measured({"loss": [0.1, 0.2]}, fault=CODES_OF_NAN, signs={"epochs": 8}), ("loss", 3, 0.2)),
        (measured({"loss": [0.1, 0.2]}, fault=CODES_OF_NAN, signs={"epochs": 2}), None),
        (measured({"loss": [0.1, 0.2]}, fault=LOGITS, signs={"epochs": 8}), None),
        (measured({"accuracy": [0.1, 0.2, 0.3]}, fault=NAN_OUTPUT), None),  # another loss than Keras's was kept
        (measured({"accuracy": [NAN, 0.1], "loss": [1.0, 0.9]}), None),
        (measured({}), None),
    ],
)
def test_nan_is_followed_to_where_it_began(m: Measurement, began: tuple[str, int, float | None] | None) -> None:
    assert nan_began(m) == began
    finding = became_nan(m)
    assert (finding is not None) == (began is not None)
    assert began is None or (finding is not None and f"epoch {began[1]} " in finding.evidence)


def test_outputs_of_nan_after_a_good_training_are_told_apart() -> None:
    curve = {"loss": [1.0, 0.5], "accuracy": [0.5, 0.8]}
    finding = nan_outputs(measured(curve, fault=NAN_OUTPUT, signs={"epochs": 2}))
    assert finding is not None
    assert "0.5" in finding.evidence
    assert nan_outputs(measured(curve, fault=LOGITS)) is None
    assert nan_outputs(measured(curve)) is None


@pytest.mark.parametrize(
    ("loss", "ran_away"),
    [
        ([1.0, 0.4, 0.5, 1.2], True),
        ([1.0, 0.4, 0.5, 0.9], False),  # back to where it began: not above it
        ([1.0, 0.9, 1.3], False),
        ([1.0, 0.4, 0.3], False),
        ([-1.0, -2.0, 3.0], False),  # a loss below zero has no factor
        ([], False),
    ],
)
def test_a_loss_that_runs_away_is_named(loss: list[float], ran_away: bool) -> None:
    assert (diverged(measured({"loss": loss})) is not None) == ran_away


@pytest.mark.parametrize(("last", "accuracy", "ran_away"), [(50.0, 0.1, True), (3.0, 0.1, False), (50.0, 0.9, False)])
def test_a_loss_far_above_guessing_has_run_away_only_at_chance(last: float, accuracy: float, ran_away: bool) -> None:
    m = measured({"loss": [last * 1.1, last]}, test_accuracy=accuracy)
    assert (diverged(m) is not None) == ran_away


@pytest.mark.parametrize(
    ("loss", "val", "title"),
    [
        ([1, 0.5, 0.3, 0.2, 0.1], [1, 0.5, 0.7, 0.8, 0.9], "Overfitting from epoch 3 on"),
        ([1, 0.5, 0.3, 0.2, 0.1], [0.5, 0.6, 0.7, 0.8, 0.9], "Overfitting from epoch 2 on"),
        ([1, 0.5, 0.3, 0.2, 0.1], [1, 0.6, 0.5, 0.55, 0.9], ""),  # the last epoch only
        ([1, 0.5, 0.3, 0.2, 0.1], [1, 0.5, 0.9, 0.8, 0.55], ""),  # and back down
        ([1, 0.5, 0.4, 0.45, 0.44], [0.9, 0.2, 0.3, 0.3, 0.3], ""),  # training on augmented images is the harder part
        ([1, 0.5, 0.5, 0.6, 0.7], [1, 0.5, 0.9, 1.0, 1.4], ""),  # training gets worse as well
        ([1, 0.5, 0.3], [0.5, 0.7, 0.9], ""),  # too short to tell
    ],
)
def test_overfitting_is_a_turn_that_lasts(loss: list[float], val: list[float], title: str) -> None:
    finding = overfitting(measured({"loss": loss, "val_loss": val}))
    assert (finding.title if finding else "") == title


@pytest.mark.parametrize(("test", "told"), [(0.88, True), (0.95, False), (NAN, True)])
def test_overfitting_of_a_classifier_costs_accuracy(test: float, told: bool) -> None:
    """One that grows too sure of answers that are as right as before is not told to learn less."""
    curve = {"loss": [1, 0.5, 0.2, 0.1, 0.05, 0.01], "val_loss": [1, 0.3, 0.4, 0.5, 0.5, 0.6]}
    assert (overfitting(measured(curve, train_accuracy=1.0, test_accuracy=test)) is not None) == told


@pytest.mark.parametrize(
    ("train", "test", "classes", "low"),
    [
        (0.5, 0.48, 10, True),
        (0.56, 0.54, 10, False),  # more than half way from 0.1 to 1
        (0.5, 0.3, 10, False),  # overfitting, if anything
        (0.11, 0.1, 10, False),  # at chance: something worse
        (0.7, 0.69, 2, True),
        (0.8, 0.79, 2, False),
        (NAN, 0.5, 10, False),
        (0.5, 0.48, 0, False),
    ],
)
def test_underfitting_is_low_on_training_images_too(train: float, test: float, classes: int, low: bool) -> None:
    finding = underfitting(measured(classes=classes, train_accuracy=train, test_accuracy=test))
    assert (finding is not None) == low
    assert not finding or set(finding.quotes) == {"plain.train_accuracy", "plain.test_accuracy"}


def test_the_advice_on_underfitting_depends_on_whether_the_loss_still_fell() -> None:
    advice = []
    for loss in ([2.0, 1.8, 1.6, 1.4], [2.0, 1.5, 1.5, 1.5], []):
        finding = underfitting(measured({"loss": loss}, train_accuracy=0.4, test_accuracy=0.4))
        assert finding is not None
        assert ("still falling" in finding.evidence) == (bool(loss) and loss[-1] == 1.4)
        advice.append(finding.next_step)
    assert "learning rate" in advice[0]
    assert "units or layers" in advice[1]
    assert advice[1] == advice[2]


@pytest.mark.parametrize(("share", "low"), [(-0.5, True), (0.2, True), (0.5, False), (0.9, False)])
def test_underfitting_of_pictures_is_a_small_share_explained(share: float, low: bool) -> None:
    finding = underfitting(measured(signs={"explained": share}))
    assert (finding is not None) == low
    assert not finding or f"{max(share, 0):.0%}" in finding.evidence


@pytest.mark.parametrize(
    ("loss", "val", "still"),
    [
        ([2.30, 2.31, 2.30], [2.3025851] * 3, True),  # dropout makes the training loss noisy
        ([2.3025851, 2.3025852, 2.3025850], [], True),
        ([2.3025851, 2.3025, 2.3025850], [], False),
        ([2.30, 2.30, 2.30], [2.3025851, 2.3025851, 2.3025850], False),  # the last bias learns
        ([2.0, 1.5, 1.0], [2.3] * 3, False),  # a validation loss of the student's own making
        ([2.3, 2.3], [2.3, 2.3], False),  # too short to tell
    ],
)
def test_weights_that_stand_still_give_the_same_loss_bit_for_bit(
    loss: list[float], val: list[float], still: bool
) -> None:
    curve = {"loss": loss, "val_loss": val} if val else {"loss": loss}
    assert (weights_stand_still(measured(curve)) is not None) == still


def test_what_was_memorised_is_not_called_nothing() -> None:
    finding = at_chance(measured(test_accuracy=0.1, train_accuracy=0.9))
    assert finding is not None
    assert finding.title == "Nothing carries over to new images"
    assert "0.900" in finding.evidence


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        ({"row_spread": 0.0, "top_class_share": 1.0}, "same probabilities"),
        ({"row_spread": 0.3, "top_class_share": 0.995}, "same class"),
        ({"row_spread": 0.9, "top_class_share": 0.6}, ""),
        ({}, ""),
    ],
)
def test_one_answer_to_everything_is_named(signs: dict[str, float], words: str) -> None:
    finding = constant_output(measured(signs=signs))
    assert (finding is not None) == bool(words)
    assert not finding or words in finding.evidence
