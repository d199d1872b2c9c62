"""Real trainings: each flawed submission is told its mistake, and sound ones are told none."""

import pytest
from diagnosis.made import MEANT_TO_STAND_STILL, recorded
from diagnosis.made import told as all_findings

from harness.diagnosis import rules
from harness.records.models import Measurement

FLAWED = {(who, m.variant): m for who, m in recorded("flawed")}
SOUND = recorded("sound")

SOFTMAX = "Softmax under a loss that takes logits"
NOTHING = "The network learned nothing"
NO_DISTRIBUTION = "The output is not a distribution over classes"
LEAK = "The bottleneck seems to leak"


@pytest.mark.parametrize(
    ("who", "variant", "title", "evidence"),
    [
        ("emma", "none", NOTHING, "ln(10)"),  # every kernel zero
        ("rate0", "none", NOTHING, "no weight changed"),  # SGD(0.0)
        ("rate0", "hard", NOTHING, "no weight changed"),  # with augmentation the training loss is noisy
        ("finn", "none", SOFTMAX, "1.558"),
        ("finn", "hard", SOFTMAX, "1.669"),  # far above the floor of 1.461, and yet
        ("sigmoid", "none", NO_DISTRIBUTION, "1.38"),
        ("logits", "none", NO_DISTRIBUTION, "leaves [0, 1]"),
        ("mia", "none", "The loss became NaN", "In epoch 1 "),
        ("mia", "zero_init", "The loss ran away", "2.146e+06"),
        ("dan", "none", "Overfitting from epoch 7 on", "epoch 6 (0.362)"),
        ("dan", "rate_high", "Overfitting from epoch 3 on", "epoch 2 (0.392)"),
        ("ben", "rate_high", "Overfitting from epoch 7 on", "epoch 6 (0.346)"),
        ("chloe", "conv", "Underfitting", "11%"),
        ("dead", "dense", "The same picture for every code", "0.0%"),
        ("leak", "dense", LEAK, "0.0060"),
        ("leak", "dense_50", LEAK, "0.0049"),
        ("last_months", "window_12", "The older half of the window changes nothing", "stayed as they were"),
        ("last_months", "window_22", "The older half of the window changes nothing", "stayed as they were"),
    ],
)
def test_a_flawed_submission_is_told_its_mistake(who: str, variant: str, title: str, evidence: str) -> None:
    (finding,) = all_findings([FLAWED[who, variant]])
    assert finding.title == title
    assert evidence in finding.evidence
    assert finding.next_step.endswith(".")


def test_records_from_before_outputs_were_looked_at_still_tell_a_softmax_with_logits() -> None:
    (finding,) = all_findings([FLAWED["finn", "none"].model_copy(update={"signs": {}})])
    assert finding.title == SOFTMAX
    assert "ln(1 + 9/e) = 1.461" in finding.evidence


@pytest.mark.parametrize(
    "m", [m for _, m in SOUND if m.variant != MEANT_TO_STAND_STILL], ids=lambda m: f"{m.variant}-{m.seed}"
)
def test_no_rule_speaks_about_a_sound_submission(m: Measurement) -> None:
    assert [rule.__name__ for rule in rules().values() if rule(m)] == []


def test_of_a_sound_submission_only_the_variant_meant_to_fail_is_explained() -> None:
    told = all_findings([m for who, m in SOUND if who == "reference"])
    assert [(f.variant, f.title) for f in told] == [("zero_init", "Nothing is learned from zero weights, as expected")]


def test_the_sound_ones_are_many() -> None:
    assert len(SOUND) > 100
    assert {m.variant for _, m in SOUND} >= {"none", "soft", "hard", "rate_high", "dense", "conv_50", "window_12"}
