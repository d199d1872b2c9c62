"""Test inputs shown a second time: answers that change with the order, or with a hair's move of an input.

These cost no marks: a network that normalises by the batch it is given, or draws at random when it predicts, has learnt
all the same. What hangs on exact bytes and on nothing else is no longer doubt; see `harness.grading.learning`.
"""

from harness.diagnosis.read import sign
from harness.records.models import Finding, Measurement

SOME = 0.05  # of the answers


def hangs_on_order(m: Measurement) -> Finding | None:
    """Answers change when the same inputs come in another order."""
    share = sign(m, "order_share")
    if share is None or share < SOME:
        return None
    return Finding(
        variant=m.variant,
        title="Answers depend on the order of the inputs",
        evidence=f"The test inputs were shown again in another order: {share:.0%} of the answers changed.",
        next_step="An answer should follow from its own input. Look for batch normalisation, dropout or noise that is"
        " kept on in prediction (training=True), and for sums over the batch.",
    )


def hangs_on_a_hair(m: Measurement) -> Finding | None:
    """Answers change when inputs are moved by less than anybody could see."""
    share = sign(m, "bytes_share")
    if share is None or share < SOME:
        return None
    return Finding(
        variant=m.variant,
        title="Answers change with a hair's move of the inputs",
        evidence=f"The test inputs were shown again, moved by a hair: {share:.0%} of the answers changed.",
        next_step="Look for rounding, comparisons and very large weights between input and output.",
    )


RULES = ()
ALWAYS = (hangs_on_order, hangs_on_a_hair)
