"""What a task is made of. Plain data: no backend, nothing that runs student code.

A task names the builders a submission exports, the variants that are trained, the steps each variant goes
through in the sandbox, and how their outputs are scored outside it.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.errors import UsageError, did_you_mean
from harness.scoring.score import Score

Arrays = Mapping[str, NDArray[Any]]
Shape = tuple[int, ...]


@dataclass(frozen=True)
class Argument:
    """One argument of a builder, as the student's page explains it."""

    name: str
    type: str
    text: str


@dataclass(frozen=True)
class Builder:
    """A function that a submission exports. `returns` is shown to students.

    An `optional` one stands in for the harness's own where a submission has it.
    """

    name: str
    text: str
    arguments: tuple[Argument, ...]
    returns: str
    optional: bool = False


@dataclass(frozen=True)
class ModelSpec:
    """What one returned Keras model must look like; shapes leave out the batch axis.

    A model with several inputs or outputs has a tuple of shapes, in order. With `tokens`, inputs are int32 ids below
    that number; otherwise they are float32.
    """

    name: str
    input_shape: Shape | tuple[Shape, ...]
    output_shape: Shape | tuple[Shape, ...]
    compiled: bool = False
    tokens: int = 0


@dataclass(frozen=True)
class Call:
    """One call of a builder: its keyword arguments and the models it must return, in order.

    `functions` are those of the submission that steps call beside the models; their signatures are checked with it.
    """

    builder: str
    arguments: Mapping[str, Any]
    returns: tuple[ModelSpec, ...]
    functions: tuple[Builder, ...] = ()


@dataclass(frozen=True)
class Limits:
    """What one step may use: seconds by the parent's clock, CPU seconds, MB (10^6 bytes) of memory."""

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
class BytesOutput:
    """Bytes nobody outside the sandbox interprets (weights), up to `max_bytes`."""

    name: str
    max_bytes: int


Output = ArrayOutput | BytesOutput


Lead = Callable[["TaskData", Mapping[str, Any], int], Generator[NDArray[Any], NDArray[Any], Arrays]]


@dataclass(frozen=True)
class Dialogue:
    """Questions that the harness asks of a model in the sandbox, each made from the answers before it.

    `lead(data, settings, seed)` runs outside the sandbox: it yields a question, an array of up to `most` rows, is sent
    as many rows of answers, and returns the step's outputs, which student code never sees. `question` and `answer`
    describe one row; both are checked against dtype, shape and range. An answer that is not as declared is the
    student's fault; a lead that raises for answers that are, or asks or returns something else than declared, is the
    harness's. The lead's time does not count against the step's limits.
    """

    lead: Lead
    question: ArrayOutput
    answer: ArrayOutput
    most: int


@dataclass(frozen=True)
class Step:
    """One process in the sandbox.

    `run` is `module:function` under `harness.training`. `inputs` are names of task arrays or of outputs of
    earlier steps. A `hidden` step holds data that the student must not learn about: its messages are not shown.
    Where there is a `dialogue`, the function returns what answers questions, a function from array to array, and
    `outputs` come from the dialogue's lead.
    """

    name: str
    run: str
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]
    limits: Limits
    settings: Mapping[str, Any] = field(default_factory=dict)
    hidden: bool = False
    dialogue: Dialogue | None = None


@dataclass(frozen=True)
class Variant:
    """One of the models the task compares. A `given` variant is computed by the harness, not by the student."""

    name: str
    text: str
    builder: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    given: bool = False


@dataclass(frozen=True)
class Profile:
    """A size of the task: `quick` runs offline in about a minute, `full` is what the course reports used."""

    name: str
    dataset: str
    epochs: int
    batch_size: int
    limits: Limits
    seeds: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskData:
    """The arrays of a task under one profile. Names in `hidden` never enter the sandbox."""

    dataset: Dataset
    arrays: Arrays
    hidden: frozenset[str]


@dataclass(frozen=True)
class Measure:
    """What a measured number means, and which `variants` have it: all of them where none is named."""

    name: str
    text: str
    better: Literal["higher", "lower"]
    unit: str = ""
    variants: tuple[str, ...] = ()


