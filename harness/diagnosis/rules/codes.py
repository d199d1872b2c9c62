"""What the code of a variational autoencoder shows: its divergence, whether it says anything, and what lies between."""

from typing import Final

from harness.diagnosis.read import column, measure, quotes
from harness.records.models import Finding, Measurement

EXACT: Final = 0.02  # relative; the closed form in float32 is off by less than 0.0001
ABSENT: Final = (0.999, 1.001)  # of an answer that is zero
TURNED: Final = (1.999, 2.001)  # of one with the other sign
EMPTY: Final = 0.5  # nats; ten numbers that say something come to several
JUMPS: Final = 0.35  # an even step over the largest; sound ones reach 0.6 and more


def wrong_divergence(m: Measurement) -> Finding | None:
    """The student's divergence is not that of two Gaussians."""
    off = measure(m, "kl_error")
    if off is None or off < EXACT:
        return None
    what = "By its size, it is another multiple, or a mean where a sum belongs."
    if ABSENT[0] <= off <= ABSENT[1]:
        what = "It is about zero: it has no weight in the loss, and codes stay wherever training puts them."
    elif TURNED[0] <= off <= TURNED[1]:
        what = "It has the wrong sign, and training drives codes away from standard normal."
    return Finding(
        variant=m.variant,
        title="kl_divergence is not the divergence",
        evidence=f"It differs from the closed form by {off:.0%}. {what}",
        next_step="Return 0.5 (exp(log_var) + mean² - 1 - log_var), summed over the numbers of a code, a number an"
        " example; how much it counts is the harness's to say.",
        quotes=quotes(m, "kl_error"),
    )


def empty_code(m: Measurement) -> Finding | None:
    """Every code lies at standard normal, whatever the image."""
    error, divergence = column(m, "mse"), column(m, "kl")
    if len(error) < 2 or not divergence or not any(divergence) or divergence[-1] >= EMPTY:
        return None
    return Finding(
        variant=m.variant,
        title="The code says nothing",
        evidence=f"By the last epoch a code lies {divergence[-1]:.2g} nats from standard normal, so that no image has a"
        f" code of its own; the squared error ends at {error[-1]:.4f}.",
        next_step="Where the divergence counts too much, the decoder draws the mean image whatever the code. Return the"
        " closed form and nothing larger, and let the code reach every layer of the decoder.",
    )


def jumping_images(m: Measurement) -> Finding | None:
    """On the way from one code to another images jump."""
    smooth = measure(m, "smoothness")
    if smooth is None or smooth >= JUMPS:
        return None
    return Finding(
        variant=m.variant,
        title="Between two codes images jump",
        evidence=f"On the way from one code to another the largest step is {1 / smooth:.1f} times an even one."
        if smooth > 0
        else "On the way from one code to another nothing changes.",
        next_step="Neighbouring codes should make neighbouring images: use no steps, sines or rounding of the code, and"
        " the divergence, which lets codes of neighbours overlap.",
        quotes=quotes(m, "smoothness"),
    )


RULES = (wrong_divergence, empty_code, jumping_images)
