"""A small data set like those of a course, and outputs as the steps of a task declare them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.task import ArrayOutput, Recorded, Scored, Shape, Task, TaskData, Variant, VariantRun

CLASSES = ("round", "square")
SIZES = {"train": 40, "val": 0, "test": 20}


def dataset(shape: Shape = (8, 8, 3), classes: tuple[str, ...] = CLASSES) -> Dataset:
    """Return noise around one picture a class; without classes there are no labels either."""
    rng, arrays = np.random.default_rng(0), {}
    pictures = rng.random((2, *shape), dtype=np.float32)
    for part, n in SIZES.items():
        labels = np.arange(n) % 2
        noise = rng.random((n, *shape), dtype=np.float32)
        arrays[f"x_{part}"] = np.float32(0.8) * pictures[labels] + np.float32(0.2) * noise
        if classes:
            arrays[f"y_{part}"] = labels.astype(np.int64)
    return Dataset("shapes", arrays, classes, "drawn", {})


def outputs(task: Task, variant: Variant, data: TaskData) -> dict[str, NDArray[Any]]:
    """Return noise in the form of every array that the steps of a variant hand back."""
    rng, found = np.random.default_rng(1), {}
    for step in task.steps(task.profiles["quick"], variant, data):
        for output in (o for o in step.outputs if isinstance(o, ArrayOutput)):
            low, high = -1.0 if output.low is None else output.low, 1.0 if output.high is None else output.high
            found[output.name] = rng.uniform(max(low, -9), min(high, 9), output.shape).astype(output.dtype)
    return found


def scored(task: Task, data: TaskData, **instead: NDArray[Any]) -> dict[str, Scored]:
    """Return what is measured of every variant whose outputs are noise, but for those given."""
    found = {}
    for v in task.variants:
        made = {} if v.given else {**outputs(task, v, data), **instead}
        found[v.name] = task.score(VariantRun(task.profiles["quick"], v, data, made))
    return found


def recorded(found: Mapping[str, Scored]) -> dict[str, Recorded]:
    """Return what figures get."""
    return {
        name: Recorded(name, {k: s.value for k, s in one.measures.items()}, {"loss": [2.0, 1.0]}, one.evidence)
        for name, one in found.items()
    }
