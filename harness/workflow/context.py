"""One task under one profile, ready to run: its data, and the files steps may read."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from harness import __version__
from harness.data.base import Dataset
from harness.data.folders import folders
from harness.data.key import PRACTICE, Key
from harness.data.load import load
from harness.errors import HarnessError
from harness.records.files import writing
from harness.records.models import Plain, Provenance
from harness.task import (
    ArrayOutput,
    BytesOutput,
    Limits,
    Profile,
    Step,
    Task,
    TaskData,
    Variant,
    brief,
    facts_of_training,
)
from harness.training import backend
from harness.workflow.candidates import MAX_BYTES, OUTPUT
from harness.workflow.machine import Machine
from harness.workflow.planned import CONTRACT, MULTIPLY_ADDS, PlannedTask
from harness.workflow.speed import scaled

SLOWER = {"jax": 3.0, "torch": 6.0}  # than TensorFlow on one core: 2.6 and 5.8 times at worst, on moved images
COMPILING_S = {"jax": 60.0}  # every program once for every shape: 22 s for training a network of 177 layers
DRIVER_S = 60.0  # for a GPU's driver to start, and for compiling for it
DRIVER_MB = 8_000  # what a GPU's driver and libraries may take of a process's memory


@dataclass(frozen=True)
class TaskContext(PlannedTask):
    """A task with its data, ready to run. `files` are the arrays that may enter the sandbox, as `.npy`."""

    data: TaskData
    files: Mapping[str, Path]

    def drawn_seed(self, seed: int) -> int:
        """Return what a step is seeded with in place of the seed of that number."""
        return self.data.dataset.key.number("seed", seed)

    def asking_seed(self, seed: int) -> int:
        """Return what a model is asked with, which no step ever sees."""
        return self.data.dataset.key.number("questions", seed)

    def steps(self, variant: Variant) -> tuple[Step, ...]:
        """Return the steps of a variant with the builder's call in their settings, checked for hidden inputs.

        Their limits are those of this machine.
        """
        made = self.task.call(self.profile, variant, self.data)
        call, needed, steps = self.described(variant), made.inputs, self._size_step(variant)
        for step in self.task.steps(self.profile, variant, self.data):
            if leaked := self.data.hidden & {*step.inputs, *needed}:
                raise HarnessError(
                    f"Step {step.name} of task {self.task.name} asks for {sorted(leaked)}, which are hidden answers;"
                    " take them out of its inputs."
                )
            settings = {**step.settings, "call": call}
            inputs = tuple(dict.fromkeys((*step.inputs, *needed)))
            steps.append(self.limited(replace(step, settings=settings, inputs=inputs)))
        return tuple(steps)

    def limited(self, step: Step) -> Step:
        """Return a step with limits that allow it as much work here as on the machine that they were set on.

        A backend that compiles, and a GPU's libraries, take time and memory beside it.
        """
        made, own = self.provenance, scaled(step.limits, self.provenance.speed)
        times = SLOWER.get(made.backend, 1.0)
        seconds = COMPILING_S.get(made.backend, 0.0) + (DRIVER_S if made.device != "cpu" else 0.0)
        memory_mb = own.memory_mb + (DRIVER_MB if made.device != "cpu" else 0)
        return replace(step, limits=Limits(times * own.wall_s + seconds, times * own.cpu_s + seconds, memory_mb))

    def described(self, variant: Variant) -> dict[str, Any]:
        """Return the call of a variant as plain data, with the functions that are called beside its models.

        The settings of a candidate join the arguments; as long as they are not known, their defaults do.
        """
        call = asdict(self.task.call(self.profile, variant, self.data))
        functions = self.task.needed_by(variant)
        arguments = {**call["arguments"], **self.settings(variant)}
        return {**call, "arguments": arguments, "functions": [asdict(f) for f in functions]}

    def settings(self, variant: Variant) -> Mapping[str, Plain]:
        """Return the settings that a variant trains with; empty for one of which no student chooses any."""
        of = (c.settings for c in self.task.candidates if c.function == variant.chosen_by)
        return self.chosen.get(variant.name, {s.name: s.default for settings in of for s in settings})

    def _size_step(self, variant: Variant) -> list[Step]:
        """Return the check that a variant's models are not too large: the contract check asks for one that is not."""
        if not self.task.max_parameters:
            return []
        call = self.described(variant)
        inputs = self.task.call(self.profile, variant, self.data).inputs
        return [self._check([call], [call], inputs)]

    def contract_step(self, *, candidates: bool = True) -> Step:
        """Return the check before training: every signature, the first variant of each builder built, and `candidates`.

        No candidate is built: what a student chose is looked at outside first, and trains on its own.
        """
        made = [self.task.call(self.profile, v, self.data) for v in self.task.trained()]
        calls = [self.described(v) for v in self.task.trained()]
        fixed = [call for v, call in zip(self.task.trained(), calls, strict=True) if not v.chosen_by]
        first = {call["builder"]: call for call in reversed(fixed)}
        inputs = tuple(dict.fromkeys(name for call in made for name in call.inputs))
        step = self._check(calls, list(first.values()), inputs)
        return self._asking(step) if candidates and self.task.candidates else step

    def contract_parts(self) -> tuple[tuple[Step, ...], ...]:
        """Return that check in parts: for each builder a step a variant, and last one that asks for `candidates`.

        A builder is sound where one of its steps passes: what other variants lack is theirs alone. Of candidates only
        signatures are looked at.
        """
        parts: dict[str, list[Step]] = {}
        for variant in self.task.trained():
            call, inputs = self.described(variant), self.task.call(self.profile, variant, self.data).inputs
            build = [] if variant.chosen_by else [call]
            parts.setdefault(call["builder"], []).append(self._check([call], build, inputs))
        asking = [(self._asking(self._check([], [], ())),)] if self.task.candidates else []
        return (*map(tuple, parts.values()), *asking)

    def _asking(self, step: Step) -> Step:
        """Return the check with every function called by which the student chooses settings."""
        asked = {"candidates": [asdict(c) for c in self.task.candidates], "candidates_bytes": MAX_BYTES}
        outputs = (*step.outputs, BytesOutput(OUTPUT, MAX_BYTES))
        return replace(step, outputs=outputs, settings={**step.settings, **asked})

    def _check(self, calls: list[dict[str, Any]], build: list[dict[str, Any]], inputs: tuple[str, ...]) -> Step:
        check = Step(
            name=CONTRACT,
            run="harness.training.contract:check",
            inputs=inputs,
            outputs=(facts_of_training(), ArrayOutput(MULTIPLY_ADDS, (1,), "float64", finite=False)),
            limits=brief(self.profile.limits.memory_mb),
            settings={"calls": calls, "build": build, "max_parameters": self.task.max_parameters},
        )
        return self.limited(check)


