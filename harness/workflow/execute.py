"""Makes one record: runs the steps of a unit in the sandbox and scores what came out, outside it."""

import math
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import SandboxError
from harness.records.models import Fault, Measurement, Usage
from harness.records.store import writing
from harness.sandbox.job import Job, Outcome
from harness.sandbox.launch import Launcher
from harness.sandbox.supervise import run_job
from harness.sandbox.talk import Lead
from harness.scoring.score import Score
from harness.tasks.base import Dialogue, Scored, Step, TaskData, VariantRun
from harness.workflow.context import CONTRACT, TaskContext
from harness.workflow.plan import Unit

TRIES = 2  # a fault of the harness is tried again once


@dataclass(frozen=True)
class Made:
    """A measurement with what is stored beside it."""

    measurement: Measurement
    evidence: Mapping[str, NDArray[Any]]
    log: str


@dataclass
class Progress:
    """What the steps of a unit have given so far."""

    arrays: dict[str, NDArray[Any]]
    usage: dict[str, Usage]
    fault: Fault | None = None
    log: str = ""


@dataclass(frozen=True)
class Executor:
    """Runs units of one class. `sources` maps (task, source hash) to the files of a submission."""

    contexts: Mapping[str, TaskContext]
    sources: Mapping[tuple[str, str], Mapping[str, bytes]]
    launcher: Launcher
    stop: Event
    work: Path

    def make(self, unit: Unit, cpus: tuple[int, ...]) -> Made:
        """Return the record of `unit`; a fault in it is part of the record. Raises Interrupted on `stop`."""
        context = self.contexts[unit.task]
        progress = self._run(unit, context, cpus)
        scored, progress.fault = self._score(unit, context, progress)
        measurement = Measurement(
            key=unit.key,
            source=unit.source,
            task=unit.task,
            version=context.task.version,
            profile=context.profile.name,
            variant=unit.variant,
            seed=unit.seed,
            fault=progress.fault,
            measures={
                name: Score(value=s.value, signature=s.signature, sampling_error=s.sampling_error)
                for name, s in scored.measures.items()
            },
            curve=named_curve(progress.arrays, context, unit),
            signs=signs(scored, progress, context),
            parameters=parameters(progress.arrays),
            usage=progress.usage,
            provenance=context.provenance,
        )
        return Made(measurement, scored.evidence, progress.log)

    def _run(self, unit: Unit, context: TaskContext, cpus: tuple[int, ...]) -> Progress:
        progress = Progress({}, {})
        folder = Path(tempfile.mkdtemp(dir=self.work))
        available: dict[str, Path | bytes] = dict(context.files)
        try:
            for step in self._steps(unit, context):
                outcome = self.step(unit, step, available, cpus)
                progress.log += f"== {step.name}\n{outcome.log}\n" if outcome.log else ""
                progress.arrays.update(outcome.arrays)
                if outcome.usage:
                    progress.usage[step.name] = outcome.usage
                if outcome.fault:
                    progress.fault = outcome.fault
                    break
                available.update(outcome.blobs)
                with writing(self.work):
                    available.update(save_arrays(outcome.arrays, folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return progress

    def _steps(self, unit: Unit, context: TaskContext) -> tuple[Step, ...]:
        if unit.variant == CONTRACT:
            return (context.contract_step(),)
        variant = context.task.variant(unit.variant)
        return () if variant.given else context.steps(variant)

    def step(self, unit: Unit, step: Step, available: Mapping[str, Path | bytes], cpus: tuple[int, ...]) -> Outcome:
        """Run one step with those of the `available` inputs that it names; try again a fault of the harness."""
        files = self.sources[unit.task, unit.source]
        inputs = {name: available[name] for name in step.inputs}
        data = self.contexts[unit.task].data
        for left in reversed(range(TRIES)):
            lead = lead_of(step.dialogue, data, step.settings, unit.seed) if step.dialogue else None
            job = Job(step, f"{unit.task}.py", files, inputs, unit.seed, cpus, lead)
            try:
                return run_job(job, self.launcher, self.stop)
            except SandboxError as error:
                if not left:
                    return Outcome(fault=harness_fault(step.name, str(error)))
        raise AssertionError("unreachable")

    def _score(self, unit: Unit, context: TaskContext, progress: Progress) -> tuple[Scored, Fault | None]:
        """Score whatever outputs there are; an error in a scorer is the harness's fault."""
        if unit.variant == CONTRACT:
            return Scored({}), progress.fault
        variant = context.task.variant(unit.variant)
        try:
            scored = context.task.score(VariantRun(context.profile, variant, context.data, progress.arrays))
        except Exception as error:  # a scorer that fails must cost the student nothing and stop nobody
            return Scored({}), progress.fault or harness_fault("score", f"{type(error).__name__}: {error}")
        return scored, progress.fault


def lead_of(dialogue: Dialogue, data: TaskData, settings: Mapping[str, Any], seed: int) -> Lead:
    """Return the lead of one try; whatever it raises, from its first line on, is raised when it is asked to go on."""
    return (yield from dialogue.lead(data, settings, seed))


def harness_fault(step: str, message: str) -> Fault:
    return Fault(owner="harness", kind="harness", step=step, message=message)


def save_arrays(arrays: Mapping[str, NDArray[Any]], folder: Path) -> dict[str, Path]:
    """Write outputs where a later step can map them."""
    paths = {name: folder / f"{name}.npy" for name in arrays}
    for name, path in paths.items():
        np.save(path, arrays[name])
    return paths


def named_curve(arrays: Mapping[str, NDArray[Any]], context: TaskContext, unit: Unit) -> dict[str, list[float]]:
    """Return the learning curve by column, without the epochs after an early end and columns nobody recorded."""
    if "curve" not in arrays:
        return {}
    steps = context.steps(context.task.variant(unit.variant))
    columns = next(step.settings["columns"] for step in steps if "columns" in step.settings)
    table = arrays["curve"]
    run = table[: int(np.max(np.nonzero(~np.isnan(table).all(axis=1))[0], initial=-1)) + 1]
    return {
        name: [float(v) for v in column]
        for name, column in zip(columns, run.T, strict=True)
        if not np.isnan(column).all()
    }


def signs(scored: Scored, progress: Progress, context: TaskContext) -> dict[str, float]:
    """Return the task's signs that are numbers, and how many epochs were planned where some were run."""
    planned = {"epochs": float(context.profile.epochs)} if "curve" in progress.arrays else {}
    return {**planned, **{name: float(v) for name, v in scored.signs.items() if math.isfinite(v)}}


def parameters(arrays: Mapping[str, NDArray[Any]]) -> int | None:
    return int(arrays["facts"][0]) if "facts" in arrays else None
