"""What losses of images and denoised images show: a loss turned the wrong way, without numbers, in another range."""

from typing import Final

from harness.diagnosis.read import measure, quotes, sign
from harness.records.models import Finding, Measurement

FALLING: Final = 0.8  # share of steps to a noisier image at which the loss falls; 0.5 is guessing
WRONG: Final = 0.3  # of its mean size: how far a loss is off
NEAR: Final = 0.1
HANDED_BACK: Final = 0.6  # of the noise
A_BLUR: Final = 0.95  # of the error of a Gaussian filter
ALIKE: Final = 0.02  # of structural similarity: no more than that of the filter


def wrong_way_round(m: Measurement) -> Finding | None:
    """The loss is lower for noisier images: a similarity that is minimised."""
    falls = sign(m, "loss_falls")
    if falls is None or falls < FALLING:
        return None
    return Finding(
        variant=m.variant,
        title="The loss falls as images get worse",
        evidence=f"From an image to a noisier one, the loss falls at {falls:.0%} of the steps; it should rise.",
        next_step="A similarity is largest for equal images, and training makes a loss small: return 1 minus the"
        " similarity, or minus it.",
        quotes=quotes(m, "loss_order"),
    )


def loss_not_finite(m: Measurement) -> Finding | None:
    """Values or gradients of the loss are NaN or infinite for some pairs of images."""
    finite = measure(m, "loss_finite")
    if finite is None or finite >= 1:
        return None
    return Finding(
        variant=m.variant,
        title="The loss is no number for some images",
        evidence=f"Value or gradient are NaN or infinite for {1 - finite:.0%} of the pairs asked, among them equal"
        " images and such that have nothing in common.",
        next_step="Bound what a logarithm, a root or a power is taken of from below, before it is taken: a gradient"
        " that is infinite is not saved by a condition behind it. Check that every window fits at every scale.",
        quotes=quotes(m, "loss_finite"),
    )


def other_range(m: Measurement) -> Finding | None:
    """The loss takes pixels for numbers from 0 to 255."""
    error, other = measure(m, "loss_error"), sign(m, "other_range")
    if error is None or other is None or error < WRONG or other > NEAR:
        return None
    return Finding(
        variant=m.variant,
        title="The loss expects pixels up to 255",
        evidence=f"Its values are those for a dynamic range of 255, off by {error:.0%} for pixels in [0, 1].",
        next_step="The constants of SSIM are (0.01 range)² and (0.03 range)²: here the range is 1.",
        quotes=quotes(m, "loss_error"),
    )


def noise_left(m: Measurement) -> Finding | None:
    """The network hands images back nearly as they came."""
    left = sign(m, "noise_left")
    if left is None or left < HANDED_BACK:
        return None
    return Finding(
        variant=m.variant,
        title="The noise is still there",
        evidence=f"{left:.0%} of the noise of training images is found in what the network makes of them.",
        next_step="Check that the way from input to output is not the input alone: a skip connection needs layers"
        " beside it whose gradient is not zero.",
    )


def only_blurred(m: Measurement) -> Finding | None:
    """The network does no more than a blur does."""
    over, gained = sign(m, "over_blur"), sign(m, "likeness_gained")
    if over is None or gained is None or over < A_BLUR or gained > ALIKE or noise_left(m):
        return None
    return Finding(
        variant=m.variant,
        title="No better than a blur",
        evidence=f"On training images the squared error is {over:.2f} times that of a Gaussian filter, and structural"
        f" similarity {gained:+.2f} beside it.",
        next_step="Edges are lost where all passes through a small grid: join what has the same size on the way down"
        " and on the way up, and give the last layers more than one filter.",
    )


RULES = (wrong_way_round, loss_not_finite, other_range, noise_left, only_blurred)
