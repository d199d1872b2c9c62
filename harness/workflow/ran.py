"""What the steps of a unit have given, and the measurement that is made of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.records.models import Fault, Measurement, Usage
from harness.sandbox.job import Outcome
from harness.task import CurveOutput, FactName, FactsOutput, Scored, Step
from harness.workflow.asking import Asking
from harness.workflow.candidates import Settings
from harness.workflow.context import TaskContext
from harness.workflow.plan import Unit
from harness.workflow.planned import CONTRACT, MULTIPLY_ADDS, PlannedTask

MOST = 1e15  # of weights, or of steps of an optimiser


@dataclass
class Ran:
    """What the steps of a unit have given so far: arrays, the learning curve by column, the facts of training."""

    arrays: dict[str, NDArray[Any]]
    usage: dict[str, Usage]
    curve: dict[str, list[float]] = field(default_factory=dict)
    facts: dict[FactName, float] = field(default_factory=dict)
    candidates: dict[str, list[Settings]] = field(default_factory=dict)
    multiply_adds: float = 0.0
    asking: Asking | None = None
    fault: Fault | None = None
    log: str = ""

    def note(self, step: Step, outcome: Outcome) -> None:
        """Keep what a step printed and used."""
        self.log += f"== {step.name}\n{outcome.log}\n" if outcome.log else ""
        if outcome.usage:
            self.usage[step.name] = outcome.usage

    def fail(self, fault: Fault) -> None:
        """Keep the first fault, unless one of the harness comes after it: that one is nobody's to answer for."""
        self.fault = fault if fault.owner == "harness" else self.fault or fault

    def take(self, step: Step, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep what a step handed back; curve and facts under their names."""
        self.arrays.update(arrays)
        for output in step.outputs:
            if isinstance(output, CurveOutput):
                self.curve = named_curve(arrays[output.name], output.columns)
            if isinstance(output, FactsOutput):
                self.facts = output.named(arrays[output.name])

    def take_larger(self, step: Step, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep what a part of the contract check handed back, of numbers the largest of all parts."""
        facts, work = self.facts, self.multiply_adds
        self.take(step, arrays)
        self.facts = max(facts, self.facts, key=lambda some: some.get("parameters", 0.0))
        self.multiply_adds = max(work, float(arrays[MULTIPLY_ADDS][0]))  # NaN is not larger


def record_of(unit: Unit, context: TaskContext, ran: Ran, scored: Scored) -> Measurement:
    """Return the record of a unit whose steps have run."""
    asked = ran.asking
    return Measurement(
        **_asked_for(unit, context),
        fault=ran.fault,
        measures=dict(scored.measures),
        curve=ran.curve,
        signs=signs(scored, ran, context),
        before=asked.measured(context, unit.variant) if asked else {},
        moved=asked.moved if asked else None,
        rebuilt=asked.rebuilt if asked else None,
        parameters=whole(ran.facts.get("parameters")),
        optimizer_steps=whole(ran.facts.get("optimizer_steps")),
        usage=ran.usage,
        candidates=ran.candidates,
    )


def unmeasured(unit: Unit, context: PlannedTask, fault: Fault | None) -> Measurement:
    """Return the record of a unit of which nothing was measured."""
    return Measurement(**_asked_for(unit, context), fault=fault, measures={}, curve={}, parameters=None, usage={})


def _asked_for(unit: Unit, context: PlannedTask) -> dict[str, Any]:
    """Return what is known of a record before anything runs."""
    return {
        "key": unit.key,
        "source": unit.source,
        "task": unit.task,
        "version": context.task.version,
        "profile": context.profile.name,
        "variant": unit.variant,
        "learns": unit.variant == CONTRACT or context.task.variant(unit.variant).learns,
        "seed": unit.seed,
        "provenance": context.provenance,
        "settings": dict(unit.settings),
    }


def named_curve(table: NDArray[Any], columns: Sequence[str]) -> dict[str, list[float]]:
    """Return a learning curve by column, without the epochs after an early end and columns nobody recorded."""
    run = table[: int(np.max(np.nonzero(~np.isnan(table).all(axis=1))[0], initial=-1)) + 1]
    return {
        name: [float(v) for v in column]
        for name, column in zip(columns, run.T, strict=True)
        if not np.isnan(column).all()
    }


def signs(scored: Scored, ran: Ran, context: TaskContext) -> dict[str, float]:
    """Return the task's signs that are numbers, and how many epochs were planned where some were run.

    With them go the shares of answers that changed when inputs were shown a second time, and of weights in place; of
    the contract check, how much the submission computes, as far as it says so.
    """
    planned = {"epochs": float(context.profile.epochs)} if ran.curve else {}
    asked = ran.asking.signs() if ran.asking else {}
    work = {MULTIPLY_ADDS: ran.multiply_adds} if whole(ran.multiply_adds) else {}
    return {**planned, **asked, **work, **{name: float(v) for name, v in scored.signs.items() if math.isfinite(v)}}


def whole(value: float | None) -> int | None:
    """Return a count; None for what can be none."""
    return int(value) if value is not None and 0 <= value <= MOST else None
