"""Denoisers: a network from noisy images to clean ones, trained once with each of several losses.

Some losses are the student's own. These are asked alone first, about pairs of images whose values are known.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.asked_losses import asked_pairs, of_loss
from harness.recipes.coded import together
from harness.recipes.examples import redrawn
from harness.recipes.fewer import few_rows
from harness.recipes.figures import learning_curves
from harness.recipes.halves import drawn
from harness.recipes.known import measured, naive
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.recipes.restoring import Restoring, asking_loss
from harness.recipes.steps import mapping_step, training_step
from harness.scoring.colour import WEIGHTS
from harness.scoring.filters import gaussian_filtered, nl_means_filtered
from harness.scoring.losses import restored_signs
from harness.scoring.once import once
from harness.scoring.reconstruction import mse
from harness.scoring.similarity import psnr, psnr_gain, ssim
from harness.task import (
    Arrays,
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

gaussian, nl_means = once(gaussian_filtered), once(nl_means_filtered)  # for all submissions
GREY: Final = np.array(WEIGHTS, np.float32)


@dataclass(frozen=True)
class Trained(Variant):
    """A variant by its loss: a name that Keras knows, or that of a function of the student's with its `settings`."""

    _: KW_ONLY
    loss: str
    settings: Mapping[str, float] = field(default_factory=dict)

    @property
    def own(self) -> bool:
        return bool(self.uses)


@dataclass(frozen=True)
class Filter(Variant):
    """What the harness does to noisy images itself: nothing, or a filter."""

    given: bool = True

    def restored(self, arrays: Arrays, part: str, noise: "Noise") -> NDArray[Any]:
        noisy, known = arrays[f"noisy_{part}"], (arrays["noisy_train"], arrays["x_train"])
        if self.name == "gaussian":
            return gaussian(noisy, *known)
        return nl_means(noisy, *known, noise.deviation) if self.name == "nl_means" else noisy


@dataclass(frozen=True)
class Noise:
    """`Profile.settings`: deviation of the Gaussian noise, whose sum with an image is clipped to [0, 1].

    With `grey` images lose their colour. `seen` training images are denoised, too.
    """

    deviation: float
    learning_rate: float
    grey: bool = False
    seen: int = 200


FILTERS: Final = (
    Filter("noisy", "the noisy image itself"),
    Filter("gaussian", "the Gaussian filter that is best on training images"),
    Filter("nl_means", "non-local means"),
)
GAINS: Final = {"noisy": "gain", "gaussian": "gain_over_gaussian", "nl_means": "gain_over_nl_means"}


