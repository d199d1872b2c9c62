"""Several inputs and heads by name: one network that answers several questions about the same examples.

Each head is a classifier or a regressor with a loss of its own, and the harness compiles the model. Measures, figures,
findings and an answer without learning come with each head.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError, did_you_mean
from harness.recipes.answers import AnswerHead
from harness.recipes.figures import learning_curves
from harness.recipes.known import measured
from harness.recipes.loops import PARTS, Head, Supervised
from harness.recipes.recipe import Recipe
from harness.recipes.steps import predicting, training_step
from harness.scoring.score import Score
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
    Tensor,
    Variant,
    VariantRun,
    maps,
)

NAIVE: Final = Variant("naive", "the most frequent class and the mean of the training targets", given=True)
FINDINGS: Final = ("became_nan", "nan_outputs", "diverged", "weights_stand_still", "overfitting")


@dataclass(frozen=True)
class Input:
    """One input of a model: numbers of the shape that the data has, or with `tokens` int32 ids below that number."""

    name: str
    text: str
    tokens: int = 0


def heads_builder(
    inputs: tuple[Input, ...], heads: tuple[AnswerHead, ...], *arguments: Argument, name: str = "build_model"
) -> Builder:
    """Return a builder of the shapes of inputs, the sizes of heads, and the `arguments` that variants change."""
    shapes = (Argument(f"{i.name}_shape", "tuple of int", f"shape of one {i.name}: {i.text}") for i in inputs)
    sizes = (Argument(f"{h.name}_size", "int", f"how many {h.counted} {h.name} has: {h.text}") for h in heads)
    takes, gives = " and ".join(i.name for i in inputs), " and ".join(f"{h.name} ({h.gives})" for h in heads)
    returns = (
        f"a keras.Model, not compiled, from {takes} to {gives}, in this order. The harness trains it with Adam on the"
        f" sum of {', '.join(f'{h.weight:g} · {h.loss} of {h.name}' for h in heads)}"
    )
    return Builder(name, f"A network with {len(heads)} heads.", (*shapes, *sizes, *arguments), returns)


@dataclass(frozen=True)
class Heads(Recipe):
    """Inputs by name in, heads by name out.

    The data set has an array `x_NAME_PART` for each input and `y_NAME_PART` for each head, and a validation part; a
    task whose data set has others says how `examples` and `answers` are made of it.
    """

    _: KW_ONLY
    inputs: tuple[Input, ...]
    heads: tuple[AnswerHead, ...]
    learning_rate: float = 0.001

    def given(self) -> tuple[Variant, ...]:
        return (NAIVE,)

    def measures(self) -> tuple[Measure, ...]:
        return tuple(m for head in self.heads for part in PARTS for m in head.measures_on(part))

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what needs no learning, on examples that no variant learns from."""
        names = [m.name for head in self.heads for part in ("val", "test") for m in head.measures_on(part)]
        return tuple(measured(NAIVE.text, NAIVE.name, self.sizes, self.learning(), names))

    def findings(self) -> tuple[str, ...]:
        return FINDINGS

    def examples(self, dataset: Dataset, part: str) -> Mapping[str, NDArray[Any]]:
        """Return the arrays of one part by the name of the input."""
        return {i.name: self.found(dataset, f"x_{i.name}_{part}") for i in self.inputs}

    def answers(self, dataset: Dataset, part: str) -> Mapping[str, NDArray[Any]]:
        """Return the targets of one part by the name of the head."""
        return {h.name: self.found(dataset, f"y_{h.name}_{part}") for h in self.heads}

    def found(self, dataset: Dataset, name: str) -> NDArray[Any]:
        """Return an array of the data set; raises DataError with a close name where there is none."""
        if name not in dataset.arrays:
            raise DataError(
                f"Expected the data set {dataset.name!r} of task {self.name} to have an array {name!r}, received none"
                f" of that name.{did_you_mean(name, dataset.arrays)}"
            )
        return dataset.arrays[name]

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        del profile
        arrays: dict[str, NDArray[Any]] = {}
        for part in PARTS:
            x, y = self.examples(dataset, part), self.answers(dataset, part)
            for i in self.inputs:
                arrays[f"x_{i.name}_{part}"] = x[i.name].astype(np.int32 if i.tokens else np.float32)
            for head in self.heads:
                arrays[f"y_{head.name}_{part}"] = head.targets(y[head.name])
        return TaskData(dataset, arrays, hidden=frozenset(f"y_{h.name}_test" for h in self.heads))

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del profile
        shapes = {i.name: data.arrays[f"x_{i.name}_train"].shape[1:] for i in self.inputs}
        takes = tuple(Tensor(shapes[i.name], i.name, "int32" if i.tokens else "float32", i.tokens) for i in self.inputs)
        gives = tuple(Tensor((head.size,), head.name) for head in self.heads)
        plain = {
            **{f"{name}_shape": shape for name, shape in shapes.items()},
            **{f"{head.name}_size": head.size for head in self.heads},
        }
        return self.building(variant, plain, maps(takes, gives))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        del variant
        loop = Supervised(
            x=tuple(f"x_{i.name}_train" for i in self.inputs),
            heads=tuple(Head(f"y_{h.name}_train", h.loss, h.weight) for h in self.heads),
            x_val=tuple(f"x_{i.name}_val" for i in self.inputs),
            y_val=tuple(f"y_{h.name}_val" for h in self.heads),
            metrics=(),
            learning_rate=self.learning_rate,
        )
        taken = {
            f"{h.name}_{part}": tuple(f"x_{i.name}_{part}" for i in self.inputs) for part in PARTS for h in self.heads
        }
        outputs = tuple(h.output(part, len(data.arrays[f"y_{h.name}_{part}"])) for part in PARTS for h in self.heads)
        return training_step(loop, profile), predicting(taken, outputs, profile.asking)

    def score(self, run: VariantRun) -> Scored:
        measures: dict[str, Score] = {}
        evidence: dict[str, NDArray[Any]] = {}
        for head in self.heads:
            truth = {part: run.data.arrays[f"y_{head.name}_{part}"] for part in PARTS}
            said = {part: run.outputs[f"{head.name}_{part}"] for part in PARTS if f"{head.name}_{part}" in run.outputs}
            outputs = head.naive(truth) if run.variant.given else said
            if len(outputs) < len(PARTS):
                return Scored({})
            for part in PARTS:
                measures |= head.scores(part, outputs, truth)
            evidence |= {} if run.variant.given else head.evidence(outputs, truth)
        return Scored(measures, evidence)

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        """Return learning curves, and of each head what the variant that is best in validation answers."""
        text = "Loss per epoch, summed over heads, on training and validation examples, for every variant."
        found = learning_curves(runs, text)
        scored = [r for r in runs.values() if r.evidence and r.learns]
        for head in self.heads if scored else ():
            best = sorted(scored, key=lambda r: r.measures[head.chosen_by], reverse=head.better == "higher")[0]
            found += head.figures(best.evidence, f"the variant that is best in validation, {best.variant}")
        return tuple(found)
