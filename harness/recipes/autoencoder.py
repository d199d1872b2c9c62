"""The autoencoder: images squeezed into a code of a few numbers and rebuilt from it, against PCA of as many components.

With a data set in `.npz` or a folder of images a task is its builder, its variants with their code sizes, and its
profiles; PCA, measures, figures, findings and naive answers come with it.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import Final

from harness.errors import UsageError, did_you_mean
from harness.recipes.coded import of_bottleneck, of_codes, of_nearest, of_rebuilt, pca_outputs, together
from harness.recipes.examples import require_classes
from harness.recipes.fewer import few_rows
from harness.recipes.figures import class_names, confusions, learning_curves, plane, rebuilt_images
from harness.recipes.halves import decoding, encoding
from harness.recipes.known import measured
from harness.recipes.loops import Autoencoding
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.recipes.steps import training_step
from harness.task import (
    Argument,
    Builder,
    Call,
    Dataset,
    Figure,
    Measure,
    NaiveAnswer,
    Profile,
    Recorded,
    Scored,
    Step,
    TaskData,
    Variant,
    VariantRun,
    maps,
)

INPUT: Final = Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]")
CODE_SIZE: Final = Argument("code_size", "int", "how many numbers the code of an image has")
RETURNS: Final = (
    "a pair (encoder, decoder) of Keras models, not compiled: the encoder maps images (batch, *input_shape) to codes"
    " (batch, code_size), the decoder maps codes to images with pixels in [0, 1]; between them the codes are rounded to"
    " 16-bit floats"
)
REBUILDING: Final = (
    Measure("train_mse", "mean squared error per pixel on training images", "lower"),
    Measure("test_mse", "mean squared error per pixel on test images", "lower"),
)
TELLING_APART: Final = (
    Measure("probe_accuracy", "test accuracy of a logistic regression on the codes", "higher"),
    Measure("cluster_accuracy", "k-means on the codes, clusters matched one to one with classes", "higher"),
    Measure("majority_accuracy", "k-means on the codes, each cluster taking its most frequent class", "higher"),
)
FINDINGS: Final = (*EVERYWHERE, "same_picture", "dead_code", "leaking_bottleneck", "overfitting", "underfitting")
ENCODED: Final = ("train", "test", "seen")
REBUILT: Final = ("test", "seen")


@dataclass(frozen=True)
class Bottleneck(Variant):
    """A variant whose code has `size` numbers; its builder is given them as `code_size`."""

    _: KW_ONLY
    size: int


# Its code is one number, from which no class is read.
NEAREST: Final = Variant("nearest", "the nearest training image, known by heart: its code is its place", given=True)


@dataclass(frozen=True)
class Training:
    """`Profile.settings` of an autoencoder; `rebuilt` training images are rebuilt, to tell learning by heart."""

    learning_rate: float = 0.001
    rebuilt: int = 1_000


def autoencoder_builder(
    *arguments: Argument, name: str = "build_autoencoder", text: str = "An autoencoder with a short code."
) -> Builder:
    """Return a builder of shape, code size and the `arguments` that variants change."""
    return Builder(name, text, (INPUT, CODE_SIZE, *arguments), RETURNS)


@dataclass(frozen=True)
class Autoencoder(Recipe):
    """Images of any shape, with pixels in [0, 1], in; a code of `Bottleneck.size` numbers; the same images out.

    PCA with as many components stands beside every size: `pca` of the smallest, `pca_SIZE` of others; and `nearest`,
    the nearest training image. Without `labelled` data the codes are not asked for classes. `shown` are the variants
    whose codes figures show, the first that was measured: by default the first of all.
    """

    _: KW_ONLY
    variants: tuple[Bottleneck, ...]
    labelled: bool = True
    shown: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = [Bottleneck.of(v).name for v in self.variants]
        for name in self.shown:
            if name not in names:
                raise UsageError(f"Task {self.name} shows the codes of a variant {name!r}.{did_you_mean(name, names)}")

    def given(self) -> tuple[Variant, ...]:
        return (*self.linear().values(), NEAREST)

    def measures(self) -> tuple[Measure, ...]:
        coded = tuple(v.name for v in (*self.variants, *self.linear().values()))
        measures = (*REBUILDING, *(TELLING_APART if self.labelled else ()))
        return tuple(m if m.name == "test_mse" else replace(m, variants=coded) for m in measures)

    def findings(self) -> tuple[str, ...]:
        return FINDINGS

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what PCA reaches with as many components, for every measure and variant, and the nearest image."""
        pca, each = self.linear(), [(p, v, m) for p in self.profiles for v in self.variants for m in self.measures()]
        linear = (
            NaiveAnswer(
                f"{v.name}.{m.name}", f"PCA, {v.size} components", p.name, measured=f"{pca[v.size].name}.{m.name}"
            )
            for p, v, m in each
        )
        names = tuple(p.name for p in self.profiles), tuple(v.name for v in self.variants)
        return (*linear, *measured("the nearest training image", NEAREST.name, *names, ("test_mse",)))

    def linear(self) -> dict[int, Bottleneck]:
        """Return PCA as a variant that the harness computes, by code size."""
        sizes = sorted({v.size for v in self.variants})
        text = "principal component analysis with {} components"
        named = {n: "pca" if n == sizes[0] else f"pca_{n}" for n in sizes}
        return {n: Bottleneck(name, text.format(n), given=True, size=n) for n, name in named.items()}

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Add `x_seen`, the training images that are rebuilt; labels stay outside."""
        if self.labelled:
            require_classes(dataset, self.name)
        arrays = {**dataset.arrays, "x_seen": dataset.arrays["x_train"][: training(profile).rebuilt]}
        return TaskData(dataset, arrays, hidden=frozenset({"y_train", "y_val", "y_test"} & arrays.keys()))

    def fewer(self, data: TaskData) -> TaskData:
        data = few_rows(data)
        return few_rows(data, ("x_seen",))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile
        shape, size = data.arrays["x_train"].shape[1:], Bottleneck.of(variant).size
        halves = maps(shape, (size,), name="encoder"), maps((size,), shape, name="decoder")
        return self.building(variant, {"input_shape": shape, "code_size": size}, *halves)

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        loop, size = Autoencoding(training(profile).learning_rate), Bottleneck.of(variant).size
        shape, rows = data.arrays["x_train"].shape[1:], {part: len(data.arrays[f"x_{part}"]) for part in ENCODED}
        taken, drawn = {f"rebuilt_{p}": f"code_{p}" for p in REBUILT}, {f"rebuilt_{p}": rows[p] for p in REBUILT}
        return (
            training_step(loop, profile),
            encoding(rows, size, "Normalise the code.", profile.asking),
            decoding(taken, drawn, shape, profile.asking),
        )

    def score(self, run: VariantRun) -> Scored:
        """Return what is measured of codes and of rebuilt images."""
        if run.variant == NEAREST:
            return of_nearest(run)
        if run.variant.given:
            run = replace(run, outputs=pca_outputs(run.data.arrays, Bottleneck.of(run.variant).size))
        return together(of_rebuilt(run), of_codes(run) if self.labelled else Scored({}), of_bottleneck(run))

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        """Return learning curves, rebuilt images, codes in the plane, and what a classifier of the codes confuses."""
        text = "Mean squared error per epoch, on training images, for every variant; lower is better."
        found = learning_curves(runs, text)
        found += rebuilt_images(runs, self.labelled, "from its code alone")
        names = self.shown or tuple(v.name for v in self.variants)
        if name := next((n for n in names if n in runs and "plane" in runs[n].evidence), ""):
            found += codes_shown(runs[name])
        return tuple(found)


def training(profile: Profile) -> Training:
    """Return the settings of a profile, or the usual ones."""
    return profile.settings if isinstance(profile.settings, Training) else Training()


def codes_shown(run: Recorded) -> list[Figure]:
    """Return the codes of one variant in the plane, and what logistic regression on them confuses."""
    text = (
        f"Codes of test images under {run.variant}, on their first two principal components, by class. Classes that lie"
        " apart here are easy to tell from the code; the other components may part those that do not."
    )
    found = [plane(run, f"Codes of {run.variant} in the plane", text, class_names(run.evidence))]
    if "confusion" not in run.evidence:  # older records lack it
        return found
    text = (
        f"Test images by true class (rows) and what logistic regression reads from the code of {run.variant} (columns):"
        " what lies off the diagonal looks alike in the code."
    )
    return found + confusions(run.evidence, "What the codes confuse", text, columns="class read from the code")
