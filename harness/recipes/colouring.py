"""Colour for grey pictures, by a U-Net trained on the absolute error and, anew, against a discriminator as well."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.halves import drawn
from harness.recipes.known import measured
from harness.recipes.loops import Adversarial, Head, Supervised
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.recipes.side_by_side import evidence, figures
from harness.recipes.steps import mapping_step, training_step
from harness.scoring.colour import (
    KEPT,
    chroma_ratio,
    colour_signs,
    colourfulness,
    luminance,
    luminance_error,
    right_hues,
    skill_over_grey,
)
from harness.scoring.once import once
from harness.scoring.reconstruction import mae
from harness.scoring.score import Score
from harness.scoring.tints import by_patches, tint
from harness.task import (
    Argument,
    Builder,
    Call,
    Dataset,
    Earlier,
    Figure,
    Measure,
    NaiveAnswer,
    Profile,
    Recorded,
    Scored,
    Step,
    TaskData,
    Tensor,
    Variant,
    VariantRun,
    maps,
)

INPUT = Argument("input_shape", "tuple of 3 int", "height, width and 1 channel of a grey picture, in [0, 1]")
GENERATOR = Builder(
    "build_generator",
    "A U-Net from a grey picture to the same picture in colour.",
    (INPUT,),
    "a keras.Model, not compiled, from grey pictures (batch, height, width, 1) to RGB pictures (batch, height, width,"
    " 3) with pixels in [0, 1], whose luminance 0.299 R + 0.587 G + 0.114 B should be the grey that was given. The"
    " harness trains it on the mean absolute error, and a new one against the discriminator as well",
)
DISCRIMINATOR = Builder(
    "build_discriminator",
    "The discriminator of the conditional GAN: is this colour a photograph's own, or the generator's?",
    (INPUT, Argument("colour_shape", "tuple of 3 int", "height, width and 3 channels of a picture in colour")),
    "a keras.Model, not compiled, that takes [pictures in colour (batch, *colour_shape), grey ones (batch,"
    " *input_shape)] and returns logits (batch, 1), large for true colours",
)

GREY = Variant("grey", "the grey picture itself", given=True)
TINT = Variant("tint", "the median chroma of training pixels as light", given=True)
PATCHES = Variant("patches", "the chroma of the 8 most similar of 2,000 training patches", given=True)


MEASURES: Final = (
    Measure("test_mae", "mean absolute error of red, green and blue on test pictures", "lower"),
    Measure("skill", "1 - MAE / MAE of the grey pictures, on test pictures", "higher"),
    Measure("chroma_ratio", "mean chroma over that of the true pictures: 0 for grey", "higher"),
    Measure("colourfulness", "colourfulness after Hasler and Suesstrunk: 0 for grey, 33 moderate, 59 quite", "higher"),
    Measure("right_hues", "share of coloured pixels whose hue is right to within 45 degrees", "higher"),
    Measure("right_colours", f"the same, with luminance kept to {KEPT:g} as well", "higher"),
    Measure("luminance_error", "mean absolute error of luminance", "lower"),
)


@dataclass(frozen=True)
class Colouring(Variant):
    """A variant by how its generator is trained: on the mean absolute error, `against` a discriminator as well."""

    against: bool = False


@dataclass(frozen=True)
class Training:
    """`Profile.settings`: pictures are made smaller by `pooled`; `mae_weight` is of the conditional GAN."""

    pooled: int = 1
    mae_rate: float = 0.01
    gan_rate: float = 0.005
    mae_weight: float = 40.0


@dataclass(frozen=True)
class Colours(Recipe):
    """Grey pictures in, the same in colour out; the data set has pictures (n, h, w, 3) in colour.

    The first builder is the generator's, the second the discriminator's.
    """

    def given(self) -> tuple[Variant, ...]:
        return (GREY, TINT, PATCHES)

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what needs no network; luminance is left out, as it is right in whatever adds no light."""
        names = [m.name for m in MEASURES if m.name != "luminance_error"]
        return tuple(a for v in self.given() for a in measured(v.text, v.name, self.sizes, self.learning(), names))

    def measures(self) -> tuple[Measure, ...]:
        return MEASURES

    def findings(self) -> tuple[str, ...]:
        of_colour = ("grey_answers", "one_hue", "luminance_lost")
        return (*EVERYWHERE, *of_colour, "beaten_discriminator", "beaten_generator")

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Add the grey pictures `grey_PART` (n, h, w, 1), the luminance of those in colour, `x_PART`."""
        arrays = {}
        for part in ("train", "test"):
            arrays[f"x_{part}"] = smaller(dataset.arrays[f"x_{part}"], profile.settings.pooled)
            arrays[f"grey_{part}"] = luminance(arrays[f"x_{part}"]).astype(np.float32)[..., None]
        return TaskData(dataset, arrays, hidden=frozenset({"x_test"}))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        grey, colour = (data.arrays[name].shape[1:] for name in ("grey_train", "x_train"))
        plain = {"input_shape": grey}
        if not Colouring.of(variant).against:
            return self.building(variant, plain, maps(grey, colour, name="generator"))
        both = Tensor(colour, "colour"), Tensor(grey, "grey")
        models = maps(grey, colour, name="generator"), maps(both, (1,), name="discriminator", logits=True)
        earlier = (Earlier(self.builders[0].name, plain),)
        return Call(variant.builder, {**plain, "colour_shape": colour}, models, earlier=earlier)

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        loop = loop_of(variant, profile.settings)
        answers = drawn({"coloured": len(data.arrays["x_test"])}, data.arrays["x_test"].shape[1:])
        colour = mapping_step("colour", loop.weights[0], {"coloured": "grey_test"}, answers, profile.asking)
        return training_step(loop, profile), colour

    def score(self, run: VariantRun) -> Scored:
        answers = of_given(run) if run.variant.given else run.outputs.get("coloured")
        if answers is None:
            return Scored({})
        truth = run.data.arrays["x_test"]
        answers = np.clip(answers, 0, 1)
        return Scored(of_colours(answers, truth), evidence(answers, truth), colour_signs(answers))

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        return figures(runs)


def smaller(images: NDArray[Any], times: int) -> NDArray[np.float32]:
    """Return images (n, h, w, c) with the mean of each square of so many pixels a side."""
    n, height, width, channels = images.shape
    squares = images.reshape(n, height // times, times, width // times, times, channels)
    found: NDArray[np.float32] = np.clip(squares.mean(axis=(2, 4), dtype=np.float64), 0, 1).astype(np.float32)
    return found


def loop_of(variant: Variant, settings: Training) -> Supervised | Adversarial:
    if not Colouring.of(variant).against:
        pictures = (Head("x_train", "mean_absolute_error"),)
        return Supervised(("grey_train",), pictures, (), (), metrics=(), learning_rate=settings.mae_rate)
    return Adversarial(settings.gan_rate, 0, condition="grey_train", mae_weight=settings.mae_weight)


def of_given(run: VariantRun) -> NDArray[Any]:
    """Return what a rule makes of the grey test pictures."""
    train, grey = run.data.arrays["x_train"], run.data.arrays["grey_test"]
    if run.variant == GREY:
        return np.repeat(grey, 3, axis=-1)
    if run.variant == TINT:
        return tinted(train, grey)
    return patched(train, grey, run.data.dataset.key.number("patches"))


@once
def tinted(train: NDArray[Any], grey: NDArray[Any]) -> NDArray[Any]:
    return tint(train, grey[..., 0])


@once
def patched(train: NDArray[Any], grey: NDArray[Any], seed: int) -> NDArray[Any]:
    return by_patches(train, grey[..., 0], seed)


def of_colours(answers: NDArray[Any], truth: NDArray[Any]) -> dict[str, Score]:
    return {
        "test_mae": mae(answers, truth),
        "skill": skill_over_grey(answers, truth),
        "chroma_ratio": chroma_ratio(answers, truth),
        "colourfulness": colourfulness(answers),
        "right_hues": right_hues(answers, truth),
        "right_colours": right_hues(answers, truth, KEPT),
        "luminance_error": luminance_error(answers, truth),
    }
