"""From coloured pictures to a finding: they stay grey, have one hue or other light, or the game is lost at once."""

import math

import pytest
from diagnosis.made import measured

from harness.diagnosis.rules.colours import beaten_generator, grey_answers, luminance_lost, one_hue

RULES = (grey_answers, one_hue, luminance_lost, beaten_generator)
SOUND = {"mean_chroma": 0.08, "one_hue": 0.55}


def game(discriminator: float, generator: float) -> dict[str, list[float]]:
    return {"discriminator_loss": [1.2, 0.9, discriminator], "generator_loss": [0.8, 1.0, generator]}


def test_sound_colours_and_a_game_in_balance_are_no_mistake() -> None:
    m = measured(game(1.3, 0.75), signs=SOUND, luminance_error=0.014)
    assert [rule(m) for rule in RULES] == [None] * len(RULES)
    assert [rule(measured()) for rule in RULES] == [None] * len(RULES)


@pytest.mark.parametrize(("chroma", "found"), [(0.0, True), (0.019, True), (0.03, False)])
def test_pictures_that_stay_grey(chroma: float, found: bool) -> None:
    assert (grey_answers(measured(signs={"mean_chroma": chroma})) is not None) == found


def test_one_hue_for_everything_is_told_with_its_share() -> None:
    told = one_hue(measured(signs={**SOUND, "one_hue": 0.99}))
    assert told is not None and "99%" in told.evidence
    assert one_hue(measured(signs={**SOUND, "one_hue": 0.8})) is None


def test_lost_light_is_told_in_its_unit() -> None:
    told = luminance_lost(measured(luminance_error=0.12))
    assert told is not None and "0.120" in told.evidence
    assert luminance_lost(measured(luminance_error=math.nan)) is None


@pytest.mark.parametrize(
    ("discriminator", "generator", "found"),
    [(0.01, 6.0, True), (0.24, 5.9, True), (0.5, 2.0, False), (0.01, 0.5, False)],
)
def test_a_discriminator_that_wins_while_the_generator_loses(
    discriminator: float, generator: float, found: bool
) -> None:
    assert (beaten_generator(measured(game(discriminator, generator))) is not None) == found
