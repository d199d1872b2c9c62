"""What times that are read from clocks show: parts that begin elsewhere, a straight dial, half of a time missing."""

from typing import Final

from harness.diagnosis.read import measure, quotes, sign
from harness.records.models import Finding, Measurement

HALF_A_PART: Final = (0.35, 0.65)  # of a part: labels that are rounded to the next one instead of down lead by a half
SURE: Final = 0.8  # share of hours that are right where the hour was learnt; one number so coarse has 0.7 right at most
MINUTES_AT_CHANCE: Final = 13.0  # of 15
MINUTES_RIGHT: Final = 5.0
HOURS_AT_CHANCE: Final = 0.2
LOST: Final = 2.5  # times the error elsewhere
FAR: Final = 45  # minutes on average near twelve; of an answer on a line that is else good 80, on the dial 25 at most


def wrong_parts(m: Measurement) -> Finding | None:
    """Answers are half of a part late or early, all of them."""
    lead = sign(m, "part_lead")
    low, high = HALF_A_PART
    if lead is None or not low <= abs(lead) <= high:
        return None
    when = "late" if lead > 0 else "early"
    return Finding(
        variant=m.variant,
        title="Parts of the dial begin in the wrong place",
        evidence=f"In the median, validation clocks are read {abs(lead):.2f} of a part {when}.",
        next_step="Part c begins at minute 720 c / num_classes: round down when you make parts of minutes.",
    )


def one_head(m: Measurement) -> Finding | None:
    """The hour was learnt and the minute was not, or the other way round."""
    hours, off = sign(m, "hour_share"), sign(m, "minutes_off")
    if hours is None or off is None:
        return None
    if hours >= SURE and off >= MINUTES_AT_CHANCE:
        learnt, other, evidence = "hour", "minute", f"{hours:.0%} of the hours of validation clocks are right"
    elif hours <= HOURS_AT_CHANCE and off <= MINUTES_RIGHT:
        learnt, other, evidence = "minute", "hour", f"minutes of validation clocks are {off:.1f} off on average"
    else:
        return None
    return Finding(
        variant=m.variant,
        title=f"The {learnt} is learnt and the {other} is not",
        evidence=f"{evidence[0].upper()}{evidence[1:]}, while the {other} is no better than guessed.",
        next_step=f"Look at the loss of the {other}: its weight, its scale beside the other one, and whether its"
        " gradient reaches the layers below.",
    )


def straight_dial(m: Measurement) -> Finding | None:
    """Clocks near twelve are read far worse than others."""
    ratio, error = sign(m, "at_twelve"), measure(m, "near_twelve")
    if ratio is None or ratio < LOST or error is None or error < FAR:
        return None
    return Finding(
        variant=m.variant,
        title="Twelve is taken for two ends of a line",
        evidence=f"Within an hour of twelve, validation clocks are read {ratio:.1f} times as wrong as others, and test"
        f" clocks are {error:.0f} minutes off.",
        next_step="11:59 and 12:01 are two minutes apart: let the loss go around the dial, or give a sine and a cosine"
        " and take their angle.",
        quotes=quotes(m, "near_twelve"),
    )


RULES = (wrong_parts, one_head, straight_dial)
