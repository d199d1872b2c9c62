"""Classifiers that learned nothing: accuracy at chance, weights that stand still, the same answer to everything."""

import math

from harness.diagnosis.read import column, is_at_chance, measure, quotes, sign
from harness.grading.learning import NOTHING, STANDS_STILL, STANDS_STILL_THERE, guessing
from harness.records.models import Finding, Measurement

FLAT = 0.02  # relative change of the loss that still counts as flat
NOISE = 1e-6  # relative change that the order of examples alone makes in a float32 mean
HARDLY = 0.05  # relative change of a training loss with dropout or augmentation while no weight changes
MEMORISED = 3.0  # times chance, on training images
SAME_ROW = 1e-3
ONE_CLASS = 0.99
GUESSES = (
    "Check that initial weights are random, that the learning rate is not far too high, and that the loss fits the"
    " output: a softmax output goes with from_logits=False."
)
HARNESS_TRAINS = {
    STANDS_STILL: STANDS_STILL_THERE,
    GUESSES: "Check that initial weights are random, that the input reaches the output, and that outputs have the"
    " form that is asked for.",
}

SYMMETRY = (
    "With all kernels at zero every hidden unit puts out zero, so every unit of a layer gets the same"
    " gradient (behind a ReLU: none) and they can never become different. Random initial weights break"
    " this symmetry; that is what this variant is there to show."
)
MEANT = "Nothing has to be mended: this variant is there to show what comes of its settings."


def zero_weights(m: Measurement) -> Finding | None:
    """A variant that is there to show that nothing is learnt stays at chance; not of zero weights if answers differ."""
    if m.learns or not is_at_chance(m):
        return None
    alike = sign(m, "row_spread") is None or is_same_row(m)
    return Finding(
        variant=m.variant,
        title=f"Nothing is learned{' from zero weights' if alike else ''}, as expected",
        evidence=chance_evidence(m),
        next_step=SYMMETRY if alike else MEANT,
        quotes=quotes(m, "test_accuracy"),
        expected=True,
    )


def weights_stand_still(m: Measurement) -> Finding | None:
    """The loss is the same in every epoch, so no gradient changed a weight.

    Validation data come in the same order every epoch, so equal weights give equal bits. Training data do not: there,
    as many digits as a float32 mean keeps.
    """
    loss, val = column(m, "loss"), column(m, "val_loss")
    if m.moved:  # the weights themselves say otherwise
        return None
    if len(loss) < 3 or abs(loss[-1] - loss[0]) > HARDLY * abs(loss[0]):
        return None
    if val:
        still, which = len(set(val)) == 1, "Validation loss"
    else:
        still, which = max(loss) - min(loss) <= NOISE * abs(loss[0]), "The loss"
    if not still:
        return None
    return Finding(
        variant=m.variant,
        title=NOTHING,
        evidence=f"{which} is {(val or loss)[0]:.4f} in all {len(loss)} epochs, to the last digit: no weight changed.",
        next_step=STANDS_STILL,
    )


def at_chance(m: Measurement) -> Finding | None:
    """Accuracy at chance; with a loss that stays at ln(classes) no gradient tells the classes apart."""
    if not is_at_chance(m):
        return None
    classes, train = m.provenance.data_classes, measure(m, "train_accuracy")
    if train is not None and train > MEMORISED / classes:
        return Finding(
            variant=m.variant,
            title="Nothing carries over to new images",
            evidence=f"{chance_evidence(m)} On training images it is {train:.3f}.",
            next_step="Check that nothing in the model depends on the order of examples, and that batch normalisation"
            " and augmentation do in prediction what they should.",
            quotes=quotes(m, "test_accuracy", "train_accuracy"),
        )
    return Finding(
        variant=m.variant,
        title=NOTHING,
        evidence=chance_evidence(m),
        next_step=GUESSES,
        quotes=quotes(m, "test_accuracy"),
    )


def chance_evidence(m: Measurement) -> str:
    classes, loss, evidence = m.provenance.data_classes, m.curve.get("loss", []), guessing(m)
    if loss and abs(loss[-1] - math.log(classes)) < FLAT * math.log(classes):
        evidence += f" The loss stays at {loss[-1]:.3f}, which is ln({classes}): every class is given the same chance."
    return " ".join(filter(None, (evidence, same_answer(m))))


def constant_output(m: Measurement) -> Finding | None:
    """Every example gets the same answer."""
    answer = same_answer(m)
    if not answer or not m.learns:
        return None
    return Finding(
        variant=m.variant,
        title="The same answer to every example",
        evidence=answer,
        next_step="Check that the input reaches the output, that the classes are about equally frequent in what the"
        " network sees, and that no layer is so saturated that it puts out a constant.",
    )


def same_answer(m: Measurement) -> str:
    """Return a sentence if all rows of the output are equal, or all name one class; else nothing."""
    share = sign(m, "top_class_share")
    if is_same_row(m):
        return "Every validation example gets the same probabilities."
    if share is not None and share >= ONE_CLASS:
        return f"{share:.0%} of the validation examples get the same class."
    return ""


def is_same_row(m: Measurement) -> bool:
    spread = sign(m, "row_spread")
    return spread is not None and spread < SAME_ROW


RULES = (zero_weights, weights_stand_still, at_chance, constant_output)
