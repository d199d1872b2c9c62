"""What runs in the sandbox: steps, what they may use, and all that they may hand back."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from harness.task.variant import Arrays, TaskData


@dataclass(frozen=True)
class Limits:
    """What one step may use: seconds by the parent's clock, CPU seconds, MB (10^6 bytes) of memory.

    Seconds are those of the machine that limits were set on; on another they are scaled by how fast it is.
    """

    wall_s: float
    cpu_s: float
    memory_mb: int


@dataclass(frozen=True)
class ArrayOutput:
    """An array a step must hand back: exactly this dtype and shape, finite unless said, within [low, high]."""

    name: str
    shape: tuple[int, ...]
    dtype: Literal["float16", "float32", "float64", "int32", "int64"] = "float32"
    low: float | None = None
    high: float | None = None
    finite: bool = True
    hint: str = ""

    @property
    def nbytes(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64)) * np.dtype(self.dtype).itemsize


@dataclass(frozen=True)
class CurveOutput(ArrayOutput):
    """A learning curve, float64 (epochs, columns), NaN behind an early end and in columns nobody recorded."""

    columns: tuple[str, ...] = ()


def curve_of(epochs: int, columns: tuple[str, ...]) -> CurveOutput:
    return CurveOutput("curve", (epochs, len(columns)), "float64", finite=False, columns=columns)


FactName = Literal["parameters", "fit_s", "optimizer_steps"]
FACTS: tuple[FactName, ...] = ("parameters", "fit_s", "optimizer_steps")


@dataclass(frozen=True)
class FactsOutput(ArrayOutput):
    """What a training says of itself: float64 numbers, one for each of FACTS. No mark rests on seconds."""

    facts: tuple[FactName, ...] = FACTS

    def named(self, array: NDArray[Any]) -> dict[FactName, float]:
        return dict(zip(self.facts, map(float, np.nan_to_num(array)), strict=True))


def facts_of_training() -> FactsOutput:
    return FactsOutput("facts", (len(FACTS),), "float64")


@dataclass(frozen=True)
class BytesOutput:
    """Bytes nobody outside the sandbox interprets (weights), up to `max_bytes`."""

    name: str
    max_bytes: int


Output = ArrayOutput | BytesOutput

Talk = Generator[NDArray[Any], NDArray[Any], Arrays]  # questions out, answers in, the outputs of the step in the end
Lead = Callable[[TaskData, int], Talk]


@dataclass(frozen=True)
class Dialogue:
    """Questions that the harness asks of a model in the sandbox, each made from the answers before it.

    `lead(data, seed)` runs outside the sandbox: it yields a question, an array of up to `most` rows, is sent
    as many rows of answers, and returns the step's outputs, which student code never sees. `question` and `answer`
    describe one row; both are checked against dtype, shape and range. An answer that is not as declared is the
    student's fault; a lead that raises for answers that are, or asks or returns something else than declared, is the
    harness's. The lead's time does not count against the step's limits. Where the model `turns`, it answers as it was
    built until it is asked a question without rows, and as it was trained from then on.
    """

    lead: Lead
    question: ArrayOutput
    answer: ArrayOutput
    most: int
    turns: bool = False


@dataclass(frozen=True)
class Kept:
    """Under which names training hands out a model: its `weights`, those it was built with, and its `configuration`.

    `place` says which of the builder's models it is, from 0; its configuration takes `most` bytes at most. With these a
    process that holds nothing of the submission can rebuild a model of Keras's own layers; see
    `harness.training.rebuilding`.
    """

    weights: str
    built: str
    configuration: str
    place: int = 0
    most: int = 2_000_000

    @classmethod
    def of(cls, weights: str, place: int = 0) -> "Kept":
        """Return what is kept of the model whose weights bear this name."""
        return cls(weights, f"{weights}_built", f"{weights}_model", place)

    def outputs(self, most: int) -> tuple[BytesOutput, ...]:
        """Return what is handed out of the model as it was built; its weights take `most` bytes at most."""
        return BytesOutput(self.built, most), BytesOutput(self.configuration, self.most)


@dataclass(frozen=True)
class Prediction:
    """What a step asks of a model: arrays by the output that is `taken` of them, or the questions of a dialogue.

    A model that is not `trained` answers as it was built.
    """

    model: Kept
    taken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trained: bool = True


@dataclass(frozen=True)
class Step:
    """One process in the sandbox.

    `run` is `module:function`, of a module of `harness.training`, or of the text `code` where a task of a course brings
    a loop of its own. `inputs` are names of task arrays or of outputs of earlier steps. A step `trains` where weights
    change in it; there `loss_falls` unless players compete or what is learnt from changes. A `hidden` step holds data
    that the student must not learn about: its messages are not shown. Where there is a `dialogue`, the function returns
    what answers questions, a function from array to array, and `outputs` come from the dialogue's lead.

    A training step `keeps` models; one that `predicts` asks one of them. In a step that is not `beside` a submission
    nothing of that is at hand.
    """

    name: str
    run: str
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]
    limits: Limits
    settings: Mapping[str, Any] = field(default_factory=dict)
    trains: bool = False
    loss_falls: bool = True
    hidden: bool = False
    dialogue: Dialogue | None = None
    code: str = ""
    keeps: tuple[Kept, ...] = ()
    predicts: Prediction | None = None
    beside: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the learning curve that this step hands back; none if there is no curve."""
        return next((o.columns for o in self.outputs if isinstance(o, CurveOutput)), ())
