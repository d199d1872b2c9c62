"""Taking noise out of photographs, by a U-Net under six losses of which the student writes four."""

from collections.abc import Mapping
from dataclasses import replace

from harness.recipes.denoiser import Denoiser, Noise, Trained
from harness.recipes.known import published
from harness.task import Argument, Builder, Figure, Limits, OverVariants, Profile, Recorded, Sizes, Together, tiny_of
from harness.tasks.denoising.figures import figures

TRUE = Argument("y_true", "tensor (batch, height, width, channels)", "clean images, pixels in [0, 1]")
SAID = Argument("y_pred", "tensor (batch, height, width, channels)", "what the network makes of noisy ones")
EACH = ": a tensor (batch,), one number an image, made with keras.ops; finite as its gradient is, whatever the images"


def loss(name: str, text: str, returns: str, *more: Argument) -> Builder:
    return Builder(name, text, (TRUE, SAID, *more), f"{returns}{EACH}")


LOSSES = (
    loss(
        "ssim_loss",
        "Structural similarity, turned into a loss.",
        "1 - SSIM, mean over positions and channels: a Gaussian window of 11 pixels with a deviation of 1.5 where it"
        " fits into the image, K 0.01 and 0.03, a range of 1, covariances with weights that sum to 1",
    ),
    loss(
        "ms_ssim_loss",
        "Multi-scale structural similarity, turned into a loss.",
        "1 - MS-SSIM on three scales, each half of the one before by means of 2 x 2 pixels, with a window of 7 pixels"
        " and a deviation of 1.5, else as SSIM: contrast and structure of the finer two to the powers 0.0710 and"
        " 0.4530, all of the coarsest to 0.4759; what is below 0 counts as 0, or as little as keeps a gradient finite",
    ),
    loss("psnr_loss", "The peak signal-to-noise ratio, turned into a loss.", "minus the PSNR in dB, or 1 over it"),
    loss(
        "correntropy_loss",
        "Correntropy, turned into a loss that forgives large errors.",
        "1 - mean(exp(-error² / (2 sigma²))) over pixels and channels",
        Argument("sigma", "float", "the error from which on more hardly costs more, above 0"),
    ),
)
DENOISER = Builder(
    "build_denoiser",
    "A U-Net that takes the noise out of images.",
    (Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]"),),
    "a keras.Model, not compiled, from noisy images (batch, *input_shape) to clean ones of the same shape, with pixels"
    " in [0, 1]",
    uses=tuple(b.name for b in LOSSES),
)


def keras_loss(name: str, text: str) -> Trained:
    return Trained(name, f"loss: {text}", loss=name, uses=())


def own_loss(name: str, text: str, loss: str, *profiles: str, **settings: float) -> Trained:
    return Trained(name, f"loss: {text}", uses=(loss,), loss=loss, settings=settings, profiles=profiles)


VARIANTS = (
    keras_loss("mse", "mean squared error"),
    keras_loss("mae", "mean absolute error"),
    own_loss("ssim", "SSIM", "ssim_loss"),
    own_loss("ms_ssim", "MS-SSIM", "ms_ssim_loss"),
    own_loss("psnr", "PSNR", "psnr_loss"),
    own_loss("correntropy", "correntropy, sigma 0.2", "correntropy_loss", sigma=0.2),
    own_loss("correntropy_100", "correntropy, sigma 100", "correntropy_loss", "full", sigma=100.0),
)
QUICK = Profile(
    "quick",
    "photographs",
    epochs=5,
    batch_size=8,
    limits=Limits(wall_s=140, cpu_s=70, memory_mb=3_000),
    sizes=Sizes(train=600, val=0, test=250),
    settings=Noise(0.3, 0.004, grey=True),
)
FULL = Profile(
    "full",
    "cifar10",
    epochs=20,
    batch_size=64,
    limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=12_000),
    sizes=Sizes(val=0),
    settings=Noise(0.26, 0.001),
)
TINY = replace(tiny_of(QUICK), sizes=Sizes(train=64, val=0, test=40), settings=Noise(0.3, 0.004, grey=True, seen=20))
OWN = tuple(v.name for v in VARIANTS if v.own and not v.profiles)


def least(together: Together) -> float:
    return min(together.measures.values())


def over_losses(name: str, text: str, measure: str) -> OverVariants:
    return OverVariants(name, text, "higher", tuple(f"{v}.{measure}" for v in OWN), least, optional=True)


OVERALL = (
    over_losses("least_order", "least share of steps at which a loss rises, over the four losses", "loss_order"),
    over_losses("least_finite", "least share of pairs with sound values and gradients, over them", "loss_finite"),
)
PUBLISHED = (
    *published("course report A", "test_mse", "validation", ssim=0.00781, ms_ssim=0.00562, psnr=0.00552),
    *published("course report C", "test_mse", mse=0.0058, mae=0.0055, ssim=0.0075, ms_ssim=0.0055),
    *published("course report B", "test_mse", "less noise", mse=0.0019, mae=0.0015, correntropy_100=0.0018),
)


class Denoising(Denoiser):
    """A denoiser that shows its images, and what a loss gives for what it costs."""

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        return figures(runs)


TASK = Denoising(
    "denoising",
    "Denoising",
    "Take the noise out of photographs. You give a U-Net and four losses: SSIM, MS-SSIM, PSNR and correntropy. The"
    " harness asks each loss alone for pairs of images whose values it knows, then trains your network with each of"
    " them, with the mean squared and with the mean absolute error, and compares what comes out for new images with"
    " clean ones. The noisy image, a Gaussian filter and non-local means are the answers without learning.",
    builders=(DENOISER, *LOSSES),
    variants=VARIANTS,
    profiles=(QUICK, FULL),
    overall=OVERALL,
    published=PUBLISHED,
    tiny=TINY,
).task()
