"""Blending in the code: an autoencoder and a VAE over two classes, and a function that makes one code of two.

A task is the names of the two classes with the sizes of its profiles. Principal components with their codes blended,
pictures laid over each other and single parents stand beside what students make.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError, did_you_mean
from harness.recipes.autoencoder import autoencoder_builder
from harness.recipes.blend_figures import figures
from harness.recipes.blend_steps import VAE, steps
from harness.recipes.blended import (
    GIVEN,
    LINEAR,
    OVERLAY,
    PARENT,
    of_blends,
    of_codes,
    of_functions,
    of_rebuilt,
    without_network,
)
from harness.recipes.coded import together
from harness.recipes.divergence import GAUSSIANS, gaussians, kl_measure
from harness.recipes.fewer import few_rows
from harness.recipes.from_noise import KL_DIVERGENCE, Vae, vae_builder, vae_call
from harness.recipes.known import measured
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.task import (
    Argument,
    Arrays,
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

BLEND: Final = Builder(
    "blend",
    "The code of a picture that has something of two others, from the codes of these.",
    (
        Argument("code_a", "float32 array (n, d)", "codes of images of the first class; of a VAE their means"),
        Argument("code_b", "float32 array (n, d)", "codes of images of the second class"),
        Argument("weight", "float", "from 0 to 1: with 1 the blend is code_a, with 0 it is code_b"),
    ),
    "a float array (n, d), finite, one code for each pair; how those between the two are made is free",
)
PLAIN: Final = replace(autoencoder_builder(text="The halves of a plain autoencoder."), uses=(BLEND.name,))
VARIATIONAL: Final = replace(vae_builder(), uses=(KL_DIVERGENCE.name, BLEND.name))
AUTOENCODER: Final = "autoencoder"
VARIANTS: Final = (
    Variant(AUTOENCODER, "a plain autoencoder", PLAIN.name),
    Variant(VAE, "a variational autoencoder", VARIATIONAL.name),
)
TRAINED: Final = (AUTOENCODER, VAE)
CODED: Final = (*TRAINED, LINEAR.name)
OF_CODES: Final = (
    Measure("test_mse", "mean squared error per pixel on test images", "lower", variants=CODED),
    Measure("first_mse", "mean squared error per pixel on test images of the first class", "lower", variants=CODED),
    Measure("second_mse", "mean squared error per pixel on test images of the second class", "lower", variants=CODED),
    Measure("probe_accuracy", "accuracy of a logistic regression on codes of test images", "higher", variants=CODED),
    Measure("separation", "share of the scatter of test codes that lies between the classes", "higher", variants=CODED),
)
OF_BLENDS: Final = (
    Measure("blend_score", "both classes seen in blends that are no overlay, at the best weight", "higher"),
    Measure("both_seen", "how surely a frozen classifier sees both classes, half-way", "higher"),
    Measure("novelty", "share of a blend's variance that no overlay of its parents explains, half-way", "higher"),
    Measure(
        "frechet", "Fréchet distance of blends from test images, in what the classifier answers, half-way", "lower"
    ),
    Measure("from_parent", "distance of a blend from the nearer parent, over that of the two, half-way", "higher"),
    Measure("variety", "distance between blends, over that of real pictures of a class, half-way", "higher"),
    Measure("best_weight", "weight of the first class at which blends score best", "higher"),
)
OF_FUNCTIONS: Final = (
    Measure("ends_missed", "how far blends with weights 1 and 0 lie from the codes", "lower", variants=(AUTOENCODER,)),
    kl_measure(VAE),
)
FINDINGS: Final = (
    *(*EVERYWHERE, "same_picture", "dead_code", "divergence_off", "blend_ends", "one_parent", "overlay", "one_blend"),
    *("overfitting", "underfitting"),
)


@dataclass(frozen=True)
class Blended(Recipe):
    """Images of any shape with classes, of which `Profile.settings` (a `Blending`) name two."""

    _: KW_ONLY
    builders: tuple[Builder, ...] = (PLAIN, VARIATIONAL, KL_DIVERGENCE, BLEND)
    variants: tuple[Variant, ...] = VARIANTS

    def given(self) -> tuple[Variant, ...]:
        return GIVEN

    def measures(self) -> tuple[Measure, ...]:
        return (*OF_CODES, *OF_BLENDS, *OF_FUNCTIONS)

    def findings(self) -> tuple[str, ...]:
        return FINDINGS

    def beside(self) -> tuple[NaiveAnswer, ...]:
        return tuple(self.beaten())

    def beaten(self) -> Iterator[NaiveAnswer]:
        """Yield what principal components, overlays and parents reach in what blends are judged by."""
        judged = [m.name for m in OF_BLENDS[:4]]
        names = [m.name for m in OF_CODES] + judged
        yield from measured(LINEAR.text, LINEAR.name, self.sizes, TRAINED, names)
        yield from measured(OVERLAY.text, OVERLAY.name, self.sizes, TRAINED, judged)
        yield from measured(PARENT.text, PARENT.name, self.sizes, TRAINED, judged)

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Keep two classes, labelled 0 and 1, and add pairs of test images and what the functions are asked.

        `places` (2,) are those of the two in the whole set, whose training images are `x_known` where a classifier is
        fitted to them. Raises DataError for a class that is not there.
        """
        settings, whole = profile.settings, dataset.arrays
        places = [place_of(dataset, name, self.name) for name in (settings.first, settings.second)]
        arrays = {n: a for part in ("train", "val", "test") for n, a in of_two(whole, part, places).items()}
        two = replace(dataset, arrays=arrays, classes=(settings.first, settings.second))
        known = {"x_known": whole["x_train"], "y_known": whole["y_train"]} if settings.classifier == "patches" else {}
        more = {"pairs": pairs(arrays["y_test"]), "x_seen": arrays["x_train"][: settings.rebuilt]}
        found = {**arrays, **asked(dataset, settings.code_size), **more, **known, "places": np.array(places)}
        return TaskData(two, found, hidden=frozenset({"y_train", "y_val", "y_test", "places", *known}))

    def fewer(self, data: TaskData) -> TaskData:
        return few_rows(few_rows(data), ("x_seen",))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        shape, size = data.arrays["x_train"].shape[1:], profile.settings.code_size
        if variant.name == VAE:
            return vae_call(Vae(VAE, variant.text, size=size), shape, self.chosen(variant))
        halves = maps(shape, (size,), name="encoder"), maps((size,), shape, name="decoder")
        return self.building(variant, {"input_shape": shape, "code_size": size}, *halves)

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        return steps(profile, variant, data)

    def score(self, run: VariantRun) -> Scored:
        """Return what is measured of codes, of pictures and of blends; of what is given, its own measures."""
        if run.variant.given:
            run = replace(run, outputs=without_network(run))
        found = together(of_functions(run), of_codes(run), of_rebuilt(run), of_blends(run))
        if not run.variant.given:
            return found
        own = {m.name for m in self.measures() if not m.variants or run.variant.name in m.variants}
        return Scored({name: score for name, score in found.measures.items() if name in own}, found.evidence)

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        return figures(runs)


