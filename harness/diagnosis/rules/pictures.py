"""What codes, rebuilt pictures and generated samples show."""

import math

from harness.diagnosis.read import column, measure, quotes, sign
from harness.records.models import Finding, Measurement

SAME_PICTURE = 0.01  # of the variance of the originals
DEAD = 0.25  # of the numbers of a code
APART = 2.0  # times the error of the two together
MEMORISED = 2.0  # times the error on training images
NARROW = 0.5  # of the distance between real samples
GUESSING = 2 * math.log(2)  # the discriminator's loss of one half for every real and every made image
BEATEN = 2.0  # times guessing
VARIED_GAN = (
    "Check that the noise reaches the output through every layer and has enough dimensions. A discriminator that sees"
    " more, with convolutions, or batch normalisation in it, keeps samples varied."
)
VARIED_VAE = (
    "Check that the code reaches the output, and that the divergence is not so large that the decoder draws one picture"
    " whatever the code."
)
COPIES = 0.2  # of the distance to the nearest among real samples
COPIED = 0.6  # of the distance of unseen images to the training image that they are most like
FEW = 0.1  # of the training images that unseen ones are most like


def same_picture(m: Measurement) -> Finding | None:
    """The decoder draws one picture, usually the mean image, whatever the code."""
    spread = sign(m, "spread")
    if spread is None or spread >= SAME_PICTURE:
        return None
    return Finding(
        variant=m.variant,
        title="The same picture for every code",
        evidence=f"Rebuilt pictures differ from one another by {spread:.1%} of the variance of the originals.",
        next_step="The code carries nothing: often a sigmoid saturated early or all units behind a ReLU are zero. Try"
        " batch normalisation before each non-linearity.",
    )


def dead_code(m: Measurement) -> Finding | None:
    """Numbers of the code that are the same for every image are not used."""
    units, dead = sign(m, "units"), sign(m, "dead_units")
    if not units or not dead or dead < DEAD * units:
        return None
    return Finding(
        variant=m.variant,
        title="Part of the code is not used",
        evidence=f"{dead:.0f} of the {units:.0f} numbers of a code are the same for every image.",
        next_step="Units behind a ReLU that are zero for every image stay so. Try batch normalisation before it,"
        " another activation for the code, or none.",
    )


def leaking_bottleneck(m: Measurement) -> Finding | None:
    """Trained together, encoder and decoder rebuild training images far better than with only the code between them.

    Decided by the last training loss of the pair, which is the same mean squared error, and that of the same images
    when each half runs in a process of its own.
    """
    loss, apart = column(m, "loss"), measure(m, "train_mse")
    if not loss or apart is None or sign(m, "units") is None or apart <= APART * loss[-1]:
        return None
    return Finding(
        variant=m.variant,
        title="The bottleneck seems to leak",
        evidence=f"Trained together, encoder and decoder end at an error of {loss[-1]:.4f} on training images; with"
        f" nothing but the code passed between them it is {apart:.4f}.",
        next_step="Everything the decoder needs has to be in the code: share no layer, variable or skip connection"
        " between the two. If there is none, the moving averages of batch normalisation have not settled: give them a"
        " lower momentum.",
        quotes=quotes(m, "train_mse"),
    )


def memorised_pictures(m: Measurement) -> Finding | None:
    """Training images are rebuilt far better than new ones: the code names an image instead of describing it."""
    train, test = measure(m, "train_mse"), measure(m, "test_mse")
    if train is None or test is None or sign(m, "units") is None or test <= MEMORISED * train:
        return None
    return Finding(
        variant=m.variant,
        title="Training images are memorised",
        evidence=f"The error is {train:.4f} on training images and {test:.4f} on new ones.",
        next_step="Use fewer weights or some noise on the input or code, so that a code describes an image and does not"
        " merely name one of those seen.",
        quotes=quotes(m, "train_mse", "test_mse"),
    )


def mode_collapse(m: Measurement) -> Finding | None:
    """Generated samples are far more alike than real ones, or many of them are copies of a few."""
    spread, nearest = sign(m, "sample_spread"), sign(m, "sample_nearest")
    if spread is None or nearest is None or (spread >= NARROW and nearest >= COPIES):
        return None
    return Finding(
        variant=m.variant,
        title="Mode collapse: the samples are too much alike",
        evidence=f"Two generated samples are {spread:.2f} times as far apart as two real ones, and the nearest one to a"
        f" sample {nearest:.2f} times as far as among real ones (1 would be as varied).",
        next_step=VARIED_VAE if column(m, "kl") else VARIED_GAN,
    )


def beaten_discriminator(m: Measurement) -> Finding | None:
    """The discriminator is wrong more and more often, far beyond guessing: it does not learn."""
    loss = column(m, "discriminator_loss")
    if not loss or loss[-1] < BEATEN * GUESSING or loss[-1] <= loss[0]:
        return None
    return Finding(
        variant=m.variant,
        title="The discriminator does not learn",
        evidence=f"Its loss begins at {loss[0]:.3g} and ends at {loss[-1]:.3g}; saying one half to every image costs"
        f" 2 ln 2 = {GUESSING:.3f}.",
        next_step="Return the discriminator with `trainable` left at True: the harness holds its weights itself while"
        " the generator is trained. Check that nothing in it cuts the gradient.",
    )


def copied_pictures(m: Measurement) -> Finding | None:
    """Generated samples are training images, as they are or moved, turned and resized."""
    novelty = measure(m, "novelty")
    if novelty is None or novelty >= COPIED:
        return None
    return Finding(
        variant=m.variant,
        title="Samples are training images",
        evidence=f"Moved, turned and resized to fit, a quarter of the samples lie {novelty:.2f} times as far from a"
        " training image as unseen images do, or nearer (1 would be as new).",
        next_step="Nothing that draws may keep training images, as they are or moved: let it make images from its"
        " numbers alone, without variables or layers that it shares with what sees training images.",
        quotes=quotes(m, "novelty", "sound_score"),
    )


def few_drawings(m: Measurement) -> Finding | None:
    """Samples are a few pictures, moved and turned. Only where they ought to be varied."""
    distinct = measure(m, "distinct")
    if distinct is None or distinct >= FEW or sign(m, "sample_spread") is None or mode_collapse(m):
        return None
    return Finding(
        variant=m.variant,
        title="Samples are a few pictures, moved",
        evidence=f"The training images that samples are most like are {distinct:.2f} times as many as those of unseen"
        " images (1 would be as varied).",
        next_step="Moving and turning a picture makes no new one. Check that the numbers an image is made from reach"
        " the first layer of what draws, and that all of them matter.",
        quotes=quotes(m, "distinct", "sound_score"),
    )


RULES = (
    *(same_picture, dead_code, leaking_bottleneck, memorised_pictures, copied_pictures, beaten_discriminator),
    *(mode_collapse, few_drawings),
)
