"""What predicted numbers show: the same for every example, or on another scale than the targets."""

from harness.diagnosis.read import sign
from harness.records.models import Finding, Measurement

SAME = 0.01  # of the spread of the targets
OTHER_SCALE = 5.0  # times the spread of the targets, or a fifth of it
AGREES = 0.9  # correlation that says that only the scale is wrong


def same_number(m: Measurement) -> Finding | None:
    """Every validation example gets the same number."""
    spread = sign(m, "number_spread")
    if spread is None or spread >= SAME:
        return None
    return Finding(
        variant=m.variant,
        title="The same number for every example",
        evidence=f"Predictions of validation examples vary by {spread:.1%} of what their targets do.",
        next_step="Nothing of the input reaches the output: look for units behind a ReLU that are never above zero, for"
        " saturated units, and for a learning rate that is far too high.",
    )


def other_scale(m: Measurement) -> Finding | None:
    """Predictions go up and down with the targets, but by far more or less."""
    spread, agreement = sign(m, "number_spread"), sign(m, "number_agreement")
    if spread is None or agreement is None or agreement < AGREES or 1 / OTHER_SCALE <= spread <= OTHER_SCALE:
        return None
    return Finding(
        variant=m.variant,
        title="Predictions are on another scale",
        evidence=f"Predictions of validation examples go with the targets (correlation {agreement:.2f}) but vary"
        f" {spread:.3g} times as much.",
        next_step="Predict in the unit of the targets: end with a dense layer without an activation that bounds it, and"
        " undo any scaling of the targets as the model's last layer.",
    )


RULES = (same_number, other_scale)
