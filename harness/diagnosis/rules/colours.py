"""What coloured pictures show: no colour, one hue for everything, other light than was given, a game that is lost."""

from typing import Final

from harness.diagnosis.read import column, measure, quotes, sign
from harness.diagnosis.rules.pictures import GUESSING
from harness.records.models import Finding, Measurement

GREY: Final = 0.02  # mean chroma; that of photographs is about 0.1
ONE: Final = 0.95  # of the sum of all chroma; photographs reach a half, and a tint by luminance 0.8
LOST: Final = 0.05  # in luminance; a U-Net that draws red, green and blue by a sigmoid is off by 0.015
WON: Final = 0.25  # of the loss of guessing


def grey_answers(m: Measurement) -> Finding | None:
    """Answers have next to no colour."""
    chroma = sign(m, "mean_chroma")
    if chroma is None or chroma >= GREY:
        return None
    return Finding(
        variant=m.variant,
        title="The pictures stay grey",
        evidence=f"The mean chroma of the answers is {chroma:.3f}.",
        next_step="Let the last layer give three channels that can differ, and check that a gradient reaches it: grey"
        " is what is left where a network stands still.",
        quotes=quotes(m, "chroma_ratio", "skill"),
    )


def one_hue(m: Measurement) -> Finding | None:
    """All answers have the same hue."""
    share = sign(m, "one_hue")
    if share is None or share < ONE:
        return None
    return Finding(
        variant=m.variant,
        title="One hue for everything",
        evidence=f"Chroma points in one direction for {share:.0%} of its sum over all pixels.",
        next_step="A mean tint is the best answer of a network that sees no shapes: use convolutions of 3 by 3 at"
        " several sizes, and skip connections that bring what was seen to where colours are drawn.",
        quotes=quotes(m, "right_hues", "skill"),
    )


def luminance_lost(m: Measurement) -> Finding | None:
    """The answers are lighter or darker than the pictures given."""
    off = measure(m, "luminance_error")
    if off is None or off < LOST:
        return None
    return Finding(
        variant=m.variant,
        title="Luminance is not kept",
        evidence=f"0.299 R + 0.587 G + 0.114 B of the answers is off by {off:.3f} on average from the grey given.",
        next_step="Bring the grey picture to the last layer by a skip connection, or let the network give chroma alone"
        " and add it to the grey picture. Pixels go from 0 to 1 on both sides.",
        quotes=quotes(m, "luminance_error", "right_colours"),
    )


def beaten_generator(m: Measurement) -> Finding | None:
    """The discriminator hardly ever errs: the generator learns nothing from it."""
    loss, other = column(m, "discriminator_loss"), column(m, "generator_loss")
    if not loss or not other or loss[-1] >= WON * GUESSING or other[-1] <= other[0]:
        return None
    return Finding(
        variant=m.variant,
        title="The discriminator wins at once",
        evidence=f"Its loss ends at {loss[-1]:.3g}, where guessing costs 2 ln 2 = {GUESSING:.3f}; the generator's rises"
        f" from {other[0]:.3g} to {other[-1]:.3g}.",
        next_step="Make the discriminator weaker: fewer filters, dropout in it, or a mean over patches in place of one"
        " answer for the whole picture.",
    )


RULES = (grey_answers, one_hue, luminance_lost, beaten_generator)
