"""What blends of two pictures show, and a divergence that is left out."""

from harness.diagnosis.read import column, measure, quotes
from harness.records.models import Finding, Measurement

OVERLAID = 0.04  # of the variance of a blend, that no overlay of its parents explains
AT_A_PARENT = 0.1  # of the way from one parent to the other
ALIKE = 0.2  # of the distance between real pictures of a class
MISSED = 0.02  # of the distance between two codes
OFF = 1e-6  # nats


def one_parent(m: Measurement) -> Finding | None:
    """Half-way between two codes lies one of the two."""
    near = measure(m, "from_parent")
    if near is None or near >= AT_A_PARENT:
        return None
    return Finding(
        variant=m.variant,
        title="A blend is one of its parents",
        evidence=f"Half-way a blend lies {near:.1%} of the way from one parent to the other (a half would be between).",
        next_step="Between the ends `blend` has to use both codes: with weight 0.7 seven parts of code_a and three of"
        " code_b, on the line between them or on an arc.",
        quotes=quotes(m, "from_parent", "both_seen", "blend_score"),
    )


def overlay(m: Measurement) -> Finding | None:
    """What is drawn from a blended code is the two pictures laid over each other."""
    novelty = measure(m, "novelty")
    if novelty is None or novelty >= OVERLAID or one_parent(m) or one_blend(m):
        return None
    return Finding(
        variant=m.variant,
        title="Blends are two pictures laid over each other",
        evidence=f"The two pictures at each pixel explain all but {novelty:.1%} of a blend's variance.",
        next_step="A decoder that is linear up to its last layer overlays what it draws of two codes, and so"
        " does one that draws the halves of a code by themselves. Put hidden layers with a non-linearity between the"
        " code and the picture, which all see the whole code.",
        quotes=quotes(m, "novelty", "blend_score"),
    )


def one_blend(m: Measurement) -> Finding | None:
    """Whatever the parents are, the blend is the same picture."""
    variety = measure(m, "variety")
    if variety is None or variety >= ALIKE:
        return None
    return Finding(
        variant=m.variant,
        title="Blends are the same whatever is blended",
        evidence=f"Blends of different pictures lie {variety:.2f} times as far apart as real pictures of one class do.",
        next_step="Check that `blend` uses both codes of each pair, and that codes say what is in a picture: rebuilt"
        " pictures show it.",
        quotes=quotes(m, "variety", "blend_score"),
    )


def blend_ends(m: Measurement) -> Finding | None:
    """With weights 1 and 0 the blend is another code than it has to be."""
    missed = measure(m, "ends_missed")
    if missed is None or missed < MISSED:
        return None
    return Finding(
        variant=m.variant,
        title="The ends of a blend are not the two codes",
        evidence=f"With weights 1 and 0 blends lie {missed:.2f} times as far from the code that they have to be as the"
        " two codes do from each other (1 where the two are exchanged).",
        next_step="`blend(code_a, code_b, weight)` returns code_a with weight 1 and code_b with weight 0.",
        quotes=quotes(m, "ends_missed"),
    )


def divergence_off(m: Measurement) -> Finding | None:
    """The divergence was 0 in every epoch: the loss had no such term."""
    kl = column(m, "kl")
    if not kl or max(map(abs, kl)) > OFF:
        return None
    return Finding(
        variant=m.variant,
        title="The divergence is left out",
        evidence="The divergence in the loss was 0 in every epoch.",
        next_step="Return 0.5 · (exp(z_log_var) + z_mean² − 1 − z_log_var), summed over the numbers of a code, made"
        " with keras.ops: without it codes lie anywhere, and nothing was learnt of what lies between them.",
        quotes=quotes(m, "kl_error"),
    )


RULES = (divergence_off, blend_ends, one_parent, one_blend, overlay)
