"""The classifier: a compiled network from examples to class probabilities, compared over variants.

With a data set in `.npz` or a folder of images a task is its builder, its variants and its sizes; measures, figures,
findings and naive answers come with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.figures import confusions, learning_curves
from harness.recipes.loops import Supervised, predicting, training_step
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.scoring.classification import accuracy, confusion, gap
from harness.scoring.confused import confused
from harness.scoring.linear import regression_probabilities
from harness.scoring.signs import classifier_signs
from harness.tasks.base import (
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

PARTS: Final = ("train", "val", "test")
LINEAR: Final = Variant("linear", "logistic regression on the inputs", given=True)
INPUT: Final = Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]")
CLASSES: Final = Argument("num_classes", "int", "how many classes there are")
RETURNS: Final = (
    "a compiled keras.Model from images (batch, *input_shape) to class probabilities (batch, num_classes);"
    " labels are integers, so the loss is sparse categorical cross-entropy; track the metric accuracy"
)
MEASURES: Final = (
    Measure("train_accuracy", "accuracy on the training images", "higher"),
    Measure("val_accuracy", "accuracy on the validation images", "higher"),
    Measure("test_accuracy", "accuracy on the test images", "higher"),
    Measure("gap", "generalisation gap: training minus test accuracy", "lower"),
)
FINDINGS: Final = (
    *EVERYWHERE,
    *("zero_weights", "weights_stand_still", "softmax_with_logits_loss", "at_chance", "constant_output"),
    *("not_a_distribution", "overfitting", "underfitting"),
)


def classifier_builder(*arguments: Argument, name: str = "build_model", text: str = "A classifier.") -> Builder:
    """Return a builder of shape, number of classes and the `arguments` that variants change."""
    return Builder(name, text, (INPUT, CLASSES, *arguments), RETURNS)


@dataclass(frozen=True)
class Classifier(Recipe):
    """Examples of one shape in, one of k classes out. With `linear`, logistic regression is measured beside it.

    The data set has `x_…` float32 (n, …), `y_…` int64 (n,) below the number of its classes, and a validation part.
    """

    linear: bool = True

    def given(self) -> tuple[Variant, ...]:
        return (LINEAR,) if self.linear else ()

    def measures(self) -> tuple[Measure, ...]:
        return MEASURES

    def findings(self) -> tuple[str, ...]:
        return FINDINGS

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        del profile
        return TaskData(dataset, dataset.arrays, hidden=frozenset({"y_test"}))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile
        shape, classes = data.arrays["x_train"].shape[1:], len(data.dataset.classes)
        arguments = {"input_shape": shape, "num_classes": classes, **self.chosen(variant)}
        return Call(variant.builder or self.builders[0].name, arguments, (maps(shape, (classes,), compiled=True),))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        del variant
        classes, taken = len(data.dataset.classes), {f"p_{part}": f"x_{part}" for part in PARTS}
        hint = "The last layer must be a softmax; if it is and the numbers are not finite, the loss diverged."
        outputs = tuple(
            ArrayOutput(p, (len(data.arrays[x]), classes), low=-1e-6, high=1 + 1e-6, hint=hint)
            for p, x in taken.items()
        )
        return training_step(Supervised(), profile), predicting(taken, outputs, profile.limits)

    def score(self, run: VariantRun) -> Scored:
        truth = run.data.arrays
        outputs = by_regression(truth) if run.variant.given else run.outputs
        if "p_test" not in outputs:
            return Scored({})
        by_part = {part: accuracy(outputs[f"p_{part}"], truth[f"y_{part}"]) for part in PARTS}
        measures = {f"{part}_accuracy": value for part, value in by_part.items()}
        measures["gap"] = gap(by_part["train"], by_part["test"])
        if run.variant.given:
            return Scored(measures)
        return Scored(measures, evidence(outputs, run.data), classifier_signs(outputs["p_val"], truth["y_val"]))

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        """Return learning curves, and the confusion matrix of the variant that is best on the validation images."""
        text = (
            "Loss and accuracy per epoch, on training and validation images, for every variant. Where validation loss"
            " turns up while training loss still falls, the network memorises."
        )
        found = learning_curves(runs, text)
        if scored := [r for r in runs.values() if "confusion" in r.evidence and r.learns]:
            best = max(scored, key=lambda r: r.measures["val_accuracy"])
            text = (
                "Test images by true class (rows) and predicted class (columns), for the variant that is best on the"
                f" validation images, {best.variant}. What lies off the diagonal is wrong."
            )
            found += confusions(best.evidence, "Confusion matrix", text)
        return tuple(found)

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what logistic regression reaches in every variant that learns, where it is measured."""
        measured = [m.name for m in MEASURES if m.name not in ("gap", "train_accuracy")] if self.linear else []
        return tuple(
            NaiveAnswer(f"{v.name}.{name}", LINEAR.text, profile.name, measured=f"{LINEAR.name}.{name}")
            for profile in self.profiles
            for v in self.variants
            for name in measured
            if v.learns
        )


def evidence(outputs: Arrays, data: TaskData) -> dict[str, NDArray[Any]]:
    """Return what figures need: the confusion matrix, images of the worst pairs where there are images, row sums."""
    truth, p, classes = data.arrays, outputs["p_test"], data.dataset.classes
    images, answers = truth["x_test"], p.argmax(axis=1)
    shown: Mapping[str, NDArray[Any]] = (
        confused(truth["y_test"], answers, images, p.max(axis=1), len(classes))
        if images.ndim == 4
        else {"confusion": confusion(p, truth["y_test"])}
    )
    return {**shown, "classes": np.array(classes), "row_sums": p.astype(np.float64).sum(axis=1)[:100]}


def by_regression(truth: Arrays) -> Arrays:
    """Return the probabilities of a logistic regression on the training inputs, in the form of a student's."""
    parts = [truth[f"x_{part}"] for part in PARTS]
    return dict(
        zip((f"p_{part}" for part in PARTS), regression_probabilities(parts[0], truth["y_train"], parts), strict=True)
    )
