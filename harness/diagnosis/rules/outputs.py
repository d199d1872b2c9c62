"""What the outputs of classifiers show: NaN, no probabilities, or a softmax under a loss that takes logits."""

import math

from harness.diagnosis.read import column, sign
from harness.records.models import Finding, Measurement

SUM_OFF = 0.01  # float16 puts a sum of probabilities off by less
MATCHES = 0.01  # relative difference of two losses that counts as none
CLEARLY_MORE = 2.0


def nan_outputs(m: Measurement) -> Finding | None:
    """The loss was a number to the end and the outputs are not, so it is in what only prediction does."""
    if m.fault is None or m.fault.kind != "output" or "NaN" not in m.fault.message or not column(m, "loss"):
        return None
    return Finding(
        variant=m.variant,
        title="The outputs are NaN though the loss was a number",
        evidence=f"The last loss is {m.curve['loss'][-1]:.4g}; predictions of the same weights are NaN or infinite.",
        next_step="Look at what prediction does and training does not: moving averages of a normalisation, a layer"
        " that asks whether it is training, or a weight that the last step of training made infinite.",
    )


def refused_outputs(m: Measurement) -> Finding | None:
    """A classifier trained well and then gave values outside [0, 1]: logits."""
    if m.fault is None or (m.fault.kind, m.fault.step) != ("output", "predict") or "NaN" in m.fault.message:
        return None
    if not column(m, "loss"):
        return None
    return no_distribution(m, "Training went to its end, but what the model puts out leaves [0, 1].")


def not_a_distribution(m: Measurement) -> Finding | None:
    """The rows of the output do not sum to one."""
    off = sign(m, "row_sum_off")
    if off is None or off <= SUM_OFF:
        return None
    return no_distribution(m, f"The probabilities of an image should sum to 1; they are off by up to {off:.2f}.")


def no_distribution(m: Measurement, evidence: str) -> Finding:
    return Finding(
        variant=m.variant,
        title="The output is not a distribution over classes",
        evidence=evidence,
        next_step="End the model with a softmax over the classes (a sigmoid gives each class a probability of its own,"
        " and no activation gives logits), and use a loss with from_logits=False.",
    )


def softmax_with_logits_loss(m: Measurement) -> Finding | None:
    """The loss took probabilities for logits, and applied a softmax to them once more."""
    evidence = loss_of_softmaxed_twice(m) or loss_on_the_floor(m)
    if not evidence:
        return None
    return Finding(
        variant=m.variant,
        title="Softmax under a loss that takes logits",
        evidence=evidence,
        next_step="Use the loss with from_logits=False behind a softmax: with a second softmax in the loss, gradients"
        " are small and training is slow.",
    )


def loss_of_softmaxed_twice(m: Measurement) -> str:
    """Compare the validation loss after the last epoch with both cross-entropies of the final outputs."""
    val, once, twice = column(m, "val_loss"), sign(m, "cross_entropy"), sign(m, "softmax_cross_entropy")
    if not val or once is None or twice is None:
        return ""
    if abs(val[-1] - twice) > MATCHES * twice or abs(val[-1] - once) < CLEARLY_MORE * MATCHES * twice:
        return ""
    return (
        f"The validation loss ends at {val[-1]:.3f}. The cross-entropy of the outputs is {once:.3f}; with another"
        f" softmax put over them it is {twice:.3f}."
    )


def loss_on_the_floor(m: Measurement) -> str:
    """Compare loss and accuracy of the last epoch, where outputs were not kept.

    With values in [0, 1] as logits the cross-entropy cannot fall below ln(1 + (k - 1)/e): one logit at 1, the others at
    0. Probabilities that mean what they say have at most the entropy that Fano's inequality allows at this accuracy a:
    -a ln a - (1 - a) ln(1 - a) + (1 - a) ln(k - 1).
    """
    loss, accuracy, k = column(m, "loss"), column(m, "accuracy"), m.provenance.data_classes
    if not loss or not accuracy or k < 2 or sign(m, "softmax_cross_entropy") is not None:
        return ""
    floor, right = logits_floor(k), min(accuracy[-1], 1 - 1e-9)
    if not 1 / k < right or not floor <= min(loss) or loss[-1] > math.log(k):
        return ""
    if loss[-1] < CLEARLY_MORE * fano(right, k):
        return ""
    return (
        f"The loss ends at {loss[-1]:.3f} with {right:.0%} right. With probabilities in place of logits it cannot fall"
        f" below ln(1 + {k - 1}/e) = {floor:.3f}."
    )


def logits_floor(classes: int) -> float:
    return math.log(1 + (classes - 1) / math.e)


def fano(accuracy: float, classes: int) -> float:
    """Return the largest entropy in nats at an accuracy strictly between 0 and 1 (Fano, 1961)."""
    wrong = 1 - accuracy
    return -accuracy * math.log(accuracy) - wrong * math.log(wrong) + wrong * math.log(classes - 1)


RULES = (nan_outputs, refused_outputs, not_a_distribution, softmax_with_logits_loss)
