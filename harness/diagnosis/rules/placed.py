"""Weights that were there before training and that no initialiser draws.

It costs no marks: fixed filters, tables of positions and layers that were trained elsewhere are the student's to bring
where a task allows it.
"""

from harness.diagnosis.read import sign
from harness.records.models import Finding, Measurement

SOME = 0.25  # of the numbers of a model


def brought_along(m: Measurement) -> Finding | None:
    """A quarter of the weights or more lies, as built, where something has learnt already."""
    share = sign(m, "placed_share")
    if share is None or share < SOME:
        return None
    return Finding(
        variant=m.variant,
        title="Weights were not drawn at random before training",
        evidence=f"As the model was built, {share:.0%} of its numbers lay in arrays whose rows differ in size as they"
        " do in a trained network, and not as random numbers do.",
        next_step="Let initialisers draw the weights and training find them: say in the report what is brought along,"
        " and from where.",
    )


RULES = ()
ALWAYS = (brought_along,)
