"""What a head of a model answers, one of k classes or d numbers: its loss, measures, and what needs no learning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.recipes.figures import against_truth, confusions
from harness.scoring.classification import accuracy, confusion
from harness.scoring.regression import mean_absolute_error, root_mean_squared_error, skill_over_mean
from harness.scoring.score import Score
from harness.task import ArrayOutput, Figure, Measure

Given = Mapping[str, NDArray[Any]]  # arrays by part: train, val, test

PART_WORDS: Final[Mapping[str, str]] = {"train": "training", "val": "validation", "test": "test"}
SHOWN: Final = 200  # test examples in the picture


@dataclass(frozen=True)
class ClassesHead:
    """Probabilities of classes. Targets are labels 0..k-1, integers (n,); `text` says what they tell."""

    name: str
    text: str
    classes: tuple[str, ...]
    loss: str = "sparse_categorical_crossentropy"
    weight: float = 1.0

    gives: ClassVar = "class probabilities, behind a softmax"
    counted: ClassVar = "classes"
    better: ClassVar = "higher"

    @property
    def size(self) -> int:
        return len(self.classes)

    @property
    def chosen_by(self) -> str:
        """Return the measure that says which variant is best in validation."""
        return f"{self.name}_val_accuracy"

    def targets(self, raw: NDArray[Any]) -> NDArray[Any]:
        """Return labels as int64 (n,)."""
        return raw.reshape(-1).astype(np.int64)

    def output(self, part: str, examples: int) -> ArrayOutput:
        hint = f"The head {self.name} must end with a softmax; if it does and is not finite, the loss diverged."
        return ArrayOutput(f"{self.name}_{part}", (examples, self.size), low=-1e-6, high=1 + 1e-6, hint=hint)

    def measures_on(self, part: str) -> tuple[Measure, ...]:
        text = f"accuracy on {PART_WORDS[part]} examples: {self.text}"
        return (Measure(f"{self.name}_{part}_accuracy", text, "higher"),)

    def scores(self, part: str, outputs: Given, truth: Given) -> dict[str, Score]:
        return {f"{self.name}_{part}_accuracy": accuracy(outputs[part], truth[part])}

    def naive(self, truth: Given) -> Given:
        """Return the most frequent training label for every example, as probabilities."""
        guess = np.eye(self.size)[np.bincount(truth["train"], minlength=self.size).argmax()]
        return {part: np.tile(guess, (len(labels), 1)) for part, labels in truth.items()}

    def evidence(self, outputs: Given, truth: Given) -> dict[str, NDArray[Any]]:
        return {f"confusion_{self.name}": confusion(outputs["test"], truth["test"])}

    def figures(self, evidence: Given, said: str) -> list[Figure]:
        text = f"Test examples by true class (rows) and predicted class (columns), for {said}: {self.text}."
        found = {"confusion": evidence[f"confusion_{self.name}"], "classes": np.array(self.classes)}
        return confusions(found, f"Confusion matrix of {self.name}", text)


@dataclass(frozen=True)
class NumbersHead:
    """Numbers in a unit. Targets are floats (n,) or (n, d); `named` names the d, `text` says what they tell."""

    name: str
    text: str
    named: tuple[str, ...] = ("value",)
    unit: str = ""
    loss: str = "mean_squared_error"
    weight: float = 1.0

    gives: ClassVar = "numbers in the unit of the targets"
    counted: ClassVar = "numbers"
    better: ClassVar = "lower"

    @property
    def size(self) -> int:
        return len(self.named)

    @property
    def chosen_by(self) -> str:
        """Return the measure that says which variant is best in validation."""
        return f"{self.name}_val_rmse"

    def targets(self, raw: NDArray[Any]) -> NDArray[Any]:
        """Return numbers as float32 (n, d)."""
        return raw.reshape(len(raw), -1).astype(np.float32)

    def output(self, part: str, examples: int) -> ArrayOutput:
        hint = f"The head {self.name} gives finite numbers; if the loss was none in the end, it diverged."
        return ArrayOutput(f"{self.name}_{part}", (examples, self.size), hint=hint)

    def measures_on(self, part: str) -> tuple[Measure, ...]:
        on = f"on {PART_WORDS[part]} examples: {self.text}"
        return (
            Measure(f"{self.name}_{part}_rmse", f"root mean squared error {on}", "lower", self.unit),
            Measure(f"{self.name}_{part}_mae", f"mean absolute error {on}", "lower", self.unit),
            Measure(f"{self.name}_{part}_skill", f"1 - MSE / MSE of the training mean {on}", "higher"),
        )

    def scores(self, part: str, outputs: Given, truth: Given) -> dict[str, Score]:
        pair = outputs[part], truth[part]
        return {
            f"{self.name}_{part}_rmse": root_mean_squared_error(*pair),
            f"{self.name}_{part}_mae": mean_absolute_error(*pair),
            f"{self.name}_{part}_skill": skill_over_mean(*pair, truth["train"]),
        }

    def naive(self, truth: Given) -> Given:
        """Return the mean of the training targets for every example."""
        mean = truth["train"].mean(axis=0, dtype=np.float64)
        return {part: np.tile(mean, (len(numbers), 1)) for part, numbers in truth.items()}

    def evidence(self, outputs: Given, truth: Given) -> dict[str, NDArray[Any]]:
        return {f"true_{self.name}": truth["test"][:SHOWN], f"predicted_{self.name}": outputs["test"][:SHOWN]}

    def figures(self, evidence: Given, said: str) -> list[Figure]:
        pair = evidence[f"true_{self.name}"], evidence[f"predicted_{self.name}"]
        return [against_truth(*pair, self.named, f"{said}: {self.text}", f"Predicted against true {self.name}")]


AnswerHead = ClassesHead | NumbersHead
