"""The classifier: a compiled network from examples to class probabilities, compared over variants.

With a data set in `.npz` or a folder of images a task is its builder, its variants and its sizes; measures, figures,
findings and naive answers come with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.examples import require_classes, require_validation
from harness.recipes.figures import confusions, learning_curves
from harness.recipes.known import measured
from harness.recipes.loops import PARTS, Supervised
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.recipes.steps import supervised_steps
from harness.scoring.classification import accuracy, confusion, gap
from harness.scoring.confused import confused
from harness.scoring.linear import id_counts, regression_probabilities
from harness.scoring.signs import classifier_signs
from harness.task import (
    Argument,
    ArrayOutput,
    Arrays,
    Builder,
    Call,
    Dataset,
    Figure,
    FindingRule,
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

LINEAR: Final = Variant("linear", "logistic regression on the inputs", given=True)
INPUT: Final = Argument("input_shape", "tuple of 3 int", "height, width and channels of an image; pixels are in [0, 1]")
CLASSES: Final = Argument("num_classes", "int", "how many classes there are")
LENGTH: Final = Argument("length", "int", "how many ids a text has")
VOCABULARY: Final = Argument("vocabulary_size", "int", "how many ids there are; every id is below")
RETURNS: Final = (
    "a compiled keras.Model from images (batch, *input_shape) to class probabilities (batch, num_classes);"
    " labels are integers, so the loss is sparse categorical cross-entropy; track the metric accuracy"
)
TOKENS_RETURN: Final = (
    "a compiled keras.Model from int32 ids (batch, length) to class probabilities (batch, num_classes); labels are"
    " integers, so the loss is sparse categorical cross-entropy; track the metric accuracy"
)
SOFTMAX: Final = "The last layer must be a softmax; if it is and the numbers are not finite, the loss diverged."
FINDINGS: Final = (
    *EVERYWHERE,
    *("zero_weights", "weights_stand_still", "softmax_with_logits_loss", "at_chance", "constant_output"),
    *("not_a_distribution", "overfitting", "underfitting"),
)


def classifier_builder(*arguments: Argument, name: str = "build_model", text: str = "A classifier.") -> Builder:
    """Return a builder of shape, number of classes and the `arguments` that variants change."""
    return Builder(name, text, (INPUT, CLASSES, *arguments), RETURNS, compiles=True)


def token_classifier_builder(*arguments: Argument, name: str = "build_model", text: str = "A classifier.") -> Builder:
    """Return a builder of length, vocabulary, number of classes and the `arguments` that variants change."""
    return Builder(name, text, (LENGTH, VOCABULARY, CLASSES, *arguments), TOKENS_RETURN, compiles=True)


@dataclass(frozen=True)
class Classifier(Recipe):
    """Examples of one shape in, one of k classes out. With `linear`, logistic regression is measured beside it.

    The data set has `x_…` float32 (n, …), `y_…` int64 (n,) below the number of its classes, and a validation part.
    """

    linear: bool = True

    examples: ClassVar[str] = "images"  # what students are told that they are

    def given(self) -> tuple[Variant, ...]:
        return (LINEAR,) if self.linear else ()

    def measures(self) -> tuple[Measure, ...]:
        return (
            Measure("train_accuracy", f"accuracy on the training {self.examples}", "higher"),
            Measure("val_accuracy", f"accuracy on the validation {self.examples}", "higher"),
            Measure("test_accuracy", f"accuracy on the test {self.examples}", "higher"),
            Measure("gap", "generalisation gap: training minus test accuracy", "lower"),
        )

    def findings(self) -> tuple[str | FindingRule, ...]:
        return FINDINGS

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Hide the test labels. Raises DataError for a set without classes, or one without a validation part."""
        del profile
        require_classes(dataset, self.name, "take the recipe Regressor")
        require_validation(dataset, self.name)
        return TaskData(dataset, dataset.arrays, hidden=frozenset({"y_test"}))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile
        shape, classes = data.arrays["x_train"].shape[1:], len(data.dataset.classes)
        plain = {"input_shape": shape, "num_classes": classes}
        return self.building(variant, plain, maps(shape, (classes,), compiled=True))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        del variant
        answer = ArrayOutput("p", (len(data.dataset.classes),), low=-1e-6, high=1 + 1e-6, hint=SOFTMAX)
        return supervised_steps(Supervised(), profile, data, answer)

    def score(self, run: VariantRun) -> Scored:
        outputs = self.by_regression(run.data.arrays) if run.variant.given else run.outputs
        return self.judged(run, outputs) if "p_test" in outputs else Scored({})

    def judged(self, run: VariantRun, outputs: Arrays) -> Scored:
        """Return what is measured of probabilities `p_…` (n, k), a student's or those of logistic regression."""
        truth = run.data.arrays
        by_part = {part: accuracy(outputs[f"p_{part}"], truth[f"y_{part}"]) for part in PARTS}
        measures = {f"{part}_accuracy": value for part, value in by_part.items()}
        measures["gap"] = gap(by_part["train"], by_part["test"])
        if run.variant.given:
            return Scored(measures)
        return Scored(measures, evidence(outputs, run.data), classifier_signs(outputs["p_val"], truth["y_val"]))

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        """Return learning curves, and the confusion matrix of the variant that is best on the validation images."""
        text = (
            f"Loss and accuracy per epoch, on training and validation {self.examples}, for every variant. Where"
            " validation loss turns up while training loss still falls, the network memorises."
        )
        found = learning_curves(runs, text)
        if scored := [r for r in runs.values() if "confusion" in r.evidence and r.learns]:
            best = max(scored, key=lambda r: r.measures["val_accuracy"])
            text = (
                f"Test {self.examples} by true class (rows) and predicted class (columns), for the variant that is best"
                f" on the validation {self.examples}, {best.variant}. What lies off the diagonal is wrong."
            )
            found += confusions(best.evidence, "Confusion matrix", text)
        return tuple(found)

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what logistic regression reaches in every variant that learns, where it is measured."""
        found = (
            measured(given.text, given.name, (profile,), (name,), ("val_accuracy", "test_accuracy"))
            for profile in self.sizes
            for given in self.given()
            for name in self.learning()
        )
        return tuple(chain.from_iterable(found))

    def by_regression(self, truth: Arrays) -> Arrays:
        """Return the probabilities of a logistic regression on the training inputs, in the form of a student's."""
        parts = [self.regressed(truth[f"x_{part}"]) for part in PARTS]
        found = regression_probabilities(parts[0], truth["y_train"], parts)
        return dict(zip((f"p_{part}" for part in PARTS), found, strict=True))

    def regressed(self, x: NDArray[Any]) -> Any:
        """Return what logistic regression is given of inputs (n, …)."""
        return x


@dataclass(frozen=True)
class TokenClassifier(Classifier):
    """Sequences of ids in, one of k classes out; logistic regression is given how often each id stands in a sequence.

    The data set has `x_…` int32 (n, length) below `tokens`. `arrays` names what the builder is given beside plain
    values: an argument, and the array of the data set that it is, such as an embedding matrix.
    """

    tokens: int = 0
    arrays: Mapping[str, str] = field(default_factory=dict)

    examples: ClassVar = "texts"

    def given(self) -> tuple[Variant, ...]:
        return tuple(replace(v, text="logistic regression on counts of words") for v in super().given())

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile
        length, classes = data.arrays["x_train"].shape[1], len(data.dataset.classes)
        plain = {"length": length, "vocabulary_size": self.tokens, "num_classes": classes}
        spec = maps((length,), (classes,), compiled=True, tokens=self.tokens)
        return self.building(variant, plain, spec, arrays=self.arrays)

    def regressed(self, x: NDArray[Any]) -> Any:
        return id_counts(x, self.tokens)


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