def place_of(dataset: Dataset, name: str, task: str) -> int:
    """Return which class of a set bears a name; raises DataError where none does."""
    if name not in dataset.classes:
        raise DataError(
            f"Expected the data set {dataset.name!r} of task {task} to have a class {name!r}; it has"
            f" {', '.join(dataset.classes) or 'none'}.{did_you_mean(name, dataset.classes)}"
        )
    return dataset.classes.index(name)


def of_two(whole: Arrays, part: str, places: Sequence[int]) -> dict[str, NDArray[Any]]:
    """Return images and labels of one part, of two classes, the first labelled 0 and the second 1."""
    labels = whole[f"y_{part}"]
    mine = np.isin(labels, places)
    return {f"x_{part}": whole[f"x_{part}"][mine], f"y_{part}": (labels[mine] == places[1]).astype(np.int64)}


def pairs(labels: NDArray[Any]) -> NDArray[np.int64]:
    """Return rows of one image of each class (n, 2), every image once: as many as the smaller class has."""
    first, second = (np.flatnonzero(labels == label) for label in (0, 1))
    n = min(len(first), len(second))
    return np.stack([first[:n], second[:n]], axis=1)


def asked(dataset: Dataset, size: int) -> dict[str, NDArray[Any]]:
    """Return Gaussians whose divergence is asked, and pairs of their means that `blend` is, drawn by the key."""
    rng = np.random.default_rng(dataset.key.number("functions"))
    return {**gaussians(rng, size), "asked_pairs": np.arange(GAUSSIANS).reshape(-1, 2)}
