"""A task of a recipe run for real: every step of a variant in the sandbox, one after the other, and then scored."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sandbox.students import RunStudent

from harness.data.base import Dataset
from harness.sandbox.spool import Blob
from harness.task import Limits, Profile, Scored, Task, TaskData, Variant, VariantRun

LIMITS = Limits(wall_s=300, cpu_s=200, memory_mb=2_000)
PROFILE = Profile("quick", "made", epochs=4, batch_size=16, limits=LIMITS)


def dataset(arrays: dict[str, NDArray[Any]], classes: tuple[str, ...] = ()) -> Dataset:
    return Dataset("made", arrays, classes, "made up", {})


def run_variant(
    run_student: RunStudent, task: Task, variant: Variant, data: TaskData, source: str, folder: Path
) -> tuple[Scored, dict[str, NDArray[Any]]]:
    """Return what scoring makes of a variant under seed 1, and all arrays that its steps handed back."""
    profile = task.profiles["quick"]
    call = task.call(profile, variant, data)
    settings = {"call": {**asdict(call), "functions": []}}
    available: dict[str, Any] = {name: a for name, a in data.arrays.items() if name not in data.hidden}
    made: dict[str, NDArray[Any]] = {}
    for step in task.steps(profile, variant, data):
        inputs = {n: saved(available[n], folder / f"{n}.npy") for n in (*step.inputs, *call.inputs)}
        lead = step.dialogue.lead(data, 1) if step.dialogue else None
        asked = replace(step, inputs=tuple(inputs), settings={**step.settings, **settings})
        outcome = run_student(source, asked, inputs=inputs, lead=lead)
        assert outcome.fault is None, (outcome.fault, outcome.log)
        made |= outcome.arrays
        available |= {**outcome.arrays, **outcome.blobs}
    return task.score(VariantRun(profile, variant, data, made)), made


def saved(value: Any, path: Path) -> Any:
    """Return bytes as they are, and an array as a file."""
    if isinstance(value, Blob):
        return value
    np.save(path, value)
    return path
