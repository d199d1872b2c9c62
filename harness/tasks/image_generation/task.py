"""Digits made by variational autoencoders and by adversarial networks, with their Inception Score."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.classifier import digits_classifier
from harness.recipes.drawn import BY_CLASS
from harness.recipes.examples import by_class
from harness.recipes.from_noise import KL_DIVERGENCE, Gan, Vae, gan_builder, vae_builder
from harness.recipes.generative import Generation, GenerativeModel
from harness.recipes.known import naive, published
from harness.scoring.confused import confused
from harness.scoring.frechet import frechet_distance
from harness.scoring.generated import (
    Guards,
    agreement,
    class_balance,
    diversity,
    originality,
    sound_distance,
    sound_score,
)
from harness.scoring.inception import classify, inception_score
from harness.scoring.once import once
from harness.task import Argument, Limits, Measure, Profile, Scored, Sizes, VariantRun, tiny_of

CLASSES = 10
HIDDEN = Argument("hidden_layers", "int", "how many layers lie between the image and the code, at least 1")
TWO, THREE = {"hidden_layers": 2}, {"hidden_layers": 3}
VAES = (
    Vae("vae_20", "VAE, code of 20", arguments=TWO, size=20, checked=True),
    Vae("vae_20_no_kl", "VAE, code of 20, without the KL term", arguments=TWO, size=20, kl=False, varied=False),
    Vae("vae_20_deep", "VAE, code of 20, one more layer", arguments=THREE, size=20, grid=True),
    Vae("vae_2", "VAE, code of 2", arguments=TWO, size=2, varied=False),
    Vae("vae_2_deep", "VAE, code of 2, one more layer", arguments=THREE, size=2, varied=False),
)
GANS = (
    Gan("cgan_10", "conditional GAN, noise of 10", size=10, conditional=True, grid=True),
    Gan("gan_10", "GAN without labels, noise of 10", size=10),
    Gan("gan_1", "GAN without labels, noise of 1", size=1, varied=False),
)
VARIANTS = (*VAES, *GANS)
QUICK = Profile(
    "quick",
    "digits",
    epochs=20,
    batch_size=64,
    limits=Limits(wall_s=880, cpu_s=440, memory_mb=3_000),
    sizes=Sizes(train=3_500, val=0, test=1_500),
    settings=Generation(made=2_000, kl_weight=0.5),
)
FULL = Profile(
    "full",
    "mnist",
    epochs=30,
    batch_size=128,
    limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=8_000),
    sizes=Sizes(val=0),
    settings=Generation(made=10_000, kl_weight=0.75),
)
TINY = replace(tiny_of(QUICK), settings=Generation(made=100, kl_weight=0.5))

ALL = tuple(v.name for v in VARIANTS)
CONDITIONAL = (*(v.name for v in GANS if v.conditional), BY_CLASS)
JUDGED = (
    Measure("inception_score", "Inception Score of the samples under a frozen classifier", "higher"),
    Measure("sound_score", "Inception Score as far as samples are neither alike nor training images", "higher"),
    Measure("class_balance", "how evenly the samples fall on the ten classes", "higher"),
    Measure("diversity", "distance between samples of a class, over that of real digits", "higher"),
    Measure(
        "novelty", "distance to the nearest training image, moved and turned, over that of unseen digits", "higher"
    ),
    Measure("distinct", "how many training images are the nearest, over those of unseen digits", "higher"),
    Measure("frechet", "Fréchet distance from unseen digits, in what the classifier answers", "lower"),
    Measure("sound_distance", "Fréchet distance, larger as far as samples are alike or training images", "lower"),
    Measure("label_agreement", "share of samples that show the digit asked for", "higher", variants=CONDITIONAL),
)

# Their classifiers were others, and the classifier sets the scale of an Inception Score.
A, B, C = "course report A", "course report B", "course report C"
OTHER, UNSTATED = "under another classifier", "size of the code not stated"
PUBLISHED = (
    *published(A, "test_mse", UNSTATED, vae_20=0.0120, vae_20_no_kl=0.0110),
    *published(A, "inception_score", OTHER, vae_20=7.29, vae_20_no_kl=5.95, cgan_10=8.13),
    *published(C, "test_mse", UNSTATED, vae_20=0.0122, vae_20_no_kl=0.0106),
    *published(C, "inception_score", OTHER, vae_20=7.20, vae_20_no_kl=5.91, cgan_10=8.22),
    *published(B, "inception_score", OTHER, vae_2=4.42, vae_20=5.88, vae_2_deep=6.23, vae_20_deep=6.84),
    *published(B, "inception_score", OTHER, gan_1=2.43, gan_10=8.33),
    *published(B, "test_mae", vae_2=0.101, vae_20=0.041, vae_2_deep=0.091, vae_20_deep=0.043),
)
BOTH, REBUILDING, DATA = ("quick", "full"), tuple(v.name for v in VAES), "the profile's own data"
NAIVE = (
    *naive("one picture", BOTH, ALL, {"inception_score": 1.0}, "by definition"),
    *naive("ten digits learnt by heart", BOTH, ALL, {"sound_score": 1.0}, "by definition"),
    *naive("the mean training image", ("quick",), REBUILDING, {"test_mse": 0.0676}, DATA),
    *naive("the mean training image", ("full",), REBUILDING, {"test_mse": 0.0675}, DATA),
    *naive("any digit", BOTH, CONDITIONAL, {"label_agreement": 1 / CLASSES}, "ten classes, asked for equally often"),
)


def judge(run: VariantRun, images: NDArray[Any]) -> Scored:
    """Return what a frozen classifier sees in samples (n, 28, 28, 1), and how varied and how new they are."""
    classifier, truth = digits_classifier(), run.data.arrays
    logits, unseen = classify(classifier.weights, images), seen_in(truth["x_test"])
    labels, asked = logits.argmax(axis=1), asked_of(run)
    measures = {
        "inception_score": inception_score(logits, classifier.name),
        "class_balance": class_balance(labels, CLASSES),
        "frechet": frechet_distance(logits, unseen, classifier.name),
        **({"label_agreement": agreement(labels, asked)} if asked is not None else {}),
    }
    varied = diversity(images, labels, truth["x_test"], unseen.argmax(axis=1), CLASSES)
    guards = Guards(varied, *originality(images, truth["x_test"], truth["x_train"]), measures.get("label_agreement"))
    measures |= {"diversity": guards.diversity, "novelty": guards.novelty, "distinct": guards.distinct}
    measures["sound_score"] = sound_score(measures["inception_score"], guards)
    measures["sound_distance"] = sound_distance(measures["frechet"], guards)
    if asked is None:
        return Scored(measures, {"samples": by_class(images, labels, CLASSES)})
    sure = logits.max(axis=1) - logits.mean(axis=1)
    shown = confused(asked, labels, images, sure, CLASSES)
    return Scored(measures, {"samples": by_class(images, asked, CLASSES), **shown})


@once
def seen_in(images: NDArray[Any]) -> NDArray[np.float32]:
    """Return what the frozen classifier answers to images that are the same for every submission."""
    return classify(digits_classifier().weights, images)


def asked_of(run: VariantRun) -> NDArray[Any] | None:
    """Return the classes (n,) that were asked for; None where none were."""
    told = isinstance(run.variant, Gan) and run.variant.conditional
    return run.data.arrays["asked"].argmax(axis=1) if told or run.variant.name == BY_CLASS else None


TASK = GenerativeModel(
    "image_generation",
    "Image generation",
    "Make new digits, with a variational autoencoder and with adversarial networks. You give the"
    " networks and the divergence that keeps a code near standard normal; losses, alternation and schedule are the"
    " harness's. Samples are judged by a frozen classifier, and by how varied and how new they are.",
    version=2,
    builders=(vae_builder(HIDDEN), gan_builder(), KL_DIVERGENCE),
    variants=VARIANTS,
    profiles=(QUICK, FULL),
    published=PUBLISHED,
    naive=NAIVE,
    judge=judge,
    judged=JUDGED,
    tiny=TINY,
).task()
