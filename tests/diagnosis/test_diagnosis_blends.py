"""From measures of blends to a finding: one cause is told, and sound blends are told none."""

import pytest
from diagnosis.made import measured

from harness.diagnosis.rules.blends import RULES, blend_ends, divergence_off, one_blend, one_parent, overlay
from harness.records.models import Measurement

SOUND = {"novelty": 0.12, "from_parent": 0.54, "variety": 0.7, "ends_missed": 0.0001}


def test_each_rule_tells_its_own_cause() -> None:
    in_order = [divergence_off, blend_ends, one_parent, one_blend, overlay]
    assert [*RULES] == in_order, "the cause before the consequence"


def titles(m: Measurement) -> list[str]:
    return [found.title for rule in RULES if (found := rule(m))]


@pytest.mark.parametrize(
    ("measures", "told"),
    [
        ({}, []),
        ({"novelty": 0.0, "from_parent": 0.5}, ["Blends are two pictures laid over each other"]),
        ({"novelty": 0.0, "from_parent": 0.0}, ["A blend is one of its parents"]),
        ({"novelty": 0.02, "variety": 0.0}, ["Blends are the same whatever is blended"]),
        ({"ends_missed": 1.0}, ["The ends of a blend are not the two codes"]),
    ],
)
def test_blends_are_told_what_they_are(measures: dict[str, float], told: list[str]) -> None:
    assert titles(measured(**{**SOUND, **measures})) == told


@pytest.mark.parametrize(("kl", "told"), [([0.0, 0.0], True), ([0.0, 3.1], False), ([4.0, 3.1], False), ([], False)])
def test_a_divergence_of_zero_in_every_epoch_is_left_out(kl: list[float], told: bool) -> None:
    curve = {"loss": [3.0, 2.0], **({"kl": kl} if kl else {})}
    assert titles(measured(curve)) == (["The divergence is left out"] if told else [])


def test_a_finding_names_what_it_rests_on() -> None:
    (found,) = [f for rule in RULES if (f := rule(measured(**{**SOUND, "ends_missed": 0.5}, variant="autoencoder")))]
    assert found.quotes == ["autoencoder.ends_missed"] and "0.50 times" in found.evidence
