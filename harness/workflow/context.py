"""One task under one profile, ready to run: its data, the files steps may read, and what goes into every key."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from harness import __version__
from harness.data.load import load
from harness.errors import HarnessError
from harness.records.models import Provenance
from harness.records.store import writing
from harness.sandbox.walls import Walls
from harness.tasks.base import ArrayOutput, Limits, Profile, Step, Task, TaskData, Variant
from harness.training import backend

SLOWER = {"jax": 4.0}  # than TensorFlow on one core, at worst: layers that move images
COMPILING_S = {"jax": 60.0}  # every operation, once for every shape: over 10 s in the check of several builders
DRIVER_S = 60.0  # for a GPU's driver to start, and for compiling for it
DRIVER_MB = 8_000  # what a GPU's driver and libraries may take of a process's memory
CONTRACT = "contract"  # the name under which the check before training is recorded


@dataclass(frozen=True)
class Machine:
    """What beside source, data and seed decides a number."""

    backend: str
    device: str
    machine: str
    walls: Walls
    isolation: str


@dataclass(frozen=True)
class TaskContext:
    """A task with its data. `files` are the arrays that may enter the sandbox, as `.npy`."""

    task: Task
    profile: Profile
    data: TaskData
    files: Mapping[str, Path]
    provenance: Provenance

    def key(self, source: str, variant: str, seed: int) -> str:
        """Return the key of a measurement: a hash over everything it depends on."""
        facts = {
            "source": source,
            "task": f"{self.task.name}@{self.task.version}",
            "variant": variant,
            "seed": seed,
            "profile": asdict(self.profile),
            "data": self.provenance.data_sha256,
            "harness": self.provenance.harness,
            "python": self.provenance.python,
            "libraries": self.provenance.libraries,
            "backend": self.provenance.backend,
            "device": self.provenance.device,
            "machine": self.provenance.machine,
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]

    def steps(self, variant: Variant) -> tuple[Step, ...]:
        """Return the steps of a variant with the builder's call in their settings, checked for hidden inputs."""
        call = asdict(self.task.call(self.profile, variant))
        steps = []
        for step in self.task.steps(self.profile, variant, self.data):
            if leaked := self.data.hidden & set(step.inputs):
                raise HarnessError(
                    f"Step {step.name} of task {self.task.name} asks for {sorted(leaked)}, which are hidden answers;"
                    " take them out of its inputs."
                )
            steps.append(self._with_room(with_settings(step, {"call": call})))
        return tuple(steps)

    def _with_room(self, step: Step) -> Step:
        """Return the step with what a backend that compiles, and a GPU's libraries, take beside its own limits."""
        made, own = self.provenance, step.limits
        times = SLOWER.get(made.backend, 1.0)
        seconds = COMPILING_S.get(made.backend, 0.0) + (DRIVER_S if made.device != "cpu" else 0.0)
        memory_mb = own.memory_mb + (DRIVER_MB if made.device != "cpu" else 0)
        return replace(step, limits=Limits(times * own.wall_s + seconds, times * own.cpu_s + seconds, memory_mb))

    def contract_step(self) -> Step:
        """Return the check before training: every signature, and the first variant of each builder built."""
        variants = [v for v in self.task.variants if not v.given]
        calls = [asdict(self.task.call(self.profile, v)) for v in variants]
        first = {call["builder"]: call for call in reversed(calls)}
        step = Step(
            name=CONTRACT,
            run="harness.training.contract:check",
            inputs=(),
            outputs=(ArrayOutput("facts", (2,), "float64"),),
            limits=Limits(wall_s=45, cpu_s=10, memory_mb=self.profile.limits.memory_mb),
            settings={
                "calls": calls,
                "build": list(first.values()),
                "max_parameters": self.task.max_parameters,
            },
        )
        return self._with_room(step)


def with_settings(step: Step, extra: Mapping[str, object]) -> Step:
    return replace(step, settings={**step.settings, **extra})


def prepare(task: Task, profile_name: str, data_dir: Path | None, machine: Machine, work: Path) -> TaskContext:
    """Load the data of a task and write what may enter the sandbox below `work`.

    Raises DataError when the data set is not at hand.
    """
    profile = task.profile(profile_name)
    dataset = load(profile.dataset, data_dir, profile.settings)
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
        data_sizes=dataset.sizes,
        data_published=dict(dataset.published),
        data_origin=dataset.origin,
        data_classes=len(dataset.classes),
        harness=__version__,
        python=versions.pop("python"),
        libraries=versions,
        backend=machine.backend,
        device=machine.device,
        machine=machine.machine,
        isolation=machine.isolation,
        reproducibility=reproducibility(machine),
    )
    return TaskContext(task, profile, data, files, provenance)


def reproducibility(machine: Machine) -> str:
    """Say what the same seed gives on the same machine."""
    if machine.device == "cpu" and machine.backend in ("tensorflow", "jax"):
        return "bit for bit on the same machine type with the same versions (deterministic operations, fixed threads)"
    if machine.backend == "jax" and "XLA_FLAGS" not in os.environ:
        return "bit for bit on the same GPU with the same versions, as far as was tried (deterministic operations)"
    return "up to the device's floating-point noise: not bit for bit"
