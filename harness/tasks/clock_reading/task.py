"""Reading the time from drawn clocks: by classes, by a number, and by two heads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.makes import AWAY, MINUTES, make_of
from harness.recipes.dial import ByClass, ByNumber, ByTwo, Reading, Templates
from harness.recipes.known import measured, naive, published
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.scoring.clock import (
    clock_signs,
    hour_of,
    mean_apart,
    median_apart,
    near_twelve,
    share_within,
    worst_hour,
)
from harness.scoring.score import Score
from harness.task import (
    Argument,
    Builder,
    Call,
    Dataset,
    Figure,
    Limits,
    Measure,
    NaiveAnswer,
    Profile,
    Recorded,
    Scored,
    Sizes,
    Step,
    TaskData,
    Variant,
    VariantRun,
)
from harness.tasks.clock_reading.figures import evidence, figures

SHAPE = Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]")
CLASSES = Argument("num_classes", "int", "into how many equal parts the dial of 720 minutes is divided")
LOSS = Argument("loss", "str", "'mae' or 'mse': whether the loss averages minutes apart, or their squares")
BUILDERS = (
    Builder(
        "build_classifier",
        "Names the part of the dial that the time is in: part c has the minutes with floor(minute * num_classes / 720)"
        " equal to c. Its targets are minutes since twelve, of which your loss makes parts.",
        (SHAPE, CLASSES),
        "a compiled keras.Model from images to probabilities (batch, num_classes); targets are integers 0..719, one a"
        " row. The harness reads the middle of the likeliest part",
        compiles=True,
    ),
    Builder(
        "build_regressor",
        "Gives the minutes since twelve.",
        (SHAPE, LOSS),
        "a compiled keras.Model from images to minutes (batch, 1) in 0..720; targets are numbers 0..719 of the same"
        " shape. 719 and 1 are two minutes apart, for your loss as well; inside, a sine and a cosine are welcome",
        compiles=True,
    ),
    Builder(
        "build_two_heads",
        "Gives the hour by class and the minute by regression.",
        (SHAPE,),
        "a compiled keras.Model from images to two outputs, hour and minute: probabilities (batch, 12), and minutes"
        " (batch, 1) in 0..60; targets are integers 0..11, one a row, and numbers 0..59. The harness combines both",
        compiles=True,
    ),
)


def classes(number: int, *profiles: str) -> ByClass:
    width = 720 / number
    text = f"{number} classes, {width:g} minute{'s' * (width != 1)} each{', in the full size' * bool(profiles)}"
    return ByClass(f"classes_{number}", text, "build_classifier", classes=number, profiles=profiles)


VARIANTS = (
    classes(24),
    classes(48, "full"),
    classes(96, "full"),
    classes(192),
    classes(360, "full"),
    classes(720),
    ByNumber("mae", "minutes as a number, loss of minutes apart", "build_regressor", {"loss": "mae"}),
    ByNumber("mse", "minutes as a number, loss of squares", "build_regressor", {"loss": "mse"}),
    ByTwo("two_heads", "hour by class and minute as a number", "build_two_heads"),
)
TEMPLATES = Templates("templates", "correlation with 720 plain clocks of the usual make")
TOLD = Templates("templates_told", "correlation with 720 plain clocks, told their make", told=True)
BEFOREHAND: Final = "a rule for the usual make, under the make that suits it best"
PROFILES = (
    Profile(
        "quick",
        "clocks_32",
        epochs=4,
        batch_size=32,
        limits=Limits(wall_s=300, cpu_s=150, memory_mb=3_000),
        sizes=Sizes(train=5_000, val=300, test=1_000),
    ),
    Profile(
        "full", "clocks_150", epochs=100, batch_size=128, limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=24_000)
    ),
)
PARTS: Final = {"train": "training", "val": "validation", "test": "test"}
IN_E = "18,000 clocks of 150x150, 100 epochs"
PUBLISHED = (
    *published("course report E", "test_error", IN_E, classes_24=23.94, classes_48=47.29, classes_96=10.12),
    *published("course report E", "test_error", IN_E, classes_192=6.14, classes_360=181.36, classes_720=179.61),
    *published("course report E", "test_error", IN_E, mae=14.26, mse=11.48),
)


@dataclass(frozen=True)
class Clocks(Recipe):
    """Images in; what comes out, and which time it says, is a variant's own."""

    def given(self) -> tuple[Variant, ...]:
        return TEMPLATES, TOLD

    def beside(self) -> tuple[NaiveAnswer, ...]:
        names, learning = [m.name for m in self.measures() if m.name.startswith(("val", "test"))], self.learning()
        errors = ("val_error", "test_error", "test_median")
        chance = {**dict.fromkeys(errors, 180.0), "test_within_10": 21 / MINUTES}
        least = {
            **dict.fromkeys(errors, 60.0 * AWAY),
            "near_twelve": 60.0,
        }  # at 12:30 hands that go backwards say 11:30
        return (
            *measured(TEMPLATES.text, TEMPLATES.name, self.sizes, learning, [*names, "worst_hour", "near_twelve"]),
            *naive("any time at random", self.sizes, learning, chance, "a distance that is uniform in 0..360"),
            *naive(BEFOREHAND, self.sizes, learning, least, "how far other makes are from the usual one at least"),
        )

    def measures(self) -> tuple[Measure, ...]:
        return (
            *(Measure(f"{p}_error", f"mean error on {PARTS[p]} clocks", "lower", "minutes") for p in PARTS),
            Measure("test_median", "median error on test clocks", "lower", "minutes"),
            *(Measure(f"test_within_{m}", f"share of test clocks read to within {m} min", "higher") for m in (1, 10)),
            Measure("worst_hour", "largest of the mean errors of the test clocks of an hour", "lower", "minutes"),
            Measure("near_twelve", "mean error on test clocks from 11:00 to 1:00", "lower", "minutes"),
        )

    def findings(self) -> tuple[str, ...]:
        return (*EVERYWHERE, "zero_weights", "weights_stand_still", "wrong_parts", "one_head", "straight_dial")

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Add the targets of every kind of head: whole minutes, the same as numbers, and hours and minutes apart."""
        del profile
        arrays = dict(dataset.arrays)
        for part in PARTS:
            y = arrays[f"y_{part}"]
            arrays[f"minutes_{part}"], arrays[f"hour_{part}"] = y, hour_of(y)
            arrays[f"time_{part}"], arrays[f"minute_{part}"] = (a.astype(np.float32)[:, None] for a in (y, y % 60))
        return TaskData(dataset, arrays, frozenset(f"{k}_test" for k in ("y", "minutes", "hour", "time", "minute")))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile
        reading, shape = Reading.of(variant), data.arrays["x_train"].shape[1:]
        return self.building(variant, {"input_shape": shape, **reading.plain()}, reading.spec(shape))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        return Reading.of(variant).steps(profile, data)

    def score(self, run: VariantRun) -> Scored:
        arrays = run.data.arrays
        said = (
            run.variant.times(run.data)
            if isinstance(run.variant, Templates)
            else Reading.of(run.variant).times(run.outputs)
        )
        if not said:
            return Scored({})
        measures = {f"{part}_error": mean_apart(said[part], arrays[f"y_{part}"]) for part in PARTS}
        test = said["test"], arrays["y_test"]
        measures |= of_test(*test)
        if run.variant.given:
            return Scored(measures)
        signs = clock_signs(said["val"], arrays["y_val"], getattr(run.variant, "classes", 0))
        return Scored(measures, evidence(arrays["x_test"], *test, make_of(run.data.dataset.key)), signs)

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        return figures(runs)


def of_test(said: NDArray[np.float64], truth: NDArray[Any]) -> dict[str, Score]:
    return {
        "test_median": median_apart(said, truth),
        "test_within_1": share_within(said, truth, 1),
        "test_within_10": share_within(said, truth, 10),
        "worst_hour": worst_hour(said, truth),
        "near_twelve": near_twelve(said, truth),
    }


TASK = Clocks(
    "clock_reading",
    "Reading clocks",
    "Read the time from drawn clocks of all looks. Where twelve is on their dials and which way hands go round is drawn"
    " with the class's key, and only labels tell. You give a classifier of the parts of the dial, a regressor of"
    " minutes and a network with two heads; the harness trains each on the same clocks, reads the time that it says,"
    " and measures how many minutes that is off on a dial on which 11:59 and 12:01 are two minutes apart. Guessing is"
    " 180 minutes off, and so is a rule that is written beforehand.",
    builders=BUILDERS,
    variants=VARIANTS,
    version=2,
    profiles=PROFILES,
    published=PUBLISHED,
).task()