@dataclass(frozen=True)
class VariantRun:
    """What scoring gets: outputs may be incomplete when a step failed."""

    profile: Profile
    variant: Variant
    data: TaskData
    outputs: Arrays


@dataclass(frozen=True)
class Scored:
    """Measures by name, the small arrays (`evidence`) that figures need later, and `signs` of mistakes in outputs.

    A sign is a number that no rubric can name; `harness.scoring.signs` makes them and `harness.diagnosis` reads them.
    """

    measures: Mapping[str, Score]
    evidence: Arrays = field(default_factory=dict)
    signs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """One variant as figures and findings see it: `curve` maps a column to one value per epoch."""

    variant: str
    measures: Mapping[str, float]
    curve: Mapping[str, list[float]]
    evidence: Arrays


@dataclass(frozen=True)
class Figure:
    """A picture as data; `harness.report.drawing` draws it, tells it to those who do not see it and tabulates it.

    `text` is the caption: a sentence or two on what to look for.

    kind      data
    curves    panels: {variant: {column: [value per epoch]}}
    matrix    counts: (k, k); classes: [str]; rows, columns: what they stand for, `true class` and `predicted class`
              if left out; said: words between two that are confused, `taken for` if left out
    images    rows: {label: (n, h, w) or (n, h, w, 3) in [0, 1]}
    scatter   points: (n, 2); labels: (n,) integers; classes: [str]
    lines     panels: {title: {series: ([x], [y])}}; x: label; y: label; truth: name of a series to compare with
    texts     rows: {label: {column: text}}
    """

    kind: Literal["curves", "matrix", "images", "scatter", "lines", "texts"]
    title: str
    text: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Published:
    """A figure that others reached in `variant.measure`, in the measure's unit, shown beside the reference.

    `note` says what was different there. It decides no mark.
    """

    measure: str
    value: float
    source: str
    profile: str = "full"
    note: str = ""


@dataclass(frozen=True)
class Naive:
    """What an answer without learning, such as chance or PCA, reaches in `variant.measure` under one profile.

    `measured` names the `variant.measure` that the harness computes itself for this answer: its mean in a baseline
    counts, and `value` stands in where there is no baseline. `origin` says where `value` comes from.
    """

    measure: str
    answer: str
    profile: str
    value: float | None = None
    origin: str = ""
    measured: str = ""


@dataclass(frozen=True)
class Task:
    """A coursework task; one module in `harness/tasks/` holds one, named `TASK`.

    `max_parameters` is what the models of one call of a builder may have together, 0 for as many as fit.
    """

    name: str
    version: int
    title: str
    summary: str
    builders: tuple[Builder, ...]
    variants: tuple[Variant, ...]
    profiles: Mapping[str, Profile]
    measures: tuple[Measure, ...]
    prepare: Callable[[Dataset, Profile], TaskData]
    call: Callable[[Profile, Variant], Call]
    steps: Callable[[Profile, Variant, TaskData], tuple[Step, ...]]
    score: Callable[[VariantRun], Scored]
    figures: Callable[[Mapping[str, Recorded]], tuple[Figure, ...]]
    published: tuple[Published, ...] = ()
    naive: tuple[Naive, ...] = ()
    max_parameters: int = 0

    def profile(self, name: str) -> Profile:
        if name not in self.profiles:
            hint = did_you_mean(name, self.profiles)
            raise UsageError(f"Task {self.name} has no profile {name!r}.{hint}")
        return self.profiles[name]

    def variant(self, name: str) -> Variant:
        return next(v for v in self.variants if v.name == name)

    def measures_of(self, variant: Variant) -> tuple[Measure, ...]:
        """Return what is measured of a variant."""
        return tuple(m for m in self.measures if variant.name in m.variants or not m.variants)

    def measure_names(self) -> dict[str, Measure]:
        """Return every measure a rubric can name, as `variant.measure`."""
        return {f"{v.name}.{m.name}": m for v in self.variants for m in self.measures_of(v)}
