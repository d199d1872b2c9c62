"""What `device_baselines.py` does once all packages are there: orders the work, measures, writes baselines."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from device_order import entries, of_complete_seeds, ordered
from device_tiny import tiny

from harness import shipped
from harness.errors import HarnessError, ResultsError
from harness.files import write_out
from harness.grading.baseline_build import build_baseline
from harness.grading.baseline_derived import with_derived
from harness.grading.baselines import Baseline, save_baseline
from harness.intake.gather import gather
from harness.intake.submission import Submission
from harness.records.models import Measurement
from harness.records.store import Records
from harness.sandbox import environment
from harness.sandbox.levels import Level
from harness.sandbox.view import view
from harness.sandbox.walls import make
from harness.task import Task
from harness.workflow import machine
from harness.workflow.class_plan import HandedIn, make_plan
from harness.workflow.collect import Collection
from harness.workflow.context import TaskContext
from harness.workflow.execute import Executor, Made
from harness.workflow.machine import Machine
from harness.workflow.options import Options, check, registry
from harness.workflow.plan import ClassPlan, TaskEntry, Unit
from harness.workflow.protection import Protection
from harness.workflow.schedule import Board, run_units
from harness.workflow.workers import LocalWorkers, slots
from harness.workflow.workshop import steps_at_once, workshop


@dataclass(frozen=True)
class Wanted:
    """What was asked for on the command line; `minutes` 0 sets no end."""

    tasks: Sequence[str]
    seeds: int
    out: Path
    to: Path
    data: Path | None
    backend: str
    device: str
    jobs: int
    minutes: float
    tiny: bool
    profile: str
    walls: str


@dataclass
class Log:
    """What was done, for `summary.json`: seconds from the start by unit."""

    started: float = field(default_factory=time.monotonic)
    units: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def seconds(self) -> float:
        return round(time.monotonic() - self.started, 1)


def measure(wanted: Wanted) -> int:
    """Measure as much as there is time for. Returns an exit code: 0 if all is done, 1 if not, 2 if it cannot begin."""
    try:
        return run(wanted)
    except HarnessError as error:
        print(error, file=sys.stderr)
        return 2


def run(wanted: Wanted) -> int:
    known = registry()
    tasks = {name: tiny(known[name], wanted.profile) if wanted.tiny else known[name] for name in wanted.tasks}
    options = options_of(wanted, known)
    chosen = on_machine(options, tasks, wanted.walls)
    say(f"{chosen.machine}; {wanted.backend}; {chosen.isolation}; {steps_at_once(chosen, options)} steps at once")
    log = Log()
    records = Records(wanted.out)
    try:
        with workshop(chosen, tasks, options, records) as place:
            collection, handed_in = collected(place.contexts, options, records)
            of = sources(collection.plan, handed_in)
            executor = Executor(place.contexts, of, place.launcher, Event(), place.work)
            done = work_through(collection, executor, chosen, options, wanted, log)
            write(collection, wanted, log)
    finally:
        records.close()
    return 0 if done and not log.faults else 1


def options_of(wanted: Wanted, known: Mapping[str, Task]) -> Options:
    return Options(
        out=wanted.out,
        profile=wanted.profile,
        seeds=range(1, 1 + wanted.seeds),
        jobs=wanted.jobs,
        data_dir=wanted.data,
        backend=wanted.backend,
        device=wanted.device,
        protection=Protection(trusted=True),  # references are the harness's own
        registry=known,
    )


def on_machine(options: Options, tasks: Mapping[str, Task], walls: str) -> Machine:
    """Return the machine to measure on, without a barrier if that was asked for or none lets the device be used."""
    chosen = check(options, tasks)
    if walls == "none":
        without = make(Level.NONE, view(chosen.device))
        chosen = replace(chosen, walls=without, isolation=machine.describe_walls(without))
    if chosen.walls.level == Level.NONE:
        keep_compiled(options.out)
    return chosen


def keep_compiled(folder: Path) -> None:
    """Have JAX keep what it compiles for later steps, which references need not be hidden from."""
    values = (str((folder / "compiled").absolute()), "0", "-1")
    os.environ |= dict(zip(environment.SHARED, values, strict=True))


def collected(
    contexts: Mapping[str, TaskContext], options: Options, records: Records
) -> tuple[Collection, list[Submission]]:
    """Return what is measured and what is to be, each reference a submission of its own, in the order of worth."""
    folder = shipped.folder("reference_models")
    handed_in = [submission for name in contexts for submission in gather(folder / f"{name}.py")]
    plan = make_plan(HandedIn("references", handed_in), contexts, options, records, {})
    return Collection(plan, contexts, records, options.protection), handed_in


def sources(plan: ClassPlan, handed_in: Sequence[Submission]) -> dict[tuple[str, str], Mapping[str, bytes]]:
    return {
        (entry.task, entry.source): submission.for_task(entry.task, plan.tasks)
        for submission, student in zip(handed_in, plan.students, strict=True)
        for entry in student.tasks
    }


def work_through(
    collection: Collection, executor: Executor, chosen: Machine, options: Options, wanted: Wanted, log: Log
) -> bool:
    """Run all units, or until time is up; say whether nothing is left."""
    collection.first()  # has it look up which candidates and winners are known by now
    units = ordered(collection)
    say(f"{len(units)} of {len(units) + len(collection.have)} measurements are to be made")
    asked = {unit.key for unit in units}
    begun = dict[str, float]()
    board = Board(expected=len(units))

    def follow(unit: Unit, made: Made) -> Sequence[Unit]:
        collection.follow(unit, made)
        note(unit, made, begun, log)
        write(collection, wanted, log)
        more = [one for one in ordered(collection) if one.key not in asked]  # once known: candidates, then winners
        asked.update(one.key for one in more)
        return more

    def make_one(unit: Unit, cpus: tuple[int, ...]) -> Made:
        begun[unit.key] = log.seconds()
        return executor.make(unit, cpus)

    places = slots(steps_at_once(chosen, options), pinned=chosen.device == "cpu")
    try:
        with until(max(1.0, wanted.minutes * 60 - log.seconds()) if wanted.minutes else 0):
            run_units(units, LocalWorkers(make_one, places, executor.stop), follow, board, lambda _: None)
    except KeyboardInterrupt:
        say(f"stopped after {log.seconds():.0f} s; the same command goes on from here")
        return False
    return True


@contextmanager
def until(seconds: float) -> Iterator[None]:
    """Raise KeyboardInterrupt inside after so many seconds, 0 for never, and when the process is asked to end."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = [signal.signal(number, interrupt) for number in (signal.SIGALRM, signal.SIGTERM)]
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in zip((signal.SIGALRM, signal.SIGTERM), before, strict=True):
            signal.signal(number, handler)


