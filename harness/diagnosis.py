"""Names likely mistakes from learning curves and measures. Findings cost no marks."""

import math
from collections.abc import Callable, Iterator, Sequence

from harness.grading.results import Finding
from harness.records.models import Measurement

Curve = dict[str, list[float]]
FLAT = 0.02  # relative change of the loss that still counts as flat
AT_CHANCE = 1.2  # times chance


def findings(measurements: Sequence[Measurement]) -> list[Finding]:
    """Return what is worth telling about the variants of one submission, at most one finding for each."""
    found: list[Finding] = []
    for m in measurements:
        named = next((f for rule in RULES for f in rule(m)), None)
        if named and named.variant not in {f.variant for f in found}:
            found.append(named)
    return found


def diverged(m: Measurement) -> Iterator[Finding]:
    """The loss stopped being a number, and the epoch in which it did."""
    loss = m.curve.get("loss", [])
    bad = next((i for i, v in enumerate(loss) if not math.isfinite(v)), None)
    if bad is not None:
        yield Finding(
            variant=m.variant,
            title="The loss became NaN",
            evidence=f"In epoch {bad + 1} the loss is no longer a number.",
            next_step="Lower the learning rate, and look for a logarithm or a division that can meet zero.",
        )


def at_chance(m: Measurement) -> Iterator[Finding]:
    """Accuracy at chance; with a loss that stays at ln(classes) no gradient reaches the weights."""
    accuracy, classes = m.measures.get("test_accuracy"), m.provenance.data_classes
    if accuracy is None or not classes or not accuracy.value <= AT_CHANCE / classes:
        return
    loss = m.curve.get("loss", [])
    flat = bool(loss) and abs(loss[-1] - math.log(classes)) < FLAT * math.log(classes)
    evidence = f"Test accuracy is {accuracy.value:.3f}; guessing one of {classes} classes gives {1 / classes:.2f}."
    if flat:
        evidence += f" The loss stays at {loss[-1]:.3f}, which is ln({classes}): every class is given the same chance."
    if m.variant == "zero_init":
        yield Finding(
            variant=m.variant,
            title="Nothing is learned from zero weights, as expected",
            evidence=evidence,
            next_step="With all kernels at zero every hidden unit puts out zero, so every unit of a layer gets the same"
            " gradient (behind a ReLU: none) and they can never become different. Random initial weights break"
            " this symmetry; that is what this variant is there to show.",
        )
        return
    yield Finding(
        variant=m.variant,
        title="The network learned nothing",
        evidence=evidence,
        next_step="Check that initial weights are random, that the learning rate is not far too high, and that the loss"
        " fits the output: a softmax output goes with from_logits=False.",
    )


def overfitting(m: Measurement) -> Iterator[Finding]:
    """Validation loss turned upward while training loss went on falling."""
    loss, val = m.curve.get("loss", []), m.curve.get("val_loss", [])
    if not len(loss) == len(val) >= 4 or not all(map(math.isfinite, [*loss, *val])):
        return
    best = min(range(len(val)), key=val.__getitem__)
    if best < len(val) - 2 and val[-1] > 1.15 * val[best] and loss[-1] < loss[best]:
        yield Finding(
            variant=m.variant,
            title=f"Overfitting from epoch {best + 2} on",
            evidence=f"Validation loss is lowest in epoch {best + 1} ({val[best]:.3f}) and ends at {val[-1]:.3f}, while"
            f" training loss falls to {loss[-1]:.3f}.",
            next_step="Try augmentation, dropout or fewer weights; a network that sees more variety memorises less.",
        )


RULES: tuple[Callable[[Measurement], Iterator[Finding]], ...] = (diverged, at_chance, overfitting)
