"""Each task's reference trained at the tiny size, once a session however many processes run its tests.

Only variants that take a path of their own are: those that differ in arguments alone are left to `make preflight`.
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


@dataclass(frozen=True)
class Trained:
    """What the whole path made of a reference at the tiny size: the contract check, and variants by name."""

    contract: Made
    variants: Mapping[str, Made]


def paths_of(context: TaskContext) -> list[Variant]:
    """Return one variant for each path that a task has: builder, steps with their outputs, and measures.

    Variants that differ in arguments alone take the same path; `make preflight` trains all of them.
    """
    found: dict[object, Variant] = {}
    for variant in context.task.variants:
        steps = () if variant.given else context.steps(variant)
        path = (
            "" if variant.given else context.task.builder_of(variant).name,
            tuple((s.name, s.run, s.inputs, tuple((o.name, type(o)) for o in s.outputs)) for s in steps),
            tuple(m.name for m in context.task.measures_of(variant)),
        )
        found.setdefault(variant.name if variant.given else path, variant)
    return list(found.values())


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
    files = {f"{task.name}.py": (shipped.folder("reference_models") / f"{task.name}.py").read_bytes()}
    executor = Executor({task.name: context}, {(task.name, SOURCE): files}, KeptLauncher(launcher), Event(), work)
    cpus = (min(os.sched_getaffinity(0)),)

    def made(stage: int, variant: str) -> Made:
        unit = Unit(stage, 0, 0, SEED, task.name, variant, context.key(SOURCE, variant, SEED), SOURCE)
        return executor.make(unit, cpus)

    variants = {v.name: made(TRAINING, v.name) for v in paths_of(context)}
    return Trained(made(CHECKING, CONTRACT), variants)