def note(unit: Unit, made: Made, begun: Mapping[str, float], log: Log) -> None:
    """Keep what a unit took, and print a line about it."""
    fault = made.measurement.fault
    took = {step: round(u.wall_s, 1) for step, u in made.measurement.usage.items()}
    fit = {step: round(u.fit_s, 1) for step, u in made.measurement.usage.items() if u.fit_s is not None}
    name = f"{unit.task} {unit.variant} seed {unit.seed}"
    log.units.append({"unit": name, "from": begun[unit.key], "to": log.seconds(), "wall_s": took, "fit_s": fit})
    if fault:
        log.faults.append(f"{name}: {fault.owner} {fault.kind}: {fault.message}")
        say(log.faults[-1])
        say("\n".join(made.log.splitlines()[-15:]))
    else:
        say(f"{log.seconds():7.1f} s  {name}: {took}")


def write(collection: Collection, wanted: Wanted, log: Log) -> None:
    """Write the baseline of every task over the seeds that are complete, and the summary."""
    complete = {}
    for entry in entries(collection.plan):
        found, complete[entry.task] = of_complete_seeds(entry, collection)
        if found:
            try:
                save_baseline(baseline_of(entry, found, collection), wanted.to)
            except ResultsError as error:
                log.faults.append(str(error))
    made = next(iter(collection.contexts.values())).provenance
    facts = {"machine": made.machine, "isolation": made.isolation, "libraries": made.libraries, "python": made.python}
    body = {**facts, "jobs": wanted.jobs, "seconds": log.seconds(), "seeds": complete}
    text = json.dumps({**body, "faults": log.faults, "units": log.units}, indent=1)
    write_out(wanted.to / "summary.json", f"{text}\n".encode())


def baseline_of(entry: TaskEntry, found: Sequence[Measurement], collection: Collection) -> Baseline:
    """Return the baseline of a task with measures over variants; raises ResultsError where one is no number."""
    context = collection.contexts[entry.task]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    baseline = build_baseline(context.task, context.profile.name, found, now)
    return with_derived(baseline, collection.measured.task(entry, context.task), found)


def say(sentence: str) -> None:
    print(sentence, flush=True)
