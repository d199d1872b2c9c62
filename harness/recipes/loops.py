"""The training loops of `harness.training`, each declared once: what it is given, its settings, what it hands back.

A task names a loop with its settings and `training_step` makes the step of it. What follows training is declared here
too: predicting, running one half of an autoencoder, answering questions.
"""

import ast
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from harness.errors import CourseError, did_you_mean
from harness.recipes.q_learning import QLearning
from harness.task import (
    ArrayOutput,
    BytesOutput,
    Dialogue,
    Kept,
    Limits,
    Output,
    Prediction,
    Profile,
    Step,
    TaskData,
    curve_of,
    facts_of_training,
)

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
    """

    x: tuple[str, ...] = ("x_train",)
    heads: tuple[Head, ...] = (Head("y_train"),)
    x_val: tuple[str, ...] = ("x_val",)
    y_val: tuple[str, ...] = ("y_val",)
    metrics: tuple[str, ...] = ("accuracy",)
    learning_rate: float = 0.0

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
    """Trains a variational autoencoder by the evidence bound; see `harness.training.variational`."""

    learning_rate: float
    kl_weight: float

    run: ClassVar = f"{TRAINING}.variational:train"
    diverge: ClassVar = f"{TRAINING}.variational:diverge"
    weights: ClassVar = ("encoder_weights", "decoder_weights")
    columns: ClassVar = ("loss", "mse", "kl")
    inputs: ClassVar = ("x_train",)


@dataclass(frozen=True)
class Adversarial:
    """Trains generator and discriminator against each other on images of any shape.

    `labels` names the array of one-hot labels (n, classes) that both see beside the images; without one they see none.
    """

    learning_rate: float
    noise_size: int
    labels: str = ""

    run: ClassVar = f"{TRAINING}.adversarial:train"
    weights: ClassVar = ("generator_weights",)
    columns: ClassVar = ("loss", "generator_loss", "discriminator_loss")

    @property
    def inputs(self) -> tuple[str, ...]:
        return ("x_train", self.labels) if self.labels else ("x_train",)


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


def training_step(loop: Loop, profile: Profile, *more: Output) -> Step:
    """Return the step that trains by `loop` under a profile; `more` is what it hands back beside the usual.

    The usual is weights, learning curve and facts; of a loop of the harness's own also the models as they were built.
    """
    settings: Any = loop.settings if isinstance(loop, OwnLoop) else loop
    keeps = () if isinstance(loop, OwnLoop) else tuple(Kept.of(name, i) for i, name in enumerate(loop.weights))
    return Step(
        name="train",
        run=loop.run,
        inputs=tuple(dict.fromkeys(loop.inputs)),
        outputs=(
            *(BytesOutput(name, WEIGHTS) for name in loop.weights),
            curve_of(profile.epochs, loop.columns),
            facts_of_training(),
            *(output for kept in keeps for output in kept.outputs(WEIGHTS)),
            *more,
        ),
        limits=profile.limits,
        settings={
            **(asdict(settings) if settings is not None else {}),
            **{"epochs": profile.epochs, "batch_size": profile.batch_size, "columns": loop.columns},
            "keeps": [asdict(kept) for kept in keeps],
        },
        trains=True,
        loss_falls=not isinstance(loop, Adversarial | QLearning),
        code=loop.code if isinstance(loop, OwnLoop) else "",
        keeps=keeps,
    )


Taken = Mapping[str, str | tuple[str, ...]]  # of each output the arrays that it is made of


def mapping_step(
    name: str, weights: str, taken: Taken, outputs: tuple[ArrayOutput, ...], limits: Limits, place: int = 0
) -> Step:
    """Return a hidden step that loads `weights`, those of the builder's model at `place`, and maps arrays.

    `taken` says for each output what it is made of.
    """
    arrays = {output: (names,) if isinstance(names, str) else names for output, names in taken.items()}
    return Step(
        name=name,
        run=f"{TRAINING}.predicting:predict",
        inputs=tuple(dict.fromkeys((weights, *(one for names in arrays.values() for one in names)))),
        outputs=outputs,
        limits=limits,
        settings={"weights": weights, "taken": arrays, "place": place},
        hidden=True,
        predicts=Prediction(Kept.of(weights, place), arrays),
    )


def predicting(taken: Taken, outputs: tuple[ArrayOutput, ...], limits: Limits) -> Step:
    """Return the step in which a trained model predicts; of test data it sees no answer."""
    return mapping_step("predict", "weights", taken, outputs, limits)


def supervised_steps(loop: Loop, profile: Profile, data: TaskData, answer: ArrayOutput) -> tuple[Step, Step]:
    """Return training by `loop`, and predicting for every part; `answer` is what one example gets, as `NAME_PART`."""
    taken = {f"{answer.name}_{part}": f"x_{part}" for part in PARTS}
    outputs = tuple(replace(answer, name=o, shape=(len(data.arrays[x]), *answer.shape)) for o, x in taken.items())
    return training_step(loop, profile), predicting(taken, outputs, profile.limits)


def answering(
    name: str, outputs: tuple[Output, ...], dialogue: Dialogue, limits: Limits, *, trained: bool = True
) -> Step:
    """Return the step in which a model answers the questions of a dialogue: trained, or as it is built."""
    return Step(
        name=name,
        run=f"{TRAINING}.answering:{'answering' if trained else 'untrained'}",
        inputs=("weights",) if trained else (),
        outputs=outputs,
        limits=limits,
        settings={"weights": "weights"} if trained else {},
        hidden=True,
        dialogue=dialogue,
        predicts=Prediction(Kept.of("weights"), trained=trained),
    )
