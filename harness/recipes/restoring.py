"""Models that restore spoilt images, trained by losses that students write: their loop, and the step that asks one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from harness.recipes.loops import TRAINING
from harness.task import ArrayOutput, Limits, Shape, Step


@dataclass(frozen=True)
class Restoring:
    """Fits a model to `y` from `x`, both images, with Adam, whose rate rises first and falls along a cosine then.

    `loss` is a name that Keras knows, or one of the functions that the builder uses, called with `arguments` beside
    true and predicted images.
    """

    learning_rate: float
    loss: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    x: str = "noisy_train"
    y: str = "x_train"

    run: ClassVar = f"{TRAINING}.restoring:train"
    evaluate: ClassVar = f"{TRAINING}.restoring:evaluate"
    weights: ClassVar = ("weights",)
    columns: ClassVar = ("loss",)

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.x, self.y


def asking_loss(loop: Restoring, shape: Shape, limits: Limits) -> Step:
    """Return the step that gives values and gradients of a student's loss for the pairs `asked_true`, `asked_said`.

    Both are of this shape, (n, h, w, c).
    """
    return Step(
        name="loss",
        run=loop.evaluate,
        inputs=("asked_true", "asked_said"),
        outputs=(ArrayOutput("values", shape[:1], finite=False), ArrayOutput("gradients", shape, finite=False)),
        limits=limits,
        settings={"loss": loop.loss, "arguments": dict(loop.arguments)},
    )
