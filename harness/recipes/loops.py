"""Training loops that several tasks share, each declared once: what it is given, its settings, what it hands back.

A task names a loop with its settings, and `harness.recipes.steps.training_step` makes the step of it.
"""

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from harness.errors import CourseError, did_you_mean

PARTS: Final = ("train", "val", "test")
TRAINING = "harness.training"
WEIGHTS = 200_000_000  # bytes of a weights file at most


class Loop(Protocol):
    """A training loop: what it runs, weights files and columns of the curve that it hands back, arrays it reads."""

    @property
    def run(self) -> str: ...

    @property
    def weights(self) -> tuple[str, ...]: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def inputs(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Head:
    """One output of a model: the array of its targets and, where the harness compiles the model, its loss.

    `loss` is a name that Keras knows; `weight` is what it counts in the sum.
    """

    targets: str
    loss: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class Supervised:
    """Fits a model to targets, one array for each of its inputs and outputs, in the order of the contract.

    Without losses the builder has compiled the model; with them the harness does, with Adam at `learning_rate`, which
    falls to 0 along a cosine. Validation arrays, where named, are looked at once an epoch and decide nothing.
    `batch_argument` names the builder's argument that says how many examples a batch has; without it the profile does.
    """

    x: tuple[str, ...] = ("x_train",)
    heads: tuple[Head, ...] = (Head("y_train"),)
    x_val: tuple[str, ...] = ("x_val",)
    y_val: tuple[str, ...] = ("y_val",)
    metrics: tuple[str, ...] = ("accuracy",)
    learning_rate: float = 0.0
    batch_argument: str = ""

    run: ClassVar = f"{TRAINING}.supervised:train"
    weights: ClassVar = ("weights",)

    @property
    def columns(self) -> tuple[str, ...]:
        shown = ("loss", *self.metrics)
        return (*shown, *(f"val_{name}" for name in shown)) if self.x_val else shown

    @property
    def inputs(self) -> tuple[str, ...]:
        return (*self.x, *(head.targets for head in self.heads), *self.x_val, *self.y_val)


@dataclass(frozen=True)
class Autoencoding:
    """Fits decoder(encoder(x)) to x by mean squared error with Adam, whose rate falls to 0 along a cosine."""

    learning_rate: float

    run: ClassVar = f"{TRAINING}.autoencoding:train"
    weights: ClassVar = ("encoder_weights", "decoder_weights")
    columns: ClassVar = ("loss", "val_loss")
    inputs: ClassVar = ("x_train", "x_val")


@dataclass(frozen=True)
class Variational:
    """Trains a variational autoencoder on `images` by the evidence bound; see `harness.training.variational`."""

    learning_rate: float
    kl_weight: float
    images: str = "x_train"

    run: ClassVar = f"{TRAINING}.variational:train"
    diverge: ClassVar = f"{TRAINING}.variational:diverge"
    weights: ClassVar = ("encoder_weights", "decoder_weights")
    columns: ClassVar = ("loss", "mse", "kl")

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.images,)


@dataclass(frozen=True)
class Adversarial:
    """Trains generator and discriminator against each other on images of any shape.

    `labels` names the array of one-hot labels (n, classes) that both see beside the images; without one they see none.
    `condition` names instead an array of pictures (n, ...), one an image: the generator makes the image of its picture,
    without noise, and the discriminator sees the picture beside the image. `mae_weight` is what the mean absolute error
    of what was made counts in the generator's loss.
    """

    learning_rate: float
    noise_size: int
    labels: str = ""
    condition: str = ""
    mae_weight: float = 0.0

    run: ClassVar = f"{TRAINING}.adversarial:train"
    weights: ClassVar = ("generator_weights",)

    @property
    def columns(self) -> tuple[str, ...]:
        return ("loss", "generator_loss", "discriminator_loss", *(("mae",) if self.mae_weight else ()))

    @property
    def inputs(self) -> tuple[str, ...]:
        return ("x_train", *(name for name in (self.labels, self.condition) if name))


@dataclass(frozen=True)
class Sequences:
    """Fits logits of the next token to every window of the stream `ids`, by cross-entropy with Adam."""

    ids: str
    val: str
    window: int
    learning_rate: float

    run: ClassVar = f"{TRAINING}.sequences:train"
    weights: ClassVar = ("weights",)
    columns: ClassVar = ("loss", "val_loss")

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.ids, self.val


@dataclass(frozen=True)
class Forecasting:
    """Fits the next value of series `x_train` (s, n) to every window of those before it; compiled by the builder."""

    window: int

    run: ClassVar = f"{TRAINING}.forecasting:train"
    weights: ClassVar = ("weights",)
    columns: ClassVar = ("loss",)
    inputs: ClassVar = ("x_train",)


@dataclass(frozen=True)
class OwnLoop:
    """A loop that a task brings itself: the function `name` of the module text `code`, which sees what it is given.

    The text is run in the sandbox before student code. The function is called as those of `harness.training` are and
    returns weights by the names in `weights`, the curve and the facts; `harness.training.supervised.trained` makes all
    three.
    """

    code: str
    name: str
    inputs: tuple[str, ...]
    weights: tuple[str, ...] = ("weights",)
    columns: tuple[str, ...] = ("loss",)
    settings: Any = None

    @property
    def run(self) -> str:
        return f"loop:{self.name}"


def own_loop(
    module: str, file: str, name: str, *, inputs: tuple[str, ...], settings: Any = None, **more: Any
) -> OwnLoop:
    """Return the loop that is the function `name` of `file`, which lies beside the module at the path `module`.

    Say `own_loop(__file__, "loop.py", "train", inputs=...)`. `more` are the other fields of OwnLoop. Raises CourseError
    where there is no such file or function; nothing of it runs here.
    """
    path = Path(module).with_name(file)
    try:
        code = path.read_text(encoding="utf-8")
        functions = [n.name for n in ast.parse(code).body if isinstance(n, ast.FunctionDef)]
    except OSError as error:
        raise CourseError(f"{path}: this loop cannot be read ({error.strerror}); check its name.") from None
    except SyntaxError as error:
        raise CourseError(f"{path}:{error.lineno or 1}: this is not Python ({error.msg}); correct the line.") from None
    if name not in functions:
        raise CourseError(f"{path}:1: there is no function {name!r} here.{did_you_mean(name, functions)}")
    return OwnLoop(code, name, inputs, settings=settings, **more)
