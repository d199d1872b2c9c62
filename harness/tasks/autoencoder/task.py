"""Autoencoders with a short code, against principal component analysis."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.recipes.loops import Autoencoding, mapping_step, training_step
from harness.recipes.recipe import EVERYWHERE
from harness.scoring.confused import confused
from harness.scoring.pca import pca_codes
from harness.scoring.reconstruction import mse
from harness.scoring.representation import cluster_accuracy, in_the_plane, probed
from harness.scoring.score import Score
from harness.scoring.signs import Signs, code_signs, rebuilt_signs
from harness.tasks.autoencoder.figures import figures
from harness.tasks.base import (
    Argument,
    ArrayOutput,
    Arrays,
    Builder,
    Call,
    Limits,
    Measure,
    NaiveAnswer,
    Profile,
    PublishedFigure,
    Scored,
    Sizes,
    Step,
    Task,
    TaskData,
    Variant,
    VariantRun,
    maps,
)

SHAPE = (32, 32, 1)  # digits padded from 28x28, as the course reports did
CODE: Final = "float16"  # two bytes a number: enough for what a code means, too little to hide a picture in
SHOWN = 10  # rebuilt digits on the card, one of each class
PLOTTED = 600  # codes in the plane

ARGUMENTS = (
    Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]"),
    Argument("code_size", "int", "how many numbers the code of an image has"),
    Argument("hidden_layers", "int", "how many layers lie between the image and the code, at least 1"),
)
RETURNS = (
    "a pair (encoder, decoder) of Keras models, not compiled: the encoder maps images (batch, *input_shape) to codes"
    " (batch, code_size), the decoder maps codes to images with pixels in [0, 1]; between them the codes are rounded to"
    " 16-bit floats"
)

VARIANTS = (
    Variant("pca", "principal component analysis with 10 components", arguments={"code_size": 10}, given=True),
    Variant("dense", "dense layers, code of 10", "build_dense", {"code_size": 10, "hidden_layers": 2}),
    Variant("conv", "convolutions, code of 10", "build_conv", {"code_size": 10, "hidden_layers": 3}),
    Variant("pca_50", "principal component analysis with 50 components", arguments={"code_size": 50}, given=True),
    Variant("dense_50", "dense layers, code of 50", "build_dense", {"code_size": 50, "hidden_layers": 2}),
    Variant("conv_50", "convolutions, code of 50", "build_conv", {"code_size": 50, "hidden_layers": 3}),
    Variant("shallow", "one dense layer, code of 10", "build_dense", {"code_size": 10, "hidden_layers": 1}),
    Variant("deep", "three dense layers, code of 10", "build_dense", {"code_size": 10, "hidden_layers": 3}),
)


@dataclass(frozen=True)
class Settings:
    """`rebuilt` is how many training images are rebuilt, to tell learning by heart."""

    learning_rate: float
    rebuilt: int


PROFILES = {
    "quick": Profile(
        name="quick",
        dataset="digits",
        epochs=8,
        batch_size=64,
        limits=Limits(wall_s=120, cpu_s=60, memory_mb=3_000),
        sizes=Sizes(train=3_000, val=0, test=2_000),
        settings=Settings(learning_rate=0.006, rebuilt=1_000),
    ),
    "full": Profile(
        name="full",
        dataset="mnist",
        epochs=45,
        batch_size=128,
        limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=8_000),
        sizes=Sizes(val=0),
        settings=Settings(learning_rate=0.004, rebuilt=10_000),
    ),
}

MEASURES = (
    Measure("train_mse", "mean squared error per pixel on training images", "lower"),
    Measure("test_mse", "mean squared error per pixel on test images", "lower"),
    Measure("probe_accuracy", "test accuracy of a logistic regression on the codes", "higher"),
    Measure("cluster_accuracy", "k-means on the codes, clusters matched one to one with classes", "higher"),
    Measure("majority_accuracy", "k-means on the codes, each cluster taking its most frequent class", "higher"),
)

# Course reports A and C padded digits to 32x32 and averaged over 1,024 pixels, as the full profile does.
IN_B = "digits of 28x28, averaged over 784 pixels"
LINEAR_IN_B = f"a linear autoencoder; {IN_B}"
PUBLISHED = (
    PublishedFigure("dense.probe_accuracy", 0.9167, "course report A", note="layers of 256, 128 and 10"),
    PublishedFigure("dense.train_mse", 0.0087, "course report A"),
    PublishedFigure("dense.test_mse", 0.0089, "course report A", note="validation images"),
    PublishedFigure("conv.probe_accuracy", 0.9609, "course report A"),
    PublishedFigure("conv.train_mse", 0.0059, "course report A"),
    PublishedFigure("conv.test_mse", 0.0068, "course report A", note="validation images"),
    PublishedFigure("pca.probe_accuracy", 0.8148, "course report A"),
    PublishedFigure("pca.train_mse", 0.0258, "course report A"),
    PublishedFigure("pca.test_mse", 0.0256, "course report A", note="validation images"),
    PublishedFigure("dense.probe_accuracy", 0.913, "course report C"),
    PublishedFigure("dense.train_mse", 0.0074, "course report C"),
    PublishedFigure("dense.test_mse", 0.0080, "course report C"),
    PublishedFigure("conv.probe_accuracy", 0.948, "course report C"),
    PublishedFigure("conv.train_mse", 0.0077, "course report C"),
    PublishedFigure("pca.probe_accuracy", 0.814, "course report C"),
    PublishedFigure("pca.test_mse", 0.0256, "course report C"),
    PublishedFigure(
        "dense_50.test_mse", 0.0031, "course report B", note=f"layers 784-540-295-50, 1,197,324 parameters; {IN_B}"
    ),
    PublishedFigure("dense_50.majority_accuracy", 0.61, "course report B", note=IN_B),
    PublishedFigure("pca_50.test_mse", 0.056, "course report B", note=LINEAR_IN_B),
    PublishedFigure("pca_50.majority_accuracy", 0.399, "course report B", note=LINEAR_IN_B),
)

# What PCA reaches where no baseline holds it yet.
PCA_ON_MNIST = {"test_mse": 0.0261, "probe_accuracy": 0.809}
NAIVE = tuple(
    NaiveAnswer(
        f"{v.name}.{m.name}",
        f"PCA, {v.arguments['code_size']} components",
        profile,
        value=PCA_ON_MNIST.get(m.name) if pca == "pca" and profile == "full" else None,
        origin="MNIST padded to 32x32",
        measured=f"{pca}.{m.name}",
    )
    for profile in PROFILES
    for v in VARIANTS
    for m in MEASURES
    if not v.given and (pca := "pca_50" if v.arguments["code_size"] == 50 else "pca")
)


FINDINGS = (*EVERYWHERE, "same_picture", "dead_code", "leaking_bottleneck", "overfitting", "underfitting")


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    """Pad the images to 32x32; `x_seen` are the training images whose reconstruction is measured."""
    arrays = dict(dataset.arrays)
    for name in [n for n in arrays if n.startswith("x_")]:
        arrays[name] = np.pad(arrays[name], ((0, 0), (2, 2), (2, 2), (0, 0)))
    arrays["x_seen"] = arrays["x_train"][: profile.settings.rebuilt]
    return TaskData(dataset, arrays, hidden=frozenset({"y_train", "y_val", "y_test"}))


def call(profile: Profile, variant: Variant, data: TaskData) -> Call:
    del profile, data
    size = variant.arguments["code_size"]
    specs = (maps(SHAPE, (size,), name="encoder"), maps((size,), SHAPE, name="decoder"))
    return Call(variant.builder, {"input_shape": SHAPE, **variant.arguments}, specs)


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    sizes = {name: len(a) for name, a in data.arrays.items()}
    size = variant.arguments["code_size"]
    train = training_step(Autoencoding(profile.settings.learning_rate), profile)
    encode = mapping_step(
        "encode",
        "harness.training.autoencoding:encode",
        "encoder_weights",
        {f"code_{s}": f"x_{s}" for s in ("train", "test", "seen")},
        tuple(
            ArrayOutput(f"code_{s}", (sizes[f"x_{s}"], size), CODE, low=-6e4, high=6e4, hint="Normalise the code.")
            for s in ("train", "test", "seen")
        ),
        profile.limits,
    )
    decode = mapping_step(
        "decode",
        "harness.training.autoencoding:decode",
        "decoder_weights",
        {f"rebuilt_{s}": f"code_{s}" for s in ("test", "seen")},
        tuple(
            ArrayOutput(
                f"rebuilt_{s}",
                (sizes[f"x_{s}"], *SHAPE),
                low=-1e-6,
                high=1 + 1e-6,
                hint="Pixels lie between 0 and 1: end the decoder with a sigmoid.",
            )
            for s in ("test", "seen")
        ),
        profile.limits,
    )
    return train, encode, decode


def score(run: VariantRun) -> Scored:
    truth = run.data.arrays
    outputs = given_outputs(run) if run.variant.given else run.outputs
    measures: dict[str, Score] = {}
    evidence: dict[str, NDArray[Any]] = {}
    signs: Signs = {}
    if "code_seen" in outputs:
        signs |= code_signs(outputs["code_seen"])
    if "code_test" in outputs:
        labelled = (outputs["code_train"], truth["y_train"], outputs["code_test"], truth["y_test"])
        measures["probe_accuracy"], answers, sure = probed(*labelled)
        if not run.variant.given:
            evidence |= confused(truth["y_test"], answers, truth["x_test"], sure, len(run.data.dataset.classes))
        measures["cluster_accuracy"], measures["majority_accuracy"] = cluster_accuracy(*labelled)
        evidence["plane"] = in_the_plane(outputs["code_test"][:PLOTTED])
        evidence["labels"] = truth["y_test"][:PLOTTED]
    if "rebuilt_test" in outputs:
        measures["test_mse"] = mse(outputs["rebuilt_test"], truth["x_test"])
        measures["train_mse"] = mse(outputs["rebuilt_seen"], truth["x_seen"])
        signs |= rebuilt_signs(outputs["rebuilt_seen"], truth["x_seen"])
        shown = [int(np.argmax(truth["y_test"] == label)) for label in range(SHOWN)]
        evidence["images"], evidence["rebuilt"] = truth["x_test"][shown], outputs["rebuilt_test"][shown]
    return Scored(measures, evidence, {} if run.variant.given else signs)


def given_outputs(run: VariantRun) -> Arrays:
    """Return the outputs of principal component analysis in the form of a student's."""
    truth, size = run.data.arrays, run.variant.arguments["code_size"]
    code_train, code_test, rebuilt_train, rebuilt_test = pca_codes(truth["x_train"], truth["x_test"], size)
    return {
        "code_train": code_train,
        "code_test": code_test,
        "rebuilt_test": rebuilt_test,
        "rebuilt_seen": rebuilt_train[: len(truth["x_seen"])],
    }


TASK = Task(
    name="autoencoder",
    version=1,
    title="Autoencoders",
    summary="Squeeze a 32x32 digit into a code of ten numbers and rebuild it. You give an encoder and a decoder, once"
    " of dense layers and once of convolutions; the harness trains them together and then runs them apart, so that"
    " only the code passes between them. PCA with as many components is the linear answer to beat.",
    builders=(
        Builder("build_dense", "An autoencoder of dense layers.", ARGUMENTS, RETURNS),
        Builder(
            "build_conv",
            "An autoencoder of convolutions; here hidden_layers counts the convolutions that halve the image.",
            ARGUMENTS,
            RETURNS,
        ),
    ),
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
