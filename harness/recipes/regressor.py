"""The regressor: a compiled network from examples to numbers, compared over variants.

With a data set in `.npz` whose targets are numbers, a task is its builder, its variants and its sizes; measures,
figures, findings and naive answers come with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError
from harness.recipes.answers import PART_WORDS, SHOWN
from harness.recipes.examples import require_validation
from harness.recipes.figures import against_truth, learning_curves
from harness.recipes.known import measured
from harness.recipes.loops import PARTS, Supervised
from harness.recipes.recipe import Recipe
from harness.recipes.steps import supervised_steps
from harness.scoring.linear import ridge_predictions
from harness.scoring.regression import (
    mean_absolute_error,
    mean_squared_error,
    root_mean_squared_error,
    skill_over_mean,
)
from harness.scoring.score import Score
from harness.scoring.signs import number_signs
from harness.task import (
    Argument,
    ArrayOutput,
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

MEAN: Final = Variant("mean", "the mean of the training targets", given=True)
RIDGE: Final = Variant("ridge", "ridge regression on the inputs", given=True)
INPUT: Final = Argument("input_shape", "tuple of int", "shape of an example, such as height, width and channels")
NUMBERS: Final = Argument("num_targets", "int", "how many numbers there are to predict")
RETURNS: Final = (
    "a compiled keras.Model from examples (batch, *input_shape) to numbers (batch, num_targets) in the unit of the"
    " targets, which are floats, so the loss is one of numbers, such as the mean squared error"
)
FINDINGS: Final = (
    *("became_nan", "nan_outputs", "diverged", "weights_stand_still"),
    *("other_scale", "same_number", "overfitting"),
)


def regressor_builder(*arguments: Argument, name: str = "build_model", text: str = "A regressor.") -> Builder:
    """Return a builder of shape, number of targets and the `arguments` that variants change."""
    return Builder(name, text, (INPUT, NUMBERS, *arguments), RETURNS, compiles=True)


@dataclass(frozen=True)
class Regressor(Recipe):
    """Examples of one shape in, d numbers out, beside their mean and, with `ridge`, a ridge regression.

    The data set has `x_…` float32 (n, …), `y_…` floats (n,) or (n, d), and a validation part. `targets` names the
    numbers and `unit` is theirs.
    """

    targets: tuple[str, ...] = ()
    unit: str = ""
    ridge: bool = True

    def given(self) -> tuple[Variant, ...]:
        return (MEAN, RIDGE) if self.ridge else (MEAN,)

    def measures(self) -> tuple[Measure, ...]:
        return tuple(measure for part in PARTS for measure in self.measures_on(part))

    def measures_on(self, part: str) -> tuple[Measure, ...]:
        """Return what is measured on the training, validation or test part."""
        squared, on = f"({self.unit})²" if self.unit else "", f"on {PART_WORDS[part]} examples"
        return (
            Measure(f"{part}_mse", f"mean squared error {on}", "lower", squared),
            Measure(f"{part}_rmse", f"root mean squared error {on}", "lower", self.unit),
            Measure(f"{part}_mae", f"mean absolute error {on}", "lower", self.unit),
            Measure(f"{part}_skill", f"1 - MSE / MSE of the mean of the training targets, {on}", "higher"),
        )

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what mean and ridge regression reach on examples that no variant learns from."""
        names = [m.name for part in ("val", "test") for m in self.measures_on(part)]
        return tuple(n for g in self.given() for n in measured(g.text, g.name, self.sizes, self.learning(), names))

    def findings(self) -> tuple[str, ...]:
        return FINDINGS

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Bring targets into rows. Raises DataError for a set of classes, or one without a validation part."""
        del profile
        if dataset.classes:
            raise DataError(
                f"Expected the data set {dataset.name!r} of task {self.name} to have numbers to predict, received"
                " labels of classes; store targets as floats, or take the recipe Classifier."
            )
        require_validation(dataset, self.name)
        targets = {f"y_{part}": as_rows(dataset.arrays[f"y_{part}"]) for part in PARTS}
        return TaskData(dataset, {**dataset.arrays, **targets}, hidden=frozenset({"y_test"}))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile
        shape, numbers = data.arrays["x_train"].shape[1:], data.arrays["y_train"].shape[1]
        plain = {"input_shape": shape, "num_targets": numbers}
        return self.building(variant, plain, maps(shape, (numbers,), compiled=True))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        del variant
        hint = "Predictions are finite numbers; if the loss was none in the end, it diverged."
        answer = ArrayOutput("numbers", data.arrays["y_train"].shape[1:], hint=hint)
        return supervised_steps(Supervised(metrics=()), profile, data, answer)

    def score(self, run: VariantRun) -> Scored:
        truth = run.data.arrays
        outputs = given_numbers(run.variant, truth) if run.variant.given else run.outputs
        if "numbers_test" not in outputs:
            return Scored({})
        measures: dict[str, Score] = {}
        for part in PARTS:
            pair = outputs[f"numbers_{part}"], truth[f"y_{part}"]
            measures[f"{part}_mse"] = mean_squared_error(*pair)
            measures[f"{part}_rmse"] = root_mean_squared_error(*pair)
            measures[f"{part}_mae"] = mean_absolute_error(*pair)
            measures[f"{part}_skill"] = skill_over_mean(*pair, truth["y_train"])
        if run.variant.given:
            return Scored(measures)
        shown = {"truth": truth["y_test"][:SHOWN], "predicted": outputs["numbers_test"][:SHOWN]}
        return Scored(measures, shown, number_signs(outputs["numbers_val"], truth["y_val"]))

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        """Return learning curves, and predicted against true of the variant with the least error in validation."""
        text = (
            "Loss per epoch on training and validation examples, for every variant. Where validation loss turns up"
            " while training loss still falls, the network memorises."
        )
        found = learning_curves(runs, text)
        if scored := [r for r in runs.values() if "predicted" in r.evidence and r.learns]:
            best = min(scored, key=lambda r: r.measures["val_mse"])
            said = f"the variant with the least error in validation, {best.variant}"
            found.append(against_truth(best.evidence["truth"], best.evidence["predicted"], self.targets, said))
        return tuple(found)


def as_rows(targets: NDArray[Any]) -> NDArray[np.float32]:
    """Return targets (n,) or (n, d) as (n, d) float32."""
    return targets.reshape(len(targets), -1).astype(np.float32)


def given_numbers(variant: Variant, truth: Arrays) -> Arrays:
    """Return what mean or ridge regression say, in the form of a student's outputs."""
    names, targets = [f"numbers_{part}" for part in PARTS], truth["y_train"]
    if variant == RIDGE:
        parts = [truth[f"x_{part}"] for part in PARTS]
        return dict(zip(names, ridge_predictions(parts[0], targets, parts), strict=True))
    mean = targets.mean(axis=0, dtype=np.float64)
    return {f"numbers_{part}": np.tile(mean, (len(truth[f"y_{part}"]), 1)) for part in PARTS}
