"""Makes one record: runs the steps of a unit in the sandbox and scores what came out, outside it."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import HarnessError, SandboxError
from harness.records.files import writing
from harness.records.models import Fault, Measurement
from harness.sandbox.job import Input, Job, Outcome
from harness.sandbox.launch import Launcher
from harness.sandbox.supervise import run_job
from harness.task import (
    Candidates,
    Dialogue,
    Kept,
    Scored,
    Step,
    Talk,
    TaskData,
    VariantRun,
)
from harness.workflow import candidates
from harness.workflow.alone import Turns
from harness.workflow.asking import Asking, fewer, save_arrays, whom
from harness.workflow.candidates import CandidatesError, Settings
from harness.workflow.carried import at_least_carried
from harness.workflow.context import TaskContext
from harness.workflow.plan import Unit
from harness.workflow.planned import CONTRACT
from harness.workflow.ran import Ran, record_of

TRIES = 2  # a fault of the harness is tried again once


@dataclass(frozen=True)
class Made:
    """A measurement with what is stored beside it."""

    measurement: Measurement
    evidence: Mapping[str, NDArray[Any]]
    log: str


@dataclass(frozen=True)
class Executor:
    """Runs units of one class. `sources` maps (task, source hash) to the files of a submission."""

    contexts: Mapping[str, TaskContext]
    sources: Mapping[tuple[str, str], Mapping[str, bytes]]
    launcher: Launcher
    stop: Event
    work: Path
    turns: Turns = field(default_factory=Turns)

    def make(self, unit: Unit, cpus: tuple[int, ...]) -> Made:
        """Return the record of `unit`; a fault in it is part of the record. Raises Interrupted on `stop`."""
        context = self.contexts[unit.task].choosing({unit.variant: unit.settings} if unit.settings else {})
        ran = self._check(unit, context, cpus) if unit.variant == CONTRACT else self._run(unit, context, cpus)
        scored, ran.fault = self._score(unit, context, ran)
        return Made(record_of(unit, context, ran, scored), scored.evidence, ran.log)

    def _run(self, unit: Unit, context: TaskContext, cpus: tuple[int, ...]) -> Ran:
        ran, variant = Ran({}, {}), context.task.variant(unit.variant)
        folder = Path(tempfile.mkdtemp(dir=self.work))
        available: dict[str, Input] = dict(context.files)
        asking = ran.asking = self._asking(unit, context, cpus, folder)
        hung = set[tuple[str, Kept | None]]()
        try:
            for step in () if variant.given else context.steps(variant):
                if not available.keys() >= set(step.inputs) or whom(step) in hung:
                    continue  # it needs what a step before it would have handed back, or asks what ran into a limit
                asked = step.predicts
                outcome = asking.ask(step, asked, available) if asked else self.step(unit, step, available, cpus)
                ran.note(step, outcome)
                if outcome.fault:
                    ran.fail(outcome.fault)
                    if outcome.fault.owner == "harness" or step.name == CONTRACT:
                        break
                    if outcome.fault.kind == "limit":
                        hung.add(whom(step))
                    continue
                ran.take(step, at_least_carried(step, outcome.arrays, outcome.blobs))
                asking.begun(step, outcome.blobs)
                available.update(outcome.blobs)
                with writing(self.work):
                    available.update(save_arrays(outcome.arrays, folder))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return ran

    def _asking(self, unit: Unit, context: TaskContext, cpus: tuple[int, ...], folder: Path) -> Asking:
        """Return what asks the models of a unit. Which inputs it shows again no step can know beforehand."""
        variant = context.task.variant(unit.variant)
        rng = np.random.default_rng(context.data.dataset.key.number("again", unit.seed))

        def run(step: Step, inputs: Mapping[str, Input]) -> Outcome:
            return self.step(unit, step, inputs, cpus)

        return Asking(run, None if variant.given else fewer(context, variant), folder, rng)

    def _check(self, unit: Unit, context: TaskContext, cpus: tuple[int, ...]) -> Ran:
        """Check the contract part by part; the fault of the first stands for all where no builder is sound."""
        ran, faults, sound = Ran({}, {}), list[Fault](), 0
        for part in context.contract_parts():
            fault = self._check_part(unit, part, context, cpus, ran)
            faults += [fault] if fault else []
            sound += fault is None
            if fault and (fault.owner == "harness" or fault.kind == "import" or asks(part)):
                ran.fault = fault
                return ran
        ran.fault = faults[0] if faults and not sound else None
        return ran

    def _check_part(
        self, unit: Unit, part: Sequence[Step], context: TaskContext, cpus: tuple[int, ...], ran: Ran
    ) -> Fault | None:
        """Return nothing if one of the steps passes, else the fault of the first; a step that hangs is the last."""
        first: Fault | None = None
        for step in part:
            outcome = self.step(unit, step, context.files, cpus)
            ran.note(step, outcome)
            if outcome.fault is None:
                if not asks(part):
                    ran.take_larger(step, outcome.arrays)
                    return None
                ran.candidates, fault = chosen_in(outcome.blobs[candidates.OUTPUT].read(), context.task.candidates)
                return fault
            first = first or outcome.fault
            if outcome.fault.owner == "harness" or outcome.fault.kind in ("import", "limit", "crash"):
                return outcome.fault
        return first

    def step(self, unit: Unit, step: Step, available: Mapping[str, Input], cpus: tuple[int, ...]) -> Outcome:
        """Run one step with those of the `available` inputs that it names; try again a fault of the harness.

        A step that was killed from outside is tried again alone before anybody is blamed.
        """
        try:
            with self.turns.beside_others():
                outcome = self._try(unit, step, available, cpus)
            if not outcome.killed:
                return outcome
            with self.turns.alone():
                again = self._try(unit, step, available, cpus)
        except SandboxError as error:
            return Outcome(fault=harness_fault(step.name, str(error)))
        said = "(killed from outside; tried again alone)"
        return replace(again, log="\n".join(filter(None, (outcome.log, said, again.log))))

    def _try(self, unit: Unit, step: Step, available: Mapping[str, Input], cpus: tuple[int, ...]) -> Outcome:
        """Run one step, again after a fault of the harness; raises SandboxError if there is one each time."""
        inputs = {name: available[name] for name in step.inputs}
        for left in reversed(range(TRIES)):
            context = self.contexts[unit.task]
            seed = context.drawn_seed(unit.seed)
            lead = lead_of(step.dialogue, context.data, context.asking_seed(unit.seed)) if step.dialogue else None
            entry, files = f"{unit.task}.py", self.sources[unit.task, unit.source]
            job = Job(step, entry if step.beside else "", files if step.beside else {}, inputs, seed, cpus, lead)
            try:
                return run_job(job, self.launcher, self.stop)
            except SandboxError:
                if not left:
                    raise
        raise AssertionError("unreachable")

    def _score(self, unit: Unit, context: TaskContext, ran: Ran) -> tuple[Scored, Fault | None]:
        """Score whatever outputs there are; an error in a scorer is the harness's fault."""
        if unit.variant == CONTRACT:
            return Scored({}), ran.fault
        variant = context.task.variant(unit.variant)
        try:
            scored = context.task.score(VariantRun(context.profile, variant, context.data, ran.arrays))
            return Scored(scored.measures, scored.evidence, scored.signs), ran.fault
        except Exception as error:  # a scorer that fails must cost the student nothing and stop nobody
            said = str(error) if isinstance(error, HarnessError) else f"{type(error).__name__}: {error}"
            return Scored({}), ran.fault or harness_fault("score", said)


def asks(part: Sequence[Step]) -> bool:
    """Say whether a part of the contract check asks for the candidates that a student chose."""
    return any(output.name == candidates.OUTPUT for step in part for output in step.outputs)


def chosen_in(data: bytes, declared: Sequence[Candidates]) -> tuple[dict[str, list[Settings]], Fault | None]:
    """Return the candidates that a contract check handed back, or the student's fault in them."""
    try:
        return candidates.read(data, declared), None
    except CandidatesError as error:
        return {}, Fault(owner="student", kind="contract", step=CONTRACT, message=str(error))


def lead_of(dialogue: Dialogue, data: TaskData, seed: int) -> Talk:
    """Return the lead of one try; whatever it raises, from its first line on, is raised when it is asked to go on."""
    return (yield from dialogue.lead(data, seed))


def harness_fault(step: str, message: str) -> Fault:
    return Fault(owner="harness", kind="harness", step=step, message=message)
