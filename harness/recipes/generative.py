"""Generative models: variational autoencoders and adversarial networks, trained, made to draw, and judged.

The recipe takes images of any shape, with classes or without. How samples are judged is the task's: a function and the
measures that it takes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.coded import together
from harness.recipes.divergence import gaussians, kl_measure, of_divergence
from harness.recipes.drawn import MOVED, REAL, Linear, linear, linear_by_class, without_network
from harness.recipes.examples import plotted, redrawn, require_classes
from harness.recipes.fewer import few_rows
from harness.recipes.figures import (
    class_names,
    confusions,
    learning_curves,
    plane,
    rebuilt_images,
    sample_images,
    unlabelled_images,
    ways_between,
)
from harness.recipes.from_noise import FromNoise, Gan, Vae, gan_call, vae_call
from harness.recipes.generating import few_of, gan, gan_steps, paths, vae_steps
from harness.recipes.known import measured
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.scoring.drawings import Border
from harness.scoring.reconstruction import mae, mse
from harness.scoring.signs import sample_signs
from harness.task import (
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
)

KL_SIZE: Final = 20  # numbers of a Gaussian of which the divergence is asked
REBUILT: Final = ("test_mse", "test_mae")
FINDINGS: Final = (
    *(*EVERYWHERE, "same_picture", "dead_code", "memorised_pictures", "copied_pictures", "beaten_discriminator"),
    *("mode_collapse", "few_drawings", "overfitting", "underfitting"),
)

Judge = Callable[[VariantRun, NDArray[Any]], Scored]


@dataclass(frozen=True)
class Generation:
    """`Profile.settings`: how many images are `made`, and what the divergence counts beside the squared error.

    Variants of few images learn from a `few` of all training images, a share. `paths` lead from one point of the code
    to another. By what is `divided`, the size of a code or an argument by its name, networks are smaller than variants
    say.
    """

    made: int
    kl_weight: float = 1.0
    vae_learning_rate: float = 0.003
    gan_learning_rate: float = 0.002
    few: float = 1.0
    paths: int = 0
    divided: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class GenerativeModel(Recipe):
    """Noise in, images with pixels in [0, 1] out; VAEs rebuild test images too.

    `judge` is given a run and what it made (n, h, w, c), test images for the variant `real`, and returns the measures
    in `judged`, and as evidence `samples` (rows, n, h, w, c): a row a class, or one row without `labelled` data. Where
    there are paths, `run.outputs["path"]` are images of PLACES places on each, one path after the other; evidence
    `path` (PLACES, h, w, c) is shown. `linear` are the principal components that stand beside, by default of each size
    of a VAE and of a conditional network. `border` is what lies beyond that of a picture that is moved, and `told` are
    further rules of findings.
    """

    _: KW_ONLY
    variants: tuple[FromNoise, ...]
    labelled: bool = True
    judge: Judge
    judged: tuple[Measure, ...]
    linear: tuple[Linear, ...] = ()
    border: Border = "constant"
    told: tuple[str, ...] = ()

    def given(self) -> tuple[Variant, ...]:
        """Return real images, training images moved, and principal components for each VAE and conditional network."""
        codes = sorted({v.size for v in self.variants if isinstance(v, Vae)})
        told = sorted({v.size for v in self.variants if isinstance(v, Gan) and v.conditional})
        return (REAL, MOVED, *(self.linear or (*map(linear, codes), *map(linear_by_class, told[:1]))))

    def sized(self, profile: Profile, variant: Variant) -> Variant:
        """Return a variant as large as it is under a profile."""
        by = profile.settings.divided
        if not by or not isinstance(variant, FromNoise | Linear):
            return variant
        arguments = {name: value // by.get(name, 1) for name, value in variant.arguments.items()}
        return replace(variant, size=self.size_of(profile, variant), arguments=arguments)

    def size_of(self, profile: Profile, variant: FromNoise | Linear) -> int:
        """Return how many numbers a variant makes an image from under a profile."""
        return variant.size // int(profile.settings.divided.get("size", 1))

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what principal components reach: in VAEs those of their size, in other networks the most."""
        return tuple(chain.from_iterable(self.beaten(v) for v in self.variants))

    def beaten(self, variant: FromNoise) -> Iterator[NaiveAnswer]:
        lines = [g for g in self.given() if isinstance(g, Linear)]
        told = isinstance(variant, Gan) and variant.conditional
        few = isinstance(variant, Vae) and variant.few
        alike = [g for g in lines if (g.by_class, g.few) == (told, few)]
        same = [g for g in alike if g.size == variant.size or not isinstance(variant, Vae)]
        for given in same[-1:]:
            names = tuple(m.name for m in self.measures_beside(variant))
            yield from measured(given.text, given.name, self.sizes, (variant.name,), names)

    def measures_beside(self, variant: FromNoise) -> Iterator[Measure]:
        """Yield what is measured of a variant and of principal components alike."""
        for measure in self.measures():
            own = not measure.variants or variant.name in measure.variants
            if own and (measure in self.judged or (isinstance(variant, Vae) and measure.name in REBUILT)):
                yield measure

    def measures(self) -> tuple[Measure, ...]:
        vaes = [v for v in self.variants if isinstance(v, Vae)]
        plain = tuple(g.name for g in self.given() if isinstance(g, Linear) and not g.by_class)
        names, checked = (*(v.name for v in vaes), *plain), tuple(v.name for v in vaes if v.checked)
        own = (
            Measure("test_mse", "mean squared error per pixel on test images", "lower", variants=names),
            Measure("test_mae", "mean absolute error per pixel on test images", "lower", variants=names),
            kl_measure(*checked),
        )
        return (*self.judged, *(m for m in own if m.variants))

    def findings(self) -> tuple[str, ...]:
        return (*FINDINGS[: len(EVERYWHERE)], *self.told, *FINDINGS[len(EVERYWHERE) :])

    def conditional(self) -> tuple[str, ...]:
        """Return the names of the variants that are told the class to draw."""
        return tuple(v.name for v in self.variants if isinstance(v, Gan) and v.conditional)

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Add what images are made from, and points for the divergence; labels stay outside.

        `noise_SIZE` is standard normal, float32 (made, SIZE), for variants that say this size, and `path_SIZE` are
        places on paths; where sizes are divided, both have fewer numbers. `x_few` are few images, again and again.
        Where a network is conditional, `asked` are the classes to draw and `c_train` the training labels, both one-hot.
        """
        if self.labelled:
            require_classes(dataset, self.name)
        rng = np.random.default_rng(dataset.key.number("noise"))
        settings, made, arrays = profile.settings, profile.settings.made, dict(dataset.arrays)
        lines = [v for v in self.given() if isinstance(v, Linear)]
        drawing: list[FromNoise | Linear] = [*self.variants, *lines]
        sizes = {v.size: self.size_of(profile, v) for v in sorted(drawing, key=lambda v: v.size)}
        for name, size in sizes.items():
            arrays[f"noise_{name}"] = rng.standard_normal((made, size), dtype=np.float32)
        for name, size in sizes.items() if settings.paths else ():
            arrays[f"path_{name}"] = paths(rng.standard_normal((2, settings.paths, size), dtype=np.float32))
        if any(v.few for v in drawing if isinstance(v, Vae | Linear)):
            arrays["x_few"] = few_of(arrays["x_train"], settings.few)
        if self.conditional():
            one_hot = np.eye(len(dataset.classes), dtype=np.float32)
            arrays["asked"] = one_hot[np.arange(made) % len(one_hot)]
            arrays["c_train"] = one_hot[arrays["y_train"]]
        arrays |= gaussians(rng, KL_SIZE)
        return TaskData(dataset, arrays, hidden=frozenset({"y_train", "y_val", "y_test"} & arrays.keys()))

    def fewer(self, data: TaskData) -> TaskData:
        """Return the data with fewer rows, and less to make images from."""
        data = few_rows(data)
        return few_rows(data, [name for name in data.arrays if name == "asked" or name.startswith("noise_")])

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        variant = self.sized(profile, variant)
        shape, chosen = data.arrays["x_train"].shape[1:], self.chosen(variant)
        if isinstance(variant, Vae):
            return vae_call(variant, shape, chosen)
        return gan_call(gan(variant), shape, len(data.dataset.classes), chosen)

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        if isinstance(variant, Vae):
            return vae_steps(profile, variant, data)
        return gan_steps(profile, gan(variant), data)

    def score(self, run: VariantRun) -> Scored:
        if run.variant.given:
            run = replace(run, outputs=without_network(run.variant, run.data, self.border))
        found, images = (of_divergence(run), of_rebuilt(run)), run.outputs.get("made")
        if images is None:
            return together(*found)
        varied = isinstance(run.variant, FromNoise) and run.variant.varied
        signs = sample_signs(images, run.data.arrays["x_train"]) if varied else {}
        return together(*found, self.judge(run, images), Scored({}, signs=signs))

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        """Return curves, samples, what was asked for and seen, rebuilt images, and a code of two numbers."""
        found = [*self.curves(runs), *self.samples(runs)]
        if asked := next((r.evidence for r in runs.values() if "confusion" in r.evidence), None):
            text = "Samples by the class asked for (rows) and the class that the frozen classifier sees (columns)."
            words = {"rows": "class asked for", "columns": "class seen", "said": "asked for, seen as"}
            found += confusions(asked, "Asked for and seen", text, **words)
        found += rebuilt_images(runs, self.labelled, "from the mean of its code")
        if flat := next((r for r in runs.values() if "plane" in r.evidence), None):
            text = (
                f"Means of the codes of test images under {flat.variant}, by class: what lies side by side is drawn"
                " alike."
            )
            found.append(plane(flat, f"Latent plane of {flat.variant}", text, class_names(flat.evidence)))
        return tuple(found)

    def curves(self, runs: Mapping[str, Recorded]) -> list[Figure]:
        """Return learning curves by kind, whose losses have other parts."""
        text, found = "Loss and its parts per epoch of training, for every variant.", []
        for title, kind in (("VAEs", Vae), ("GANs", Gan)):
            names = [v.name for v in self.variants if isinstance(v, kind) and v.name in runs]
            found += learning_curves({name: runs[name] for name in names}, text, f"Learning curves of the {title}")
        return found

    def samples(self, runs: Mapping[str, Recorded]) -> list[Figure]:
        """Return a few samples of every variant, many of those that are shown in a grid, and the way between two."""
        made = {name: r.evidence["samples"] for name, r in runs.items() if "samples" in r.evidence}
        ways = {name: r.evidence["path"] for name, r in runs.items() if "path" in r.evidence}
        grids = [v.name for v in self.variants if v.grid]
        found = sample_images(made, grids, self.conditional()) if self.labelled else unlabelled_images(made)
        return [*found, *ways_between(ways)]


def of_rebuilt(run: VariantRun) -> Scored:
    """Return how far rebuilt test images are from them, and codes of two numbers as they lie in the plane."""
    if "rebuilt_test" not in run.outputs:
        return Scored({})
    rebuilt, truth, codes = run.outputs["rebuilt_test"], run.data.arrays["x_test"], run.outputs["code_test"]
    flat = plotted(codes, run.data) if codes.shape[1] == 2 and run.data.dataset.classes else {}
    measures = {"test_mse": mse(rebuilt, truth), "test_mae": mae(rebuilt, truth)}
    return Scored(measures, {**redrawn(rebuilt, run.data), **flat})
