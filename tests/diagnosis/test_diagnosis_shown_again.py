"""What is shown again, who plays badly, and advice that a student can follow in the task at hand."""

from dataclasses import replace

import pytest
import toy
from diagnosis.made import measured, told

from harness.diagnosis import findings
from harness.diagnosis.rules.chance import STANDS_STILL, weights_stand_still
from harness.diagnosis.rules.curves import diverged
from harness.diagnosis.rules.pictures import beaten_discriminator, mode_collapse
from harness.diagnosis.rules.placed import brought_along
from harness.diagnosis.rules.shown_again import hangs_on_a_hair, hangs_on_order
from harness.records.models import Measurement
from harness.tasks import find, names


@pytest.mark.parametrize(("share", "said"), [(0.0, False), (0.04, False), (0.06, True), (1.0, True)])
def test_answers_that_change_when_nothing_did_are_told(share: float, said: bool) -> None:
    order = hangs_on_order(measured(signs={"order_share": share}))
    hair = hangs_on_a_hair(measured(signs={"bytes_share": share}))
    assert (order is not None, hair is not None) == (said, said)
    if order and hair:
        assert f"{share:.0%}" in order.evidence and f"{share:.0%}" in hair.evidence
        assert "training=True" in order.next_step


@pytest.mark.parametrize(("share", "said"), [(0.0, False), (0.2, False), (0.3, True), (1.0, True)])
def test_weights_that_lay_in_place_are_told_where_they_are_more_than_a_few(share: float, said: bool) -> None:
    finding = brought_along(measured(signs={"placed_share": share}))
    assert (finding is not None) == said
    if finding:
        assert f"{share:.0%} of its numbers" in finding.evidence
    assert brought_along(measured()) is None, "what older records do not say is held against nobody"


def test_every_task_is_shown_its_inputs_again() -> None:
    m = measured(signs={"order_share": 0.9})
    for name in names():
        variant = find(name).trained()[0].name
        (finding,) = findings(find(name), [m.model_copy(update={"variant": variant, "task": name})])
        assert finding.title == "Answers depend on the order of the inputs"


def test_a_discriminator_that_cannot_learn_is_told_and_no_rate_is_named() -> None:
    curve = {"loss": [2.0, 9.0], "generator_loss": [0.6, 0.1], "discriminator_loss": [1.4, 8.9]}
    m = measured(curve, variant="gan_10", classes=0)
    finding = beaten_discriminator(m)
    assert finding is not None and "trainable" in finding.next_step and "1.386" in finding.evidence
    assert diverged(m) is None, "what one player gains the other loses"
    assert [f.title for f in findings(find("image_generation"), [m])] == ["The discriminator does not learn"]
    usual = {"loss": [5.8, 2.4], "generator_loss": [5.1, 1.4], "discriminator_loss": [0.65, 0.97]}
    assert beaten_discriminator(measured(usual)) is None


def test_samples_that_are_alike_are_told_by_what_drew_them() -> None:
    signs = {"sample_spread": 0.1, "sample_nearest": 0.1}
    gan, vae = mode_collapse(measured(signs=signs)), mode_collapse(measured({"kl": [1.0, 2.0]}, signs=signs))
    assert gan and "noise" in gan.next_step and "discriminator" in gan.next_step
    assert vae and "code" in vae.next_step and "discriminator" not in vae.next_step


@pytest.mark.parametrize("name", names())
def test_advice_names_no_rate_where_the_harness_sets_it(name: str) -> None:
    """Every kind of curve and output, told about every variant of the task."""
    task, nan = find(name), float("nan")
    curves = ({"loss": [1.0, nan]}, {"loss": [1.0, 0.4, 9.0]}, {"loss": [0.5] * 5}, {"loss": [1.0, 0.9, 0.6, 0.4]})
    signs = ({}, {"spread": 0.0}, {"explained": 0.1}, {"sample_spread": 0.0, "sample_nearest": 0.0})
    for variant in task.trained():
        if task.compiled_by_student(variant):
            continue
        for curve in curves:
            for sign in signs:
                for classes in (0, 10):
                    made = measured(curve, signs=sign, classes=classes, variant=variant.name, test_accuracy=0.1)
                    for finding in findings(task, [made]):
                        assert "learning rate" not in finding.next_step, finding.title
                        assert "optimi" not in finding.next_step and "clipped" not in finding.next_step


def test_who_compiles_is_told_about_the_rate() -> None:
    still = replace(toy.TASK, findings=("weights_stand_still",))
    (finding,) = findings(still, [measured({"loss": [0.5] * 5})])
    assert finding.next_step == STANDS_STILL


def test_weights_that_moved_did_not_stand_still_whatever_the_loss_says() -> None:
    m = measured({"loss": [0.5] * 5})
    assert weights_stand_still(m) is not None
    assert weights_stand_still(m.model_copy(update={"moved": 0.3})) is None


def test_short_windows_may_lag_where_longer_ones_do_not() -> None:
    def window(name: str, lag: float, skill: float) -> Measurement:
        signs = {"forecast_spread": 1.0}
        made = measured(variant=name, classes=0, signs=signs, lag=lag, skill_persistence=skill)
        return made.model_copy(update={"task": "rnn_regression"})

    short, long = window("window_1", 1.0, 0.01), window("window_12", 0.0, 0.6)
    assert told([short, long]) == []
    late = [short, window("window_12", 1.0, 0.02)]
    assert [f.title for f in told(late)] == ["The forecast lags by a month"] * 2
