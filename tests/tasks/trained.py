"""Each task's reference trained at the tiny size, once a session however many processes run its tests.

Only variants that show something which no other one shows: the rest are left to `make preflight`.
"""

import fcntl
import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from workflow.classes import KeptLauncher

from harness import shipped
from harness.sandbox.pool import ServerPool
from harness.task import Task, Variant
from harness.tasks import find
from harness.workflow import machine
from harness.workflow.context import CONTRACT, TaskContext, prepare
from harness.workflow.execute import Executor, Made
from harness.workflow.plan import CHECKING, TRAINING, Unit
from harness.workflow.protection import Protection
from harness.workflow.speed import SLOWEST

SEED = 1
SOURCE = "reference"
EAGERLY = b"\n\nfrom harness.training.trial import run_eagerly\n\nrun_eagerly()\n"


@dataclass(frozen=True)
class Trained:
    """What the whole path made of a reference at the tiny size: the contract check, and variants by name."""

    contract: Made
    variants: Mapping[str, Made]


def paths_of(context: TaskContext) -> list[Variant]:
    """Return variants enough for every path that a task has: each builder, each step with its outputs, each measure.

    Those that only differ in arguments, or go ways that others went before, are left to `make preflight`.
    """
    gone: set[object] = set()
    found = []
    for variant in context.task.variants:
        ways = {measure.name for measure in context.task.measures_of(variant)} | ways_of(context, variant)
        if variant.given or ways - gone:
            found.append(variant)
            gone |= ways
    return found


def ways_of(context: TaskContext, variant: Variant) -> set[object]:
    if variant.given:
        return set()
    steps = {(s.name, s.run, s.inputs, tuple((o.name, type(o)) for o in s.outputs)) for s in context.steps(variant)}
    return {("builder", context.task.builder_of(variant).name), *steps}


def source_of(context: TaskContext) -> bytes:
    """Return the reference as it trains a few steps at the least cost: eagerly where it is given data.

    Compiling takes ten times as long, and self-checks do without, too. Loops that make their data themselves take
    hundreds of steps.
    """
    source = (shipped.folder("reference_models") / f"{context.task.name}.py").read_bytes()
    training = [s for v in context.task.trained() for s in context.steps(v) if s.trains]
    return source + EAGERLY if all(step.inputs for step in training) else source


def trained(name: str, launcher: ServerPool, shared: Path) -> Trained:
    """Return what is kept in the folder `shared`, or make and keep it; one process makes it, others wait."""
    kept = shared / f"tiny-{name}.pickle"
    with (shared / f"tiny-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            work = shared / f"tiny-{name}"
            work.mkdir()
            kept.write_bytes(pickle.dumps(_trained(find(name), launcher, work)))
    found: Trained = pickle.loads(kept.read_bytes())
    return found


def _trained(task: Task, launcher: ServerPool, work: Path) -> Trained:
    chosen = machine.choose("tensorflow", "cpu", Protection(trusted=True))
    context = prepare(task, "tiny", None, replace(chosen, speed=SLOWEST), work)  # so that no limit decides anything
    files = {f"{task.name}.py": source_of(context)}
    executor = Executor({task.name: context}, {(task.name, SOURCE): files}, KeptLauncher(launcher), Event(), work)
    cpus = (min(os.sched_getaffinity(0)),)

    def made(stage: int, variant: str) -> Made:
        unit = Unit(stage, 0, 0, SEED, task.name, variant, context.key(SOURCE, variant, SEED), SOURCE)
        return executor.make(unit, cpus)

    variants = {v.name: made(TRAINING, v.name) for v in paths_of(context)}
    return Trained(made(CHECKING, CONTRACT), variants)
