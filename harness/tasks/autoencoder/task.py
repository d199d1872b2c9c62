"""Autoencoders with a short code, against principal component analysis."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.recipes.autoencoder import Autoencoder, Bottleneck, Training, autoencoder_builder
from harness.recipes.known import published, standing_in
from harness.task import Argument, Dataset, Limits, NaiveAnswer, Profile, Sizes, TaskData

HIDDEN = Argument("hidden_layers", "int", "how many layers lie between the image and the code, at least 1")
BUILDERS = (
    autoencoder_builder(HIDDEN, name="build_dense", text="An autoencoder of dense layers."),
    autoencoder_builder(
        HIDDEN,
        name="build_conv",
        text="An autoencoder of convolutions; here hidden_layers counts the convolutions that halve the image.",
    ),
)
VARIANTS = (
    Bottleneck("dense", "dense layers, code of 10", "build_dense", {"hidden_layers": 2}, size=10),
    Bottleneck("conv", "convolutions, code of 10", "build_conv", {"hidden_layers": 3}, size=10),
    Bottleneck("dense_50", "dense layers, code of 50", "build_dense", {"hidden_layers": 2}, size=50),
    Bottleneck("conv_50", "convolutions, code of 50", "build_conv", {"hidden_layers": 3}, size=50),
    Bottleneck("shallow", "one dense layer, code of 10", "build_dense", {"hidden_layers": 1}, size=10),
    Bottleneck("deep", "three dense layers, code of 10", "build_dense", {"hidden_layers": 3}, size=10),
)
PROFILES = (
    Profile(
        "quick",
        "digits",
        epochs=16,
        batch_size=32,
        limits=Limits(wall_s=1_800, cpu_s=900, memory_mb=3_000),
        sizes=Sizes(train=3_000, val=0, test=2_000),
        settings=Training(learning_rate=0.001, rebuilt=1_000),
    ),
    Profile(
        "full",
        "mnist",
        epochs=45,
        batch_size=128,
        limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=8_000),
        sizes=Sizes(val=0),
        settings=Training(learning_rate=0.004, rebuilt=10_000),
    ),
)

# Course reports A and C padded digits to 32x32 and averaged over 1,024 pixels, as the full profile does.
IN_B = "digits of 28x28, averaged over 784 pixels"
LAYERS_IN_B = f"layers 784-540-295-50, 1,197,324 parameters; {IN_B}"
# B's linear autoencoder (0.056 and 39.9 %) is PCA with two components, which no variant is.
PUBLISHED = (
    *published("course report A", "probe_accuracy", "layers of 256, 128 and 10", dense=0.9167),
    *published("course report A", "probe_accuracy", conv=0.9609, pca=0.8148),
    *published("course report A", "train_mse", dense=0.0087, conv=0.0059, pca=0.0258),
    *published("course report A", "test_mse", "validation images", dense=0.0089, conv=0.0068, pca=0.0256),
    *published("course report C", "probe_accuracy", dense=0.913, conv=0.948, pca=0.814),
    *published("course report C", "train_mse", dense=0.0074, conv=0.0077),
    *published("course report C", "test_mse", dense=0.0080, pca=0.0256),
    *published("course report B", "test_mse", LAYERS_IN_B, dense_50=0.0031),
    *published("course report B", "majority_accuracy", IN_B, dense_50=0.61),
)
PCA_ON_MNIST = {"pca.test_mse": 0.0261, "pca.probe_accuracy": 0.809}


class Padded(Autoencoder):
    """Digits of 28x28 are padded to 32x32, as the course reports did."""

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        data = super().prepare(dataset, profile)
        return replace(data, arrays={name: padded(array) for name, array in data.arrays.items()})

    def beside(self) -> tuple[NaiveAnswer, ...]:
        return standing_in(super().beside(), "full", PCA_ON_MNIST, "MNIST padded to 32x32")


def padded(array: NDArray[Any]) -> NDArray[Any]:
    """Return images (n, 28, 28, 1) as (n, 32, 32, 1), and labels as they are."""
    return np.pad(array, ((0, 0), (2, 2), (2, 2), (0, 0))) if array.ndim == 4 else array


TASK = Padded(
    "autoencoder",
    "Autoencoders",
    "Squeeze a 32x32 digit into a code of ten numbers and rebuild it. You give an encoder and a decoder, once"
    " of dense layers and once of convolutions; the harness trains them together and then runs them apart, so that"
    " only the code passes between them. PCA with as many components and the nearest training image are to beat.",
    builders=BUILDERS,
    variants=VARIANTS,
    profiles=PROFILES,
    published=PUBLISHED,
    shown=("conv", "dense"),
).task()
