"""From what losses and denoised images show to a finding: turned round, no number, another range, noise, a blur."""

import pytest
from diagnosis.made import measured

from harness.diagnosis.rules.noise import RULES, loss_not_finite, noise_left, only_blurred, other_range, wrong_way_round


@pytest.mark.parametrize(("falls", "found"), [(1.0, True), (0.9, True), (0.5, False), (0.0, False)])
def test_a_similarity_that_is_made_small_is_found(falls: float, found: bool) -> None:
    """A loss that is always 0 falls nowhere: it is not turned round."""
    assert bool(wrong_way_round(measured(signs={"loss_falls": falls}, loss_order=0.0))) is found


def test_pairs_without_a_number_are_counted() -> None:
    found = loss_not_finite(measured(loss_finite=0.75))
    assert found is not None
    assert "25%" in found.evidence
    assert loss_not_finite(measured(loss_finite=1.0)) is None


def test_the_range_of_bytes_is_named() -> None:
    assert other_range(measured(signs={"other_range": 0.001}, loss_error=0.99)) is not None
    assert other_range(measured(signs={"other_range": 400.0}, loss_error=0.99)) is None
    assert other_range(measured(signs={"other_range": 400.0}, loss_error=0.0)) is None


def test_noise_that_is_handed_back_is_no_blur() -> None:
    back = measured(signs={"noise_left": 0.98, "over_blur": 7.0, "likeness_gained": -0.4})
    assert noise_left(back) is not None
    assert only_blurred(back) is None


@pytest.mark.parametrize(
    ("over", "gained", "found"), [(1.8, -0.1, True), (1.0, 0.0, True), (0.7, 0.03, False), (1.1, 0.1, False)]
)
def test_a_blur_gains_neither_error_nor_likeness(over: float, gained: float, found: bool) -> None:
    """Losses of structure may pay for likeness with error: that is no blur."""
    signs = {"noise_left": 0.05, "over_blur": over, "likeness_gained": gained}
    assert bool(only_blurred(measured(signs=signs))) is found


def test_without_signs_nothing_is_said() -> None:
    for rule in RULES:
        assert rule(measured(signs={})) is None
