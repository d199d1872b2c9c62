"""From times that are read to a finding: parts begin elsewhere, one head learnt nothing, a dial is taken for a line."""

import pytest
from diagnosis.made import measured

from harness.diagnosis.rules.dial import one_head, straight_dial, wrong_parts


@pytest.mark.parametrize(("lead", "said"), [(0.53, "late"), (-0.48, "early")])
def test_parts_that_begin_elsewhere_are_found_by_half_a_part(lead: float, said: str) -> None:
    found = wrong_parts(measured(signs={"part_lead": lead}))
    assert found is not None
    assert said in found.evidence


@pytest.mark.parametrize("lead", [0.0, 0.1, -0.2, 1.4])
def test_another_lead_is_no_matter_of_rounding(lead: float) -> None:
    assert wrong_parts(measured(signs={"part_lead": lead})) is None


@pytest.mark.parametrize(("hours", "off", "learnt"), [(0.9, 14.8, "hour"), (0.1, 1.2, "minute")])
def test_the_head_that_learnt_nothing_is_named(hours: float, off: float, learnt: str) -> None:
    found = one_head(measured(signs={"hour_share": hours, "minutes_off": off}))
    assert found is not None
    assert found.title.startswith(f"The {learnt} is learnt")


@pytest.mark.parametrize(("hours", "off"), [(0.9, 1.2), (0.1, 15.0), (0.4, 8.0), (0.66, 14.4)])
def test_heads_that_both_learnt_or_both_did_not_are_none(hours: float, off: float) -> None:
    assert one_head(measured(signs={"hour_share": hours, "minutes_off": off})) is None


def test_a_dial_that_is_taken_for_a_line_is_lost_at_twelve() -> None:
    assert straight_dial(measured(signs={"at_twelve": 3.1}, near_twelve=80)) is not None
    assert straight_dial(measured(signs={"at_twelve": 1.6}, near_twelve=80)) is None
    assert straight_dial(measured(signs={"at_twelve": 5.7}, near_twelve=11)) is None, "one clock of few is far off"


def test_without_signs_nothing_is_said() -> None:
    for rule in (wrong_parts, one_head, straight_dial):
        assert rule(measured(signs={})) is None