@dataclass(frozen=True)
class Denoiser(Recipe):
    """Noisy images in, clean ones out, both with pixels in [0, 1]; `Profile.settings` is a Noise.

    The noisy image itself, a Gaussian filter and non-local means stand beside every loss.
    """

    _: KW_ONLY
    variants: tuple[Trained, ...]

    def given(self) -> tuple[Variant, ...]:
        return FILTERS

    def beside(self) -> tuple[NaiveAnswer, ...]:
        learning, levels = self.learning(), ("test_mse", "test_psnr", "test_ssim")
        known = (n for f in FILTERS for n in measured(f.text, f.name, self.sizes, learning, levels))
        same = (n for f in FILTERS for n in naive(f.text, self.sizes, learning, {GAINS[f.name]: 0.0}, "by definition"))
        return (*known, *same)

    def measures(self) -> tuple[Measure, ...]:
        learning, own = tuple(self.learning()), tuple(v.name for v in self.variants if v.own)
        return (
            Measure("test_mse", "mean squared error per pixel on test images", "lower"),
            Measure("test_psnr", "peak signal-to-noise ratio of test images", "higher", "dB"),
            Measure("test_ssim", "structural similarity of test images to clean ones", "higher"),
            *(Measure(GAINS[f.name], f"PSNR more than {f.text}", "higher", "dB", learning) for f in FILTERS),
            Measure("loss_error", "how far values of the loss are from exact ones, relative", "lower", variants=own),
            Measure("loss_order", "share of steps to a noisier image at which the loss rises", "higher", variants=own),
            Measure(
                "loss_finite",
                "share of pairs with a finite value and gradient, not 0 for noisy images",
                "higher",
                variants=own,
            ),
        )

    def findings(self) -> tuple[str, ...]:
        return (*("wrong_way_round", "loss_not_finite", "other_range", "noise_left"), *EVERYWHERE, "only_blurred")

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Add noisy images and the pairs that losses are asked about; clean test images stay outside."""
        noise: Noise = profile.settings
        arrays = {name: a for name, a in dataset.arrays.items() if name.startswith("y_")}
        for part in ("train", "test"):
            clean = dataset.arrays[f"x_{part}"]
            arrays[f"x_{part}"] = (clean @ GREY)[..., None] if noise.grey and clean.shape[-1] == 3 else clean
            rng = np.random.default_rng(dataset.key.number("noise", part))
            arrays[f"noisy_{part}"] = noisy(arrays[f"x_{part}"], noise.deviation, rng)
        arrays["noisy_seen"] = arrays["noisy_train"][: noise.seen]
        rng = np.random.default_rng(dataset.key.number("asked"))
        arrays["asked_true"], arrays["asked_said"] = asked_pairs(arrays["x_train"], rng)
        return TaskData(dataset, arrays, hidden=frozenset({"x_test", "y_train", "y_val", "y_test"} & arrays.keys()))

    def fewer(self, data: TaskData) -> TaskData:
        return few_rows(few_rows(data), ("noisy_seen",))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile
        shape = data.arrays["x_train"].shape[1:]
        return self.building(variant, {"input_shape": shape}, maps(shape, shape))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        one, parts = Trained.of(variant), ("test", "seen")
        loop = Restoring(profile.settings.learning_rate, one.loss, one.settings)
        rows = {f"restored_{part}": len(data.arrays[f"noisy_{part}"]) for part in parts}
        outputs = drawn(rows, data.arrays["x_train"].shape[1:])
        return (
            *((asking_loss(loop, data.arrays["asked_said"].shape, profile.asking),) if one.own else ()),
            training_step(loop, profile),
            mapping_step("denoise", "weights", {f"restored_{p}": f"noisy_{p}" for p in parts}, outputs, profile.asking),
        )

    def score(self, run: VariantRun) -> Scored:
        truth = run.data.arrays
        if isinstance(run.variant, Filter):
            return of_test(run.variant.restored(truth, "test", run.profile.settings), run.data)
        one, restored = Trained.of(run.variant), run.outputs.get("restored_test")
        asked = of_loss(one.loss, one.settings, run.outputs, truth)
        if restored is None:
            return asked
        filtered = {f.name: f.restored(truth, "test", run.profile.settings) for f in FILTERS}
        gains = {GAINS[n]: psnr_gain(restored, other, truth["x_test"]) for n, other in filtered.items()}
        return together(asked, of_test(restored, run.data), Scored(gains, signs=of_seen(run)))

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        """Return learning curves; a task that shows more derives from this."""
        return tuple(learning_curves(runs, "Loss per epoch on training images, each in its own unit."))


def noisy(images: NDArray[np.float32], deviation: float, rng: np.random.Generator) -> NDArray[np.float32]:
    noise = deviation * rng.standard_normal(images.shape, dtype=np.float32)
    return np.clip(images + noise, 0, 1)


def of_test(restored: NDArray[Any], data: TaskData) -> Scored:
    truth = data.arrays["x_test"]
    measures = {
        "test_mse": mse(restored, truth),
        "test_psnr": psnr(restored, truth),
        "test_ssim": ssim(restored, truth),
    }
    return Scored(measures, redrawn(restored, data))


def of_seen(run: VariantRun) -> dict[str, float]:
    """Return signs of what became of training images, which the student has."""
    arrays, restored = run.data.arrays, run.outputs["restored_seen"]
    blurred = gaussian(arrays["noisy_seen"], arrays["noisy_train"], arrays["x_train"])
    return restored_signs(restored, arrays["noisy_seen"], blurred, arrays["x_train"][: len(restored)])
