"""A task made small: its first training step and those after it, on a few examples of the training data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.task import ArrayOutput, BytesOutput, Limits, Step, Variant
from harness.workflow.context import TaskContext
from harness.workflow.speed import scaled

ROWS = 64  # few enough that a large model is tried in a second or two
EPOCHS = 4
BATCH = 32
WALL_S, CPU_S = 20.0, 8.0
WEIGHTS, LETTERS = 1_024, 60  # as `harness.training.trial` hands back


@dataclass
class Slices:
    """The first rows of a task's arrays, written once below `folder`. `rows` maps a name to rows before and after."""

    context: TaskContext
    folder: Path
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)

    @cached_property
    def whole(self) -> frozenset[str]:
        """The arrays that builders are given, which have to be as they are."""
        return frozenset(self.context.contract_step().inputs)

    def path(self, name: str) -> Path:
        """Return the file that stands in for the array `name`; training examples take the place of others."""
        array = self.context.data.arrays[name]
        few = min(ROWS, len(array)) if name not in self.whole else len(array)
        self.rows[name] = len(array), few
        path = self.folder / f"{name}.npy"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            np.save(path, np.ascontiguousarray(self.source(name)[:few]))
        return path

    def source(self, name: str) -> NDArray[Any]:
        array, like = self.context.data.arrays[name], self.stand_in(name)
        return self.context.data.arrays[like] if like else array

    def stand_in(self, name: str) -> str:
        """Return the name of the training array that can take the place of `name`, or nothing."""
        arrays, like = self.context.data.arrays, f"{name.partition('_')[0]}_train"
        if like not in arrays or name not in arrays or like in self.context.data.hidden:
            return ""
        this, that = arrays[name], arrays[like]
        fits = this.shape[1:] == that.shape[1:] and this.dtype == that.dtype and len(that) >= min(ROWS, len(this))
        return like if fits else ""


def training(context: TaskContext, variant: Variant) -> tuple[Step | None, Sequence[Step]]:
    """Return the first training step of a variant, None if it has none, and the steps after it."""
    steps = context.steps(variant)
    place = next((i for i, s in enumerate(steps) if s.trains), None)
    return (None, ()) if place is None else (steps[place], steps[place + 1 :])


def before_training(context: TaskContext, variant: Variant) -> list[Step]:
    """Return the steps before a variant's training that need no trained model and hold nothing hidden."""
    steps = context.steps(variant)
    place = next((i for i, s in enumerate(steps) if s.trains), 0)
    return [s for s in steps[:place] if not (s.hidden or s.dialogue) and set(s.inputs) <= context.files.keys()]


def trial_step(train: Step, speed: float) -> Step:
    """Return the step that runs a few epochs of `train` and says what became of loss and weights.

    Where no data is given, as when a model learns from what it tries, an epoch cannot be made shorter: one has to do.
    It may take a few seconds, more where `speed`, that of the machine, is low.
    """
    epochs, models = EPOCHS if train.inputs else 1, len(train.settings["call"]["returns"])
    settings = {**train.settings, "run": train.run, "code": train.code, "epochs": epochs, "eager": bool(train.inputs)}
    if "batch_size" in settings:
        settings["batch_size"] = min(BATCH, settings["batch_size"])
    return Step(
        name="trial",
        run="harness.training.trial:trial",
        inputs=train.inputs,
        outputs=(
            *(o for o in train.outputs if isinstance(o, BytesOutput)),
            ArrayOutput("losses", (epochs,), "float64", finite=False),
            ArrayOutput("moved", (WEIGHTS,), "int32", low=0, high=2),
            ArrayOutput("names", (WEIGHTS, LETTERS), "int32", low=0, high=0x10FFFF),
            *(ArrayOutput(name, (models,), "int32", low=0, high=1) for name in ("frozen", "bounded", "half")),
        ),
        limits=few_seconds(train.limits, speed),
        settings=settings,
    )


def few_seconds(limits: Limits, speed: float) -> Limits:
    """Return a step's limits cut to a few seconds on a machine of that speed."""
    few = scaled(Limits(WALL_S, CPU_S, limits.memory_mb), speed)
    return replace(few, wall_s=min(few.wall_s, limits.wall_s), cpu_s=min(few.cpu_s, limits.cpu_s))


def small_steps(steps: Sequence[Step], slices: Slices, made: Mapping[str, Any]) -> Iterator[Step]:
    """Yield the steps after training that can be run on slices, each as soon as `made` holds what it needs.

    `made` grows meanwhile. A step ends the row that leads a dialogue or hands back an array whose length is not that
    of an input: nobody can say here how long it becomes.
    """
    for step in steps:
        known = {name: slices.rows[name] for name in step.inputs if name in slices.rows}
        ours = [name for name in step.inputs if name in slices.context.data.arrays]
        missing = [name for name in step.inputs if name not in ours and name not in made]
        lengths = dict(known.values()) | dict(rows_of(slices, name) for name in ours)
        fits = all(isinstance(o, BytesOutput) or (o.shape and o.shape[0] in lengths) for o in step.outputs)
        if step.dialogue or missing or not fits:
            return
        outputs = tuple(o if isinstance(o, BytesOutput) else shortened(o, lengths, slices) for o in step.outputs)
        hidden = step.hidden and not all(slices.stand_in(name) for name in ours)
        few = few_seconds(step.limits, slices.context.provenance.speed)
        yield replace(step, outputs=outputs, limits=few, hidden=hidden)


def rows_of(slices: Slices, name: str) -> tuple[int, int]:
    slices.path(name)
    return slices.rows[name]


def shortened(output: ArrayOutput, lengths: Mapping[int, int], slices: Slices) -> ArrayOutput:
    rows = lengths[output.shape[0]]
    slices.rows[output.name] = output.shape[0], rows
    return replace(output, shape=(rows, *output.shape[1:]))
