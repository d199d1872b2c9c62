"""Faces made by variational autoencoders and by adversarial networks, and the way from one face to another."""

from dataclasses import replace
from typing import Any

from harness.recipes.drawn import Linear
from harness.recipes.from_noise import KL_DIVERGENCE, Gan, Vae, apart
from harness.recipes.generative import Generation, GenerativeModel
from harness.recipes.known import naive
from harness.task import Argument, Limits, Profile, Sizes, tiny_of
from harness.tasks.face_generation.judged import judge, measures

FILTERS = Argument("filters", "int", "of the layer with the fewest: a measure of how wide the network is")
ENCODER, DECODER, GENERATOR, DISCRIMINATOR = apart(FILTERS)
LARGE = ("full",)


def vae(name: str, text: str, size: int, *, filters: int = 128, **more: Any) -> Vae:
    return Vae(name, text, DECODER.name, {"filters": filters}, size=size, earlier=ENCODER.name, **more)


def gan(name: str, text: str, filters: int, **more: Any) -> Gan:
    return Gan(name, text, DISCRIMINATOR.name, {"filters": filters}, size=128, earlier=GENERATOR.name, **more)


# Filters and sizes are those of report E, on full; quick divides them.
VAES = (
    vae("vae", "VAE, 128 filters, code of 32", 32, checked=True),
    vae("vae_limited", "the same, from a tenth of the faces", 32, few=True),
    vae("vae_long", "VAE, 128 filters, code of 64", 64, profiles=LARGE),
    vae("vae_wide", "VAE, 256 filters, code of 64", 64, filters=256, profiles=LARGE),
)
GANS = (
    gan("gan", "GAN, 64 filters, noise of 128", 64),
    gan("gan_wide", "GAN, 128 filters, noise of 128", 128, profiles=LARGE),
)
LINES = (
    Linear("pca", "as many principal components as the code of vae has numbers", given=True, size=32),
    Linear("pca_limited", "the same, from a tenth of the faces", given=True, size=32, few=True),
    Linear("pca_long", "as many principal components as the noise of gan has numbers", given=True, size=128),
)
VARIANTS = (*VAES, *GANS)
QUICK = Profile(
    "quick",
    "faces_24",
    epochs=10,
    batch_size=32,
    limits=Limits(wall_s=440, cpu_s=220, memory_mb=3_000),
    sizes=Sizes(train=2_500, val=0, test=500),
    settings=Generation(made=500, kl_weight=0.1, few=0.1, paths=120, divided={"filters": 8, "size": 4}),
)
FULL = Profile(
    "full",
    "faces",
    epochs=30,
    batch_size=128,
    limits=Limits(wall_s=14_400, cpu_s=14_400, memory_mb=32_000),
    sizes=Sizes(val=0),
    settings=Generation(made=5_000, kl_weight=0.1, vae_learning_rate=0.001, few=0.1, paths=500),
)
TINY = replace(tiny_of(QUICK), settings=replace(QUICK.settings, made=100, paths=10, few=0.5))

ALL, BOTH, REBUILDING = tuple(v.name for v in VARIANTS), ("quick", "full"), tuple(v.name for v in VAES)
NAIVE = (
    *naive("one picture", BOTH, ALL, {"diversity": 0.0, "interpolation": 0.0}, "by definition"),
    *naive("the mean training face", ("quick",), REBUILDING, {"test_mse": 0.0276}, "the profile's own data"),
)

TASK = GenerativeModel(
    "face_generation",
    "Face generation",
    "Make new faces, with variational autoencoders and with adversarial networks of several widths and sizes of the"
    " code. You give the four networks and the divergence that keeps a code near standard normal; losses, alternation"
    " and schedule are the harness's. Samples are compared with unseen faces, and asked how sharp, varied and new they"
    " are; and so are faces on the way from one point of the code to another.",
    builders=(ENCODER, DECODER, GENERATOR, DISCRIMINATOR, KL_DIVERGENCE),
    variants=VARIANTS,
    profiles=(QUICK, FULL),
    naive=NAIVE,
    labelled=False,
    judge=judge,
    judged=measures((*ALL, *(line.name for line in LINES))),
    linear=LINES,
    border="nearest",
    told=("wrong_divergence", "empty_code", "jumping_images"),
    tiny=TINY,
).task()
