"""Findings name likely mistakes from curves; a healthy run is left alone, and nothing makes them fail."""

import math
from typing import Any

import pytest
from diagnosis import made
from diagnosis.made import told as all_findings

from harness.records.models import GIVEN, Finding, Measurement

NAN, INF = math.nan, math.inf
LN10 = math.log(10)
OVERFITTED = {"loss": [1.0, 0.5, 0.3, 0.2, 0.1, 0.05], "val_loss": [1.1, 0.7, 0.6, 0.7, 0.8, 0.9]}


def measured(curve: dict[str, list[float]] | None = None, accuracy: float | None = 0.9, **changes: Any) -> Measurement:
    return made.measured(curve, **({} if accuracy is None else {"test_accuracy": accuracy}), **changes)


def found(m: Measurement) -> Finding:
    (finding,) = all_findings([m])
    return finding


@pytest.mark.parametrize(
    "curve",
    [
        {},
        {"loss": [], "val_loss": []},
        {"loss": [2.3, 1.0, 0.4], "val_loss": [2.3, 1.1, 0.5]},
        {"loss": [2.3, 1.0, 0.5, 0.4, 0.3], "val_loss": [2.3, 1.1, 0.6, 0.55, 0.56]},  # hardly worse at the end
        {"loss": [2.3, 1.0, 0.5, 0.4, 0.3], "val_loss": [2.3, 1.1, 0.9, 0.6, 0.9]},  # worse in the last epoch only
        {"loss": [1.0, 0.9, 1.0, 1.1, 1.2, 1.3], "val_loss": [1.0, 0.9, 1.0, 1.1, 1.2, 1.3]},  # not overfitting
        {"val_loss": [1.0, 0.9, 0.8, 0.7]},
    ],
)
def test_a_healthy_run_is_left_alone(curve: dict[str, list[float]]) -> None:
    assert all_findings([measured(curve)]) == []


def test_nothing_is_found_where_nothing_was_measured() -> None:
    assert all_findings([]) == []
    assert all_findings([measured(accuracy=None)]) == []


@pytest.mark.parametrize(
    ("loss", "epoch"), [([NAN], 1), ([1.0, 2.0, INF], 3), ([1.0, NAN, NAN], 2), ([1.0, -INF, 1.0], 2)]
)
def test_a_loss_that_is_no_number_is_named_with_its_epoch(loss: list[float], epoch: int) -> None:
    finding = found(measured({"loss": loss}))
    assert finding.title == "The loss became NaN"
    assert f"In epoch {epoch} " in finding.evidence
    assert "learning rate" in finding.next_step


@pytest.mark.parametrize("accuracy", [0.0, 0.1, 0.12])
def test_accuracy_at_chance_is_named(accuracy: float) -> None:
    finding = found(measured({"loss": [2.0, 1.9]}, accuracy))
    assert finding.title == "The network learned nothing"
    assert "0.10" in finding.evidence
    assert "ln(10)" not in finding.evidence


def test_a_loss_at_the_logarithm_of_the_classes_is_explained() -> None:
    assert "ln(10)" in found(measured({"loss": [LN10, LN10 + 0.01]}, 0.1)).evidence


def test_zero_weights_are_praised_for_not_learning() -> None:
    finding = found(measured({"loss": [LN10]}, 0.1, variant="zero_init"))
    assert "as expected" in finding.title
    assert finding.expected, "it asks for nothing"
    assert "symmetry" in finding.next_step
    spread = measured({"loss": [LN10]}, 0.1, variant="zero_init").model_copy(update={"signs": {"row_spread": 0.03}})
    other = found(spread)
    assert other.expected and "zero" not in other.title + other.next_step, (
        "settings that hardly move weights show it too"
    )


@pytest.mark.parametrize(("accuracy", "classes"), [(0.13, 10), (NAN, 10), (0.6001, 2), (0.1, 0), (None, 10)])
def test_accuracy_above_chance_or_without_classes_is_left_alone(accuracy: float | None, classes: int) -> None:
    assert all_findings([measured({"loss": [2.0]}, accuracy, classes=classes)]) == []


def test_overfitting_is_named_from_the_epoch_after_the_best() -> None:
    finding = found(measured(OVERFITTED))
    assert finding.title == "Overfitting from epoch 4 on"
    assert "epoch 3 (0.600)" in finding.evidence
    assert "0.900" in finding.evidence


@pytest.mark.parametrize("wild", [[NAN] * 6, [INF] * 6, [1e308, -1e308, 0.0, 1e308, 1e308, 1e308], [-1.0] * 6])
def test_wild_validation_losses_do_not_make_it_fail(wild: list[float]) -> None:
    assert len(all_findings([measured({**OVERFITTED, "val_loss": wild})])) <= 1


def test_a_validation_loss_alone_does_not_make_it_fail() -> None:
    """A column that holds no number is left out of the curve, and what it holds is up to student code."""
    assert all_findings([measured({"val_loss": OVERFITTED["val_loss"]})]) == []


def test_one_finding_a_variant_is_enough() -> None:
    several = [measured({"loss": [NAN]}, 0.1, seed=s) for s in (1, 2, 3)]
    other = measured(OVERFITTED, variant="wide")
    assert [f.variant for f in all_findings([*several, other])] == ["plain", "wide"]
    assert all_findings(several)[0].title == "The loss became NaN", "the cause before the consequence"


def test_nothing_is_told_of_what_the_harness_computes_itself() -> None:
    """Training images that were moved stand beside samples to be beaten: no student can do anything about them."""
    m = measured(OVERFITTED)
    assert all_findings([m])
    assert all_findings([m.model_copy(update={"source": GIVEN})]) == []
