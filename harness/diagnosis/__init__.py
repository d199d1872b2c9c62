"""Names likely mistakes from what was recorded. Findings cost no marks.

Rules are pure functions from one measurement to a finding with its evidence, or None. They read learning curves,
measures, and `signs`: numbers about the outputs that were taken when these were at hand (`harness.scoring.signs`).
"""

from collections.abc import Callable, Sequence

from harness.diagnosis.chance import at_chance, constant_output, weights_stand_still, zero_weights
from harness.diagnosis.curves import became_nan, diverged, overfitting, underfitting
from harness.diagnosis.outputs import nan_outputs, not_a_distribution, refused_outputs, softmax_with_logits_loss
from harness.diagnosis.pictures import (
    dead_code,
    leaking_bottleneck,
    memorised_pictures,
    mode_collapse,
    same_picture,
)
from harness.diagnosis.series import lags, last_month, other_unit, same_forecast
from harness.records.models import Finding, Measurement

Rule = Callable[[Measurement], Finding | None]

# The cause before the consequence: the first that applies is told.
RULES: tuple[Rule, ...] = (
    *(became_nan, nan_outputs, refused_outputs, diverged),
    *(
        last_month,
        zero_weights,
        weights_stand_still,
        softmax_with_logits_loss,
        at_chance,
        constant_output,
        not_a_distribution,
    ),
    *(other_unit, same_forecast, lags),
    *(same_picture, dead_code, leaking_bottleneck, memorised_pictures, mode_collapse),
    *(overfitting, underfitting),
)


def findings(measurements: Sequence[Measurement]) -> list[Finding]:
    """Return what is worth telling about the variants of one submission, at most one finding for each."""
    found: list[Finding] = []
    for m in measurements:
        named = next((f for rule in RULES if (f := rule(m))), None)
        if named and named.variant not in {f.variant for f in found}:
            found.append(named)
    return found
