"""Models that make images from noise, as variants of a task: their builders, and what these must return."""

from dataclasses import KW_ONLY, dataclass
from typing import Any, Final

from harness.task import Argument, Builder, Call, Earlier, Shape, Tensor, Variant, maps

INPUT: Final = Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]")
KL_DIVERGENCE: Final = Builder(
    "kl_divergence",
    "How far the code of an image is from standard normal: the term that the loss of the VAE adds.",
    (
        Argument("z_mean", "tensor (batch, latent_size)", "means of the code"),
        Argument("z_log_var", "tensor (batch, latent_size)", "natural logarithms of its variances"),
    ),
    "KL(N(z_mean, exp(z_log_var)) || N(0, 1)) in nats, one number an example: a tensor (batch,), made with keras.ops",
)


@dataclass(frozen=True)
class FromNoise(Variant):
    """A model that makes an image from `size` standard normal numbers.

    Where samples are not `varied`, they may come out alike without a mistake. With a `grid` the card shows many. Where
    each of its two networks has a builder of its own, `earlier` is that of the first.
    """

    _: KW_ONLY
    size: int
    earlier: str = ""
    varied: bool = True
    grid: bool = False


@dataclass(frozen=True)
class Vae(FromNoise):
    """A variational autoencoder; without `kl` its loss has no divergence.

    Where it is `checked`, the student's divergence is compared with the closed form. One of `few` images learns from
    the first of the training images alone.
    """

    builder: str = "build_vae"
    _: KW_ONLY
    kl: bool = True
    checked: bool = False
    few: bool = False


@dataclass(frozen=True)
class Gan(FromNoise):
    """Two players of an adversarial network; in a `conditional` one both are told the class of an image."""

    builder: str = "build_gan"
    _: KW_ONLY
    conditional: bool = False


def vae_builder(*arguments: Argument) -> Builder:
    """Return the builder of a VAE from shape, size of the code and the `arguments` that variants change."""
    return Builder(
        Vae.builder,
        "The two halves of a variational autoencoder.",
        (INPUT, Argument("latent_size", "int", "how many numbers the code of an image has"), *arguments),
        "a pair (encoder, decoder) of Keras models, not compiled: the encoder maps images (batch, *input_shape) to two"
        " outputs, the mean and the natural logarithm of the variance of the code, both (batch, latent_size); the"
        " decoder maps codes to images with pixels in [0, 1]",
        uses=(KL_DIVERGENCE.name,),
    )


def gan_builder(*arguments: Argument) -> Builder:
    """Return the builder of a GAN from shape, noise, classes and the `arguments` that variants change."""
    return Builder(
        Gan.builder,
        "The two players of an adversarial network, conditional where there are classes.",
        (
            INPUT,
            Argument("noise_size", "int", "how many standard normal numbers an image is made from"),
            Argument("num_classes", "int", "how many classes a label, one-hot, tells apart; 0 for no labels"),
            *arguments,
        ),
        "a pair (generator, discriminator) of Keras models, not compiled: the generator takes [noise (batch,"
        " noise_size), labels (batch, num_classes)] and returns images (batch, *input_shape) with pixels in [0, 1]; the"
        " discriminator takes [images, labels] and returns logits (batch, 1), large for real images of that label;"
        " where num_classes is 0 they take noise alone and images alone",
    )


def apart(*arguments: Argument) -> tuple[Builder, Builder, Builder, Builder]:
    """Return builders of encoder, decoder, generator and discriminator, of a shape, a size and `arguments`."""
    size = Argument("latent_size", "int", "how many numbers the code of an image has, or an image is made from")
    given = (INPUT, size, *arguments)
    return (
        Builder(
            "build_encoder",
            "The half of a variational autoencoder that describes an image.",
            given,
            "a keras.Model, not compiled, from images (batch, *input_shape) to two outputs, the mean and the natural"
            " logarithm of the variance of the code, both (batch, latent_size)",
        ),
        Builder(
            "build_decoder",
            "The half of a variational autoencoder that draws an image.",
            given,
            "a keras.Model, not compiled, from codes (batch, latent_size) to images (batch, *input_shape) with pixels"
            " in [0, 1]",
            uses=(KL_DIVERGENCE.name,),
        ),
        Builder(
            "build_generator",
            "The player of an adversarial network that draws an image.",
            given,
            "a keras.Model, not compiled, from noise (batch, latent_size) to images (batch, *input_shape) with pixels"
            " in [0, 1]",
        ),
        Builder(
            "build_discriminator",
            "The player that tells real images from made ones.",
            given,
            "a keras.Model, not compiled, from images (batch, *input_shape) to logits (batch, 1), large for real ones",
        ),
    )


def vae_call(variant: Vae, shape: Shape, chosen: dict[str, Any]) -> Call:
    """Return the call of a VAE's builder for images of a shape; `chosen` are arguments that variants change."""
    code = (variant.size,)
    encoder = maps(shape, (Tensor(code, "mean"), Tensor(code, "log_variance")), name="encoder")
    arguments = {"input_shape": shape, "latent_size": variant.size, **chosen}
    returns = (encoder, maps(code, shape, name="decoder"))
    return Call(variant.builder, arguments, returns, earlier=earlier(variant, arguments))


def gan_call(variant: Gan, shape: Shape, classes: int, chosen: dict[str, Any]) -> Call:
    """Return the call of a GAN's builder for images of a shape; `classes` counts where it is conditional."""
    told = classes if variant.conditional else 0
    label = (Tensor((told,), "label"),) if told else ()
    generator = maps((Tensor((variant.size,), "noise"), *label), shape, name="generator")
    discriminator = maps((Tensor(shape, "image"), *label), (1,), name="discriminator", logits=True)
    if variant.earlier:
        arguments = {"input_shape": shape, "latent_size": variant.size, **chosen}
    else:
        arguments = {"input_shape": shape, "noise_size": variant.size, "num_classes": told, **chosen}
    return Call(variant.builder, arguments, (generator, discriminator), earlier=earlier(variant, arguments))


def earlier(variant: FromNoise, arguments: dict[str, Any]) -> tuple[Earlier, ...]:
    """Return the builder of the first network where it has one of its own: with the arguments of the second."""
    return (Earlier(variant.earlier, arguments),) if variant.earlier else ()
