"""What a model of clocks answers: parts of the dial, minutes, or hour and minute; and the time that this says."""

from abc import ABC, abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.clocks import grid, plain
from harness.data.makes import USUAL, make_of
from harness.recipes.loops import PARTS, Head, Supervised
from harness.recipes.steps import predicting, training_step
from harness.scoring.clock import DIAL, HOURS, by_templates, of_classes, of_hour_and_minute
from harness.task import ArrayOutput, Arrays, ModelSpec, Profile, Step, TaskData, Tensor, Variant, maps

SEEN: Final = 0.75  # of half an image: how far from its middle templates are compared, which is where both hands are


@dataclass(frozen=True)
class Reading(Variant, ABC):
    """A variant by what its model gives for a clock: `answers` one example, `time` what they say."""

    targets: ClassVar[tuple[str, ...]] = ("minutes",)  # the arrays `NAME_PART` that its heads are trained on, in order

    @abstractmethod
    def answers(self) -> tuple[ArrayOutput, ...]:
        """Return one output for each head, with the shape of one example."""

    @abstractmethod
    def time(self, said: Arrays) -> NDArray[np.float64]:
        """Return minutes since twelve (n,) from the answers (n, ...) by head."""

    def plain(self) -> dict[str, Any]:
        """Return what the builder is given beside the shape of an image."""
        return {}

    def spec(self, shape: tuple[int, ...]) -> ModelSpec:
        heads = tuple(Tensor(a.shape, a.name) for a in self.answers())
        return maps((Tensor(shape, "image"),), heads, compiled=True)

    def steps(self, profile: Profile, data: TaskData) -> tuple[Step, Step]:
        loop = Supervised(
            heads=tuple(Head(f"{name}_train") for name in self.targets),
            y_val=tuple(f"{name}_val" for name in self.targets),
            metrics=(),
        )
        outputs = tuple(of_part(a, part, len(data.arrays[f"x_{part}"])) for part in PARTS for a in self.answers())
        taken = {f"{a.name}_{part}": f"x_{part}" for part in PARTS for a in self.answers()}
        return training_step(loop, profile), predicting(taken, outputs, profile.asking)

    def times(self, outputs: Arrays) -> dict[str, NDArray[np.float64]]:
        """Return the times that are said of each part; none where an answer is missing."""
        names = [a.name for a in self.answers()]
        if any(f"{name}_{part}" not in outputs for part in PARTS for name in names):
            return {}
        return {part: self.time({name: outputs[f"{name}_{part}"] for name in names}) for part in PARTS}


def of_part(answer: ArrayOutput, part: str, n: int) -> ArrayOutput:
    return ArrayOutput(f"{answer.name}_{part}", (n, *answer.shape), low=answer.low, high=answer.high, hint=answer.hint)


def probabilities(name: str, classes: int) -> ArrayOutput:
    hint = f"The head {name} must end with a softmax; if it does and is not finite, the loss diverged."
    return ArrayOutput(name, (classes,), low=-1e-6, high=1 + 1e-6, hint=hint)


def bounded(name: str, most: int) -> ArrayOutput:
    hint = f"Bound what the head {name} gives to 0..{most}, by a sigmoid or by the angle of a sine and cosine pair."
    return ArrayOutput(name, (1,), low=-1e-3, high=most + 1e-3, hint=hint)


@dataclass(frozen=True)
class ByClass(Reading):
    """Probabilities of equal parts of the dial."""

    _: KW_ONLY
    classes: int

    def answers(self) -> tuple[ArrayOutput, ...]:
        return (probabilities("part", self.classes),)

    def time(self, said: Arrays) -> NDArray[np.float64]:
        return of_classes(said["part"])

    def plain(self) -> dict[str, Any]:
        return {"num_classes": self.classes}


@dataclass(frozen=True)
class ByNumber(Reading):
    """Minutes since twelve as one number."""

    targets: ClassVar = ("time",)

    def answers(self) -> tuple[ArrayOutput, ...]:
        return (bounded("time", DIAL),)

    def time(self, said: Arrays) -> NDArray[np.float64]:
        return said["time"][:, 0].astype(np.float64)


@dataclass(frozen=True)
class ByTwo(Reading):
    """Probabilities of the hour, and the minute as a number."""

    targets: ClassVar = ("hour", "minute")

    def answers(self) -> tuple[ArrayOutput, ...]:
        return probabilities("hour", HOURS), bounded("minute", DIAL // HOURS)

    def time(self, said: Arrays) -> NDArray[np.float64]:
        return of_hour_and_minute(said["hour"], np.clip(said["minute"][:, 0], 0, DIAL // HOURS))


@dataclass(frozen=True)
class Templates(Variant):
    """The harness's own answer: the plain clock in the middle of the image that a clock is most like.

    It takes clocks to be of the usual make unless it is `told` which make they are of.
    """

    given: bool = True
    _: KW_ONLY
    told: bool = False

    def times(self, data: TaskData) -> dict[str, NDArray[np.float64]]:
        """Return the times that it reads from the clocks of each part."""
        size = data.arrays["x_test"].shape[1]
        where = np.hypot(*grid(size)).reshape(size, size) < SEEN
        plain_clocks = plain(size, make_of(data.dataset.key) if self.told else USUAL)
        found = {part: by_templates(data.arrays[f"x_{part}"][..., 0], plain_clocks, where) for part in PARTS}
        return {part: times.astype(np.float64) for part, times in found.items()}
