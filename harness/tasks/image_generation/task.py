"""Digits made by variational autoencoders and by adversarial networks, with their Inception Score."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.classifier import digits_classifier
from harness.recipes.recipe import EVERYWHERE
from harness.scoring.confused import confused
from harness.scoring.divergence import kl_error
from harness.scoring.generated import agreement, class_balance, diversity, novelty, sound_score
from harness.scoring.inception import classify, inception_score
from harness.scoring.reconstruction import mae, mse
from harness.scoring.score import Score
from harness.scoring.signs import sample_signs
from harness.tasks.base import (
    Argument,
    Builder,
    Call,
    Limits,
    Measure,
    NaiveAnswer,
    Profile,
    PublishedFigure,
    Scored,
    Sizes,
    Task,
    TaskData,
    Tensor,
    Variant,
    VariantRun,
    maps,
)
from harness.tasks.image_generation.figures import by_class, figures, rebuilt
from harness.tasks.image_generation.steps import (
    CHECKED,
    KL_POINTS,
    SHAPE,
    VAE,
    is_conditional,
    is_vae,
    noise_size,
    steps,
)

CLASSES = 10

INPUT = Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]")
BUILD_VAE = Builder(
    VAE,
    "The two halves of a variational autoencoder.",
    (
        INPUT,
        Argument("latent_size", "int", "how many numbers the code of an image has"),
        Argument("hidden_layers", "int", "how many layers lie between the image and the code, at least 1"),
    ),
    "a pair (encoder, decoder) of Keras models, not compiled: the encoder maps images (batch, *input_shape) to two"
    " outputs, the mean and the natural logarithm of the variance of the code, both (batch, latent_size); the decoder"
    " maps codes to images with pixels in [0, 1]",
    uses=("kl_divergence",),
)
BUILD_GAN = Builder(
    "build_gan",
    "The two players of an adversarial network, conditional where there are classes.",
    (
        INPUT,
        Argument("noise_size", "int", "how many standard normal numbers an image is made from"),
        Argument("num_classes", "int", "how many classes a label, one-hot, tells apart; 0 for no labels"),
    ),
    "a pair (generator, discriminator) of Keras models, not compiled: the generator takes [noise (batch, noise_size),"
    " labels (batch, num_classes)] and returns images (batch, *input_shape) with pixels in [0, 1]; the discriminator"
    " takes [images, labels] and returns logits (batch, 1), large for real images of that label; where num_classes is 0"
    " they take noise alone and images alone",
)
KL = Builder(
    "kl_divergence",
    "How far the code of an image is from standard normal: the term that the loss of the VAE adds.",
    (
        Argument("z_mean", "tensor (batch, latent_size)", "means of the code"),
        Argument("z_log_var", "tensor (batch, latent_size)", "natural logarithms of its variances"),
    ),
    "KL(N(z_mean, exp(z_log_var)) || N(0, 1)) in nats, one number an example: a tensor (batch,), made with keras.ops",
)


def vae(name: str, text: str, latent: int, layers: int, kl: bool = True) -> Variant:
    suffix = "" if kl else ", without the KL term"
    return Variant(name, f"{text}{suffix}", BUILD_VAE.name, {"latent_size": latent, "hidden_layers": layers})


VARIANTS = (
    Variant("real", "test images themselves", given=True),
    vae("vae_20", "VAE, code of 20", 20, 2),
    vae("vae_20_no_kl", "VAE, code of 20", 20, 2, kl=False),
    vae("vae_20_deep", "VAE, code of 20, one more layer", 20, 3),
    vae("vae_2", "VAE, code of 2", 2, 2),
    vae("vae_2_deep", "VAE, code of 2, one more layer", 2, 3),
    Variant("cgan_10", "conditional GAN, noise of 10", BUILD_GAN.name, {"noise_size": 10, "num_classes": CLASSES}),
    Variant("gan_10", "GAN without labels, noise of 10", BUILD_GAN.name, {"noise_size": 10, "num_classes": 0}),
    Variant("gan_1", "GAN without labels, noise of 1", BUILD_GAN.name, {"noise_size": 1, "num_classes": 0}),
)
VAES = tuple(v.name for v in VARIANTS if is_vae(v))
GANS = tuple(v.name for v in VARIANTS if v.builder == BUILD_GAN.name)
CONDITIONAL = tuple(v.name for v in VARIANTS if is_conditional(v))
NARROW = ("vae_20_no_kl", "vae_2", "vae_2_deep", "gan_1")  # samples come out alike here: no sign of a mistake


@dataclass(frozen=True)
class Settings:
    """`made` is how many images are made, `kl_weight` what the divergence counts beside the squared error."""

    made: int
    kl_weight: float
    vae_learning_rate: float = 0.003
    gan_learning_rate: float = 0.002


PROFILES = {
    "quick": Profile(
        name="quick",
        dataset="digits",
        epochs=20,
        batch_size=64,
        limits=Limits(wall_s=200, cpu_s=100, memory_mb=3_000),
        sizes=Sizes(train=3_500, val=0, test=1_500),
        settings=Settings(made=2_000, kl_weight=0.5),
    ),
    "full": Profile(
        name="full",
        dataset="mnist",
        epochs=30,
        batch_size=128,
        limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=8_000),
        sizes=Sizes(val=0),
        settings=Settings(made=10_000, kl_weight=0.75),
    ),
}

MEASURES = (
    Measure("inception_score", "Inception Score of the samples under a frozen classifier", "higher"),
    Measure("sound_score", "Inception Score as far as samples are neither alike nor training images", "higher"),
    Measure("class_balance", "how evenly the samples fall on the ten classes", "higher"),
    Measure("diversity", "distance between samples of a class, over that of real digits", "higher"),
    Measure("novelty", "distance of samples to the nearest training image, over that of unseen digits", "higher"),
    Measure("test_mse", "mean squared error per pixel on test images", "lower", variants=VAES),
    Measure("test_mae", "mean absolute error per pixel on test images", "lower", variants=VAES),
    Measure("kl_error", "distance of kl_divergence from the closed form, relative", "lower", variants=(CHECKED,)),
    Measure("label_agreement", "share of samples that show the digit asked for", "higher", variants=CONDITIONAL),
)

# Their classifiers were others, and the classifier sets the scale of an Inception Score.
OTHER = "under another classifier"
PUBLISHED = (
    PublishedFigure("vae_20.test_mse", 0.0120, "course report A", note="size of the code not stated"),
    PublishedFigure("vae_20.inception_score", 7.29, "course report A", note=OTHER),
    PublishedFigure("vae_20_no_kl.test_mse", 0.0110, "course report A", note="size of the code not stated"),
    PublishedFigure("vae_20_no_kl.inception_score", 5.95, "course report A", note=OTHER),
    PublishedFigure("cgan_10.inception_score", 8.13, "course report A", note=OTHER),
    PublishedFigure("vae_20.test_mse", 0.0122, "course report C", note="size of the code not stated"),
    PublishedFigure("vae_20.inception_score", 7.20, "course report C", note=OTHER),
    PublishedFigure("vae_20_no_kl.test_mse", 0.0106, "course report C", note="size of the code not stated"),
    PublishedFigure("vae_20_no_kl.inception_score", 5.91, "course report C", note=OTHER),
    PublishedFigure("cgan_10.inception_score", 8.22, "course report C", note=OTHER),
    PublishedFigure("vae_2.inception_score", 4.42, "course report B", note=OTHER),
    PublishedFigure("vae_2.test_mae", 0.101, "course report B"),
    PublishedFigure("vae_20.inception_score", 5.88, "course report B", note=OTHER),
    PublishedFigure("vae_20.test_mae", 0.041, "course report B"),
    PublishedFigure("vae_2_deep.inception_score", 6.23, "course report B", note=OTHER),
    PublishedFigure("vae_2_deep.test_mae", 0.091, "course report B"),
    PublishedFigure("vae_20_deep.inception_score", 6.84, "course report B", note=OTHER),
    PublishedFigure("vae_20_deep.test_mae", 0.043, "course report B"),
    PublishedFigure("gan_1.inception_score", 2.43, "course report B", note=OTHER),
    PublishedFigure("gan_10.inception_score", 8.33, "course report B", note=OTHER),
)
MEAN_IMAGE = {"quick": 0.0676, "full": 0.0675}
NAIVE = tuple(
    NaiveAnswer(f"{v}.{measure}", answer, profile, value, origin)
    for profile in PROFILES
    for v in (*VAES, *GANS)
    for measure, answer, value, origin in (
        ("inception_score", "one picture", 1.0, "by definition"),
        ("sound_score", "ten digits learnt by heart", 1.0, "by definition"),
        ("test_mse", "the mean training image", MEAN_IMAGE[profile], "the profile's own data"),
        ("label_agreement", "any digit", 1 / CLASSES, "ten classes, asked for equally often"),
    )
    if (measure != "test_mse" or v in VAES) and (measure != "label_agreement" or v in CONDITIONAL)
)


FINDINGS = (
    *EVERYWHERE,
    "same_picture",
    "dead_code",
    "memorised_pictures",
    "mode_collapse",
    "overfitting",
    "underfitting",
)


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    """Add what images are made from: `noise_…` of every size, the classes `asked` one-hot, and points for the KL term.

    `c_train` are the training labels one-hot, which a conditional network is given.
    """
    rng, one_hot = np.random.default_rng(20), np.eye(CLASSES, dtype=np.float32)
    arrays = dict(dataset.arrays)
    made = profile.settings.made
    for size in sorted({noise_size(v) for v in VARIANTS if not v.given}):
        arrays[f"noise_{size}"] = rng.standard_normal((made, size), dtype=np.float32)
    arrays["asked"] = one_hot[np.arange(made) % CLASSES]
    arrays["c_train"] = one_hot[arrays["y_train"]]
    arrays["z_mean"] = rng.normal(0, 1.5, KL_POINTS).astype(np.float32)
    arrays["z_log_var"] = rng.uniform(-4, 2, KL_POINTS).astype(np.float32)
    return TaskData(dataset, arrays, hidden=frozenset({"y_train", "y_val", "y_test"}))


def call(profile: Profile, variant: Variant, data: TaskData) -> Call:
    del profile, data
    size, arguments = (noise_size(variant),), {"input_shape": SHAPE, **variant.arguments}
    if variant.name in VAES:
        encoder = maps(SHAPE, (Tensor(size, "mean"), Tensor(size, "log_variance")), name="encoder")
        return Call(variant.builder, arguments, (encoder, maps(size, SHAPE, name="decoder")))
    label = (Tensor((CLASSES,), "label"),) if variant.name in CONDITIONAL else ()
    generator = maps((Tensor(size, "noise"), *label), SHAPE, name="generator")
    discriminator = maps((Tensor(SHAPE, "image"), *label), (1,), name="discriminator")
    return Call(variant.builder, arguments, (generator, discriminator))


def score(run: VariantRun) -> Scored:
    truth, outputs, variant = run.data.arrays, run.outputs, run.variant
    measures: dict[str, Score] = {}
    evidence: dict[str, NDArray[Any]] = {}
    signs: dict[str, float] = {}
    if "kl" in outputs:
        measures["kl_error"] = kl_error(outputs["kl"], truth["z_mean"], truth["z_log_var"])
    if "rebuilt_test" in outputs:
        measures["test_mse"] = mse(outputs["rebuilt_test"], truth["x_test"])
        measures["test_mae"] = mae(outputs["rebuilt_test"], truth["x_test"])
        evidence |= rebuilt(outputs, truth)
    if variant.given or "made" in outputs:
        images = truth["x_test"] if variant.given else outputs["made"]
        samples, labels, sure = of_samples(images, truth)
        measures |= samples
        evidence["samples"] = by_class(images, labels)
        if variant.name in CONDITIONAL:
            asked = truth["asked"].argmax(axis=1)
            measures["label_agreement"] = agreement(labels, asked)
            evidence["samples"] = by_class(images, asked)
            evidence |= confused(asked, labels, images, sure, CLASSES)
        if not variant.given and variant.name not in NARROW:
            signs = sample_signs(images, truth["x_train"])
    return Scored(measures, evidence, signs)


def of_samples(
    images: NDArray[Any], truth: Mapping[str, NDArray[Any]]
) -> tuple[dict[str, Score], NDArray[Any], NDArray[Any]]:
    """Return what is measured of samples alone, the classes that the classifier sees in them, and how surely."""
    classifier = digits_classifier()
    logits = classify(classifier.weights, images)
    labels = logits.argmax(axis=1)
    real = truth["x_test"]
    real_labels = classify(classifier.weights, real).argmax(axis=1)
    measures = {
        "inception_score": inception_score(logits, classifier.name),
        "class_balance": class_balance(labels, CLASSES),
        "diversity": diversity(images, labels, real, real_labels, CLASSES),
        "novelty": novelty(images, real, truth["x_train"]),
    }
    names = ("inception_score", "diversity", "novelty")
    measures["sound_score"] = sound_score(*(measures[n] for n in names))
    return measures, labels, logits.max(axis=1) - logits.mean(axis=1)


TASK = Task(
    name="image_generation",
    version=1,
    title="Image generation",
    summary="Make new digits, with a variational autoencoder and with adversarial networks. You give the"
    " networks and the divergence that keeps a code near standard normal; losses, alternation and schedule are the"
    " harness's. Samples are judged by a frozen classifier, and by how varied and how new they are.",
    builders=(BUILD_VAE, BUILD_GAN, KL),
    variants=VARIANTS,
    profiles=PROFILES,
    measures=MEASURES,
    prepare=prepare,
    call=call,
    steps=steps,
    score=score,
    figures=figures,
    findings=FINDINGS,
    published=PUBLISHED,
    naive=NAIVE,
)
