"""What learning curves show: a loss that is no number, runs away, turns upward in validation, or stays high."""

import math

from harness.diagnosis.overfitting import overfits_from
from harness.diagnosis.read import column, is_at_chance, measure, quotes, sign, still_falling
from harness.records.models import Finding, Measurement

RUNAWAY = 2.0  # times the lowest loss so far, and above the first
FAR_ABOVE_CHANCE = 5.0  # times ln(classes)
HALF = 0.5  # of the way from an answer without learning to a perfect one
THIRD = 1 / 3  # of what differs between images; ten principal components of padded digits give about a half
NOT_A_NUMBER = "Lower the learning rate, and look for a logarithm or a division that can meet zero."
TOO_FAST = (
    "Lower the learning rate, by ten times at first; inputs scaled to about [0, 1] and clipped gradients help too."
)
TOO_SLOW = "A larger learning rate or batch normalisation gets further in the same number of epochs."
HARNESS_TRAINS = {
    NOT_A_NUMBER: "Look for a logarithm, an exponential or a division that can meet zero or overflow, and put batch"
    " normalisation between the layers, so that their outputs stay small.",
    TOO_FAST: "Keep what layers put out small: batch normalisation between them, smaller initial weights or fewer units"
    " in front of the output.",
    TOO_SLOW: "Batch normalisation between the layers gets further in the same number of epochs.",
}
SAME = 0.1  # between accuracies on training and test images: less is no gap


def became_nan(m: Measurement) -> Finding | None:
    """The loss stopped being a number: in which column, and in which epoch."""
    began = nan_began(m)
    if began is None:
        return None
    name, epoch, before = began
    what = "validation loss" if name.startswith("val_") else "loss"
    return Finding(
        variant=m.variant,
        title=f"The {what} became NaN",
        evidence=f"In epoch {epoch} the {what} is no longer a number"
        + (f"; before it was {before:.4g}." if before else "."),
        next_step=NOT_A_NUMBER,
    )


def nan_began(m: Measurement) -> tuple[str, int, float | None] | None:
    """Return the column, epoch (from 1) and last number before it where a loss first was NaN or infinite.

    Training ends in the epoch whose loss is NaN. A curve in which that leaves no number at all is not kept, and then
    outputs of NaN are what tells it from a loss that was fine.
    """
    bad = [
        (next(i for i, v in enumerate(values) if not math.isfinite(v)), name)
        for name, values in m.curve.items()
        if name in ("loss", "val_loss") and not all(map(math.isfinite, values))
    ]
    if bad:
        place, name = min(bad)
        return name, place + 1, m.curve[name][place - 1] if place else None
    loss, planned = m.curve.get("loss", []), sign(m, "epochs")
    if m.fault is None or m.fault.kind != "output" or "NaN" not in m.fault.message:
        return None
    if not loss and all(len(values) <= 1 for values in m.curve.values()):
        return "loss", 1, None
    if loss and planned and len(loss) < planned:
        return "loss", len(loss) + 1, loss[-1]
    return None


def diverged(m: Measurement) -> Finding | None:
    """The loss is a number but runs away: far above its lowest value, or far above that of guessing."""
    loss, classes = column(m, "loss"), m.provenance.data_classes
    if not loss or column(m, "discriminator_loss"):  # of two players one gains what the other loses
        return None
    best = min(range(len(loss)), key=loss.__getitem__)
    if loss[-1] > RUNAWAY * loss[best] > 0 and loss[-1] > loss[0]:
        evidence = (
            f"The loss is lowest in epoch {best + 1} ({loss[best]:.4g}) and ends at {loss[-1]:.4g}, above its start."
        )
    elif is_at_chance(m) and loss[-1] > FAR_ABOVE_CHANCE * math.log(classes):
        evidence = (
            f"The loss ends at {loss[-1]:.4g}; giving each of {classes} classes the same chance costs only"
            f" ln({classes}) = {math.log(classes):.3f}."
        )
    else:
        return None
    return Finding(
        variant=m.variant,
        title="The loss ran away",
        evidence=evidence,
        next_step=TOO_FAST,
    )


def overfitting(m: Measurement) -> Finding | None:
    """Validation loss turned upward and stayed up while training loss went on falling.

    Of a classifier also what it knows of training images is not what it knows of others: one that grows too sure of
    answers that are as right as before has learnt nothing wrong.
    """
    loss, val = column(m, "loss"), column(m, "val_loss")
    begins, gap = overfits_from(loss, val), gap_of(m)
    if begins is None or (gap is not None and gap <= SAME):
        return None
    lowest = val[begins - 2]
    return Finding(
        variant=m.variant,
        title=f"Overfitting from epoch {begins} on",
        evidence=f"Validation loss is lowest in epoch {begins - 1} ({lowest:.3f}) and ends at {val[-1]:.3f}, while"
        f" training loss falls to {loss[-1]:.3f}.",
        next_step="Try augmentation, dropout or fewer weights; a network that sees more variety memorises less.",
    )


def gap_of(m: Measurement) -> float | None:
    """Return by how much accuracy is higher on training images; None where it is not measured on both."""
    train, test = measure(m, "train_accuracy"), measure(m, "test_accuracy")
    return None if train is None or test is None else train - test


def underfitting(m: Measurement) -> Finding | None:
    """Less than half way from guessing to every answer right, or a third to every pixel, on training data too."""
    if not m.learns:
        return None
    evidence, read = low_accuracy(m), quotes(m, "train_accuracy", "test_accuracy")
    if not evidence:
        evidence, read = low_share_explained(m), quotes(m, "train_mse")
    if not evidence:
        return None
    loss = column(m, "loss")
    if still_falling(loss):
        evidence += f" The loss was still falling when training ended, at {loss[-1]:.4g}."
        step = TOO_SLOW
    else:
        step = "Try more units or layers, a non-linearity between them, or less dropout and augmentation."
    return Finding(variant=m.variant, title="Underfitting", evidence=evidence, next_step=step, quotes=read)


def low_accuracy(m: Measurement) -> str:
    train, gap, classes = measure(m, "train_accuracy"), gap_of(m), m.provenance.data_classes
    if train is None or gap is None or not classes or is_at_chance(m):
        return ""
    chance = 1 / classes
    if gap > SAME or train - chance > HALF * (1 - chance):
        return ""
    return f"Accuracy is {train:.2f} even on training images, where guessing gives {chance:.2f}."


def low_share_explained(m: Measurement) -> str:
    share = sign(m, "explained")
    if share is None or share > THIRD:
        return ""
    return f"Of what differs between training images only {max(share, 0):.0%} is found again in the rebuilt ones."


RULES = (became_nan, diverged, overfitting, underfitting)
