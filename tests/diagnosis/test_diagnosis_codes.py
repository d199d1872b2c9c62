"""From a code to a finding: a divergence that is none, a code that says nothing, images that jump between two codes."""

import pytest
from diagnosis.made import measured

from harness.diagnosis.rules.codes import empty_code, jumping_images, wrong_divergence


@pytest.mark.parametrize(("off", "said"), [(1.0, "about zero"), (2.0, "wrong sign"), (99.0, "another multiple")])
def test_a_wrong_divergence_is_told_by_how_it_is_wrong(off: float, said: str) -> None:
    finding = wrong_divergence(measured(kl_error=off))
    assert finding is not None and said in finding.evidence


def test_the_closed_form_is_none() -> None:
    assert wrong_divergence(measured(kl_error=0.0001)) is None


@pytest.mark.parametrize(("last", "told"), [(0.01, True), (0.4, True), (12.0, False)])
def test_a_code_that_says_nothing_lies_at_standard_normal(last: float, told: bool) -> None:
    found = empty_code(measured({"mse": [0.04, 0.03], "kl": [3.0, last]}))
    assert (found is not None) == told


def test_a_divergence_that_is_left_out_is_no_empty_code() -> None:
    assert empty_code(measured({"mse": [0.04, 0.03], "kl": [0.0, 0.0]})) is None


@pytest.mark.parametrize(("smooth", "told"), [(0.1, True), (0.0, True), (0.7, False)])
def test_images_that_jump_are_told(smooth: float, told: bool) -> None:
    assert (jumping_images(measured(smoothness=smooth)) is not None) == told


def test_without_measures_nothing_is_said() -> None:
    for rule in (wrong_divergence, empty_code, jumping_images):
        assert rule(measured()) is None
