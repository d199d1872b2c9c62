"""What became of a backbone is told by its numbers: frozen, ignored, wiped out, or never trained."""

import pytest
from diagnosis.made import measured

from harness.diagnosis.rules.backbones import (
    RULES,
    backbone_ignored,
    backbone_stands_still,
    backbone_thawed,
    backbone_wiped_out,
)
from harness.records.models import Measurement
from harness.task import FindingRule

AS_GIVEN = {"backbone_kept": 1.0, "averages_kept": 1.0, "backbone_trained": 0.0, "backbone_shift": 0.0}


def frozen(**numbers: float) -> Measurement:
    found = {**AS_GIVEN, **numbers}
    return measured(variant="frozen", signs=found, backbone_kept=found["backbone_kept"])


def fine_tuned(**numbers: float) -> Measurement:
    found = {**AS_GIVEN, **numbers}
    shown = {name: found[name] for name in ("backbone_trained", "backbone_shift")}
    return measured(variant="fine_tuned", signs=found, **shown)


FORGOTTEN = fine_tuned(backbone_kept=0.0, averages_kept=0.0, backbone_trained=1.0, backbone_shift=0.9)


@pytest.mark.parametrize(
    ("m", "rule", "said"),
    [
        (frozen(backbone_kept=0.0, averages_kept=0.0, backbone_shift=1.0), backbone_ignored, "0%"),
        (fine_tuned(backbone_kept=0.0, averages_kept=0.0, backbone_shift=1.0), backbone_ignored, "0%"),
        (
            frozen(backbone_kept=0.0, averages_kept=0.0, backbone_trained=1.0, backbone_shift=0.1),
            backbone_thawed,
            "100%",
        ),
        (
            frozen(backbone_kept=0.98, averages_kept=0.0),
            backbone_thawed,
            "2.0% of its numbers changed, moving averages",
        ),
        (frozen(backbone_kept=0.99), backbone_thawed, "scales and biases"),
        (FORGOTTEN, backbone_wiped_out, "90%"),
        (fine_tuned(), backbone_stands_still, "0%"),
    ],
)
def test_the_first_rule_that_speaks_names_the_mistake(m: Measurement, rule: FindingRule, said: str) -> None:
    speaking = [(one, found) for one in RULES if (found := one(m))]
    assert speaking[0][0] is rule
    assert said in speaking[0][1].evidence


@pytest.mark.parametrize(
    "m",
    [
        frozen(),
        fine_tuned(backbone_kept=0.02, averages_kept=1.0, backbone_trained=1.0, backbone_shift=0.1),
        measured(variant="scratch", backbone_trained=1.0),
        measured(variant="frozen"),
    ],
)
def test_nothing_is_said_of_a_backbone_that_did_as_the_mode_asks(m: Measurement) -> None:
    assert not [found for rule in RULES if (found := rule(m))]


def test_a_backbone_that_stays_where_it_starts_from_random_weights_is_told() -> None:
    assert backbone_stands_still(measured(variant="scratch", backbone_trained=0.0))