def load_profile(profile: Profile, data_dir: Path | None, course: Path | None = None, key: Key = PRACTICE) -> Dataset:
    """Return the data of a profile drawn with `key`, further sets included; `course` is a course's data folder.

    Raises DataError when one is not at hand.
    """
    places = folders(data_dir, course)
    further = {name: load(more.dataset, places, more.sizes, key) for name, more in profile.further.items()}
    return replace(load(profile.dataset, places, profile.sizes, key), further=further)


def prepare(
    task: Task,
    profile_name: str,
    data_dir: Path | None,
    machine: Machine,
    work: Path,
    course: Path | None = None,
    key: Key = PRACTICE,
) -> TaskContext:
    """Draw the data of a task and write what may enter the sandbox below `work`; `course` is a course's data folder.

    Raises DataError when the data set is not at hand.
    """
    profile = task.profile(profile_name)
    dataset = load_profile(profile, data_dir, course, key)
    data = task.prepare(dataset, profile)
    folder = work / task.name
    files = {name: folder / f"{name}.npy" for name in data.arrays if name not in data.hidden}
    with writing(work):
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in files.items():
            np.save(path, np.ascontiguousarray(data.arrays[name]))
    versions = backend.describe(machine.backend)
    provenance = Provenance(
        dataset=dataset.name,
        data_sha256=dataset.sha256,
        data_sizes=data.dataset.sizes,
        data_published=dict(dataset.published),
        data_origin=dataset.origin,
        data_classes=len(data.dataset.classes),
        key=key.mark,
        harness=__version__,
        python=versions.pop("python"),
        libraries=versions,
        backend=machine.backend,
        device=machine.device,
        machine=machine.machine,
        speed=machine.speed,
        isolation=machine.isolation,
        reproducibility=reproducibility(machine),
    )
    return TaskContext(task, profile, provenance, data, files)


def reproducibility(machine: Machine) -> str:
    """Say what the same seed gives on the same machine."""
    if machine.device == "cpu" and machine.backend in ("tensorflow", "jax"):
        return "bit for bit on the same machine type with the same versions (deterministic operations, fixed threads)"
    if machine.backend == "jax" and "XLA_FLAGS" not in os.environ:
        return "bit for bit on the same GPU with the same versions, as far as was tried (deterministic operations)"
    return "up to the device's floating-point noise: not bit for bit"
