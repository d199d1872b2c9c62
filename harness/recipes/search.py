"""The search: classifiers whose settings a student chooses, ranked by validation, the winners tried on another set.

Test images are opened for the baseline and for the
winner alone, so that nothing can be chosen by them.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError
from harness.recipes.classifier import SOFTMAX, Classifier
from harness.recipes.examples import require_classes, require_validation
from harness.recipes.families import BY, FURTHER, SECOND, Acting, Family, Run, over
from harness.recipes.figures import learning_curves
from harness.recipes.known import measured
from harness.recipes.loops import PARTS, Head, Supervised
from harness.recipes.searched import search_figures
from harness.recipes.steps import predicting, training_step
from harness.scoring.classification import accuracy, behind, cross_entropy
from harness.scoring.signs import classifier_signs
from harness.task import (
    ArrayOutput,
    Call,
    Dataset,
    Figure,
    Measure,
    NaiveAnswer,
    Profile,
    Recorded,
    Scored,
    Step,
    Task,
    TaskData,
    Variant,
    VariantRun,
    maps,
)


@dataclass(frozen=True)
class Searched:
    """Whether images of the first set are halved in size, and the test accuracy of the reference by winner."""

    halved: bool
    best: Mapping[str, float]


LINEAR = (
    Run("linear", "logistic regression on the pixels", given=True),
    Run("linear_transfer", "logistic regression on the pixels of the second data set", given=True, on=SECOND),
)


@dataclass(frozen=True)
class Search(Classifier):
    """Classifiers of several families. A profile has a further set `second`, and settings of the kind `Searched`.

    One of the settings is the `batch_argument`; `acting` returns those settings of a candidate that do something beside
    its others, in numbers that may be compared by their ratio.
    """

    _: KW_ONLY
    families: tuple[Family, ...]
    acting: Acting
    batch_argument: str

    def task(self) -> Task:
        """Return the task with the builders, the candidates and the measures of its families."""
        return replace(
            super().task(),
            candidates=tuple(family.candidates for family in self.families),
            overall=tuple(measure for family in self.families for measure in over(family, self.acting)),
        )

    def given(self) -> tuple[Variant, ...]:
        return LINEAR

    def measures(self) -> tuple[Measure, ...]:
        opened = tuple(v.name for v in (*self.variants, *LINEAR) if Run.of(v).opened)
        first = tuple(f"{family.name}_winner" for family in self.families)
        return (
            Measure("train_accuracy", "accuracy on the training images", "higher"),
            Measure(BY, "accuracy on the validation images", "higher"),
            Measure("val_loss", "cross-entropy on the validation images", "lower", "nats"),
            Measure("test_accuracy", "accuracy on the test images", "higher", variants=opened),
            Measure("behind", "test accuracy that is missing to the reference's winner", "lower", variants=first),
        )

    def beside(self) -> tuple[NaiveAnswer, ...]:
        on = {one.on: one for one in LINEAR}
        asked = ((on[Run.of(v).on], v) for v in self.variants if v.learns and Run.of(v).opened)
        return tuple(a for g, v in asked for a in measured(g.text, g.name, self.sizes, (v.name,), ("test_accuracy",)))

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Put both data sets side by side, and hide the test labels of both."""
        second = dataset.further[FURTHER]
        for one in (dataset, second):
            require_classes(one, self.name)
            require_validation(one, self.name)
        shrink = profile.settings.halved
        first = {n: halved(a) if shrink and n.startswith("x_") else a for n, a in dataset.arrays.items()}
        beside = {f"{name[:2]}{SECOND}{name[2:]}": array for name, array in second.arrays.items()}
        return TaskData(dataset, {**first, **beside}, hidden=frozenset({"y_test", f"y_{SECOND}test"}))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile
        x, _ = names_of(Run.of(variant))
        shape, classes = data.arrays[x["train"]].shape[1:], classes_of(variant, data)
        plain = {"input_shape": shape, "num_classes": classes}
        return self.building(variant, plain, maps(shape, (classes,), compiled=True))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        x, y = names_of(Run.of(variant))
        heads = (Head(y["train"]),)
        loop = Supervised((x["train"],), heads, (x["val"],), (y["val"],), batch_argument=self.batch_argument)
        asked = {f"p_{part}": x[part] for part in parts_of(variant)}
        answer = ArrayOutput("", (), low=-1e-6, high=1 + 1e-6, hint=SOFTMAX)
        rows = {p: len(data.arrays[name]) for p, name in asked.items()}
        outputs = tuple(replace(answer, name=p, shape=(n, classes_of(variant, data))) for p, n in rows.items())
        return training_step(loop, profile), predicting(asked, outputs, profile.asking)

    def score(self, run: VariantRun) -> Scored:
        (x, y), parts = names_of(Run.of(run.variant)), parts_of(run.variant)
        own = {f"{k}_{part}": run.data.arrays[n[part]] for k, n in (("x", x), ("y", y)) for part in PARTS}
        outputs = self.by_regression(own) if run.variant.given else run.outputs
        if any(f"p_{part}" not in outputs for part in parts):
            return Scored({})
        found = {f"{part}_accuracy": accuracy(outputs[f"p_{part}"], own[f"y_{part}"]) for part in parts}
        found["val_loss"] = cross_entropy(outputs["p_val"], own["y_val"])
        if best := run.profile.settings.best.get(run.variant.name):
            found["behind"] = behind(found["test_accuracy"], best)
        return Scored(found, signs=classifier_signs(outputs["p_val"], own["y_val"]))

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        found = {v: r for v, r in runs.items() if r.settings and BY in r.measures}
        there = {f.text: [found[v] for v in f.tried if v in found] for f in self.families}
        acting = {f: [self.with_acting(r) for r in some] for f, some in there.items()}
        compared = {v.name: runs[v.name] for v in self.variants if not v.candidate and v.name in runs}
        text = "Loss and accuracy per epoch of baselines and winners. Where validation loss turns up, it memorises."
        return (*search_figures(acting), *learning_curves(compared, text))

    def with_acting(self, run: Recorded) -> Recorded:
        """Return what is recorded of a candidate with those of its settings alone that do something."""
        acting = self.acting(run.settings)
        return replace(run, settings={name: value for name, value in run.settings.items() if name in acting})


def names_of(run: Run) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of the arrays of images and of labels, by part, that a variant learns and is measured with."""
    return {part: f"x_{run.on}{part}" for part in PARTS}, {part: f"y_{run.on}{part}" for part in PARTS}


def parts_of(variant: Variant) -> list[str]:
    return [part for part in PARTS if part != "test" or Run.of(variant).opened]


def classes_of(variant: Variant, data: TaskData) -> int:
    _, y = names_of(Run.of(variant))
    return int(data.arrays[y["train"]].max()) + 1


def halved(images: NDArray[Any]) -> NDArray[np.float32]:
    """Return images (n, h, w, c) as (n, h/2, w/2, c), each pixel the mean of four. Raises DataError for odd sizes."""
    n, h, w, c = images.shape
    if h % 2 or w % 2:
        raise DataError(f"Expected images of even height and width, received {h} by {w}; say halved=False in the task.")
    mean: NDArray[np.float32] = images.reshape(n, h // 2, 2, w // 2, 2, c).mean(axis=(2, 4), dtype=np.float32)
    return mean
