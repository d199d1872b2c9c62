"""Measures a reference model under several seeds and as many keys, by the very path that students' code takes."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from harness.data.key import REHEARSAL
from harness.errors import ResultsError
from harness.grading.baseline_build import build_baseline
from harness.grading.baseline_derived import with_derived
from harness.grading.baselines import Baseline, save_baseline, shelf_of
from harness.intake.gather import gather
from harness.records.models import Measurement
from harness.records.store import Records
from harness.task import Task
from harness.workflow import machine
from harness.workflow.class_plan import HandedIn
from harness.workflow.grade import known_tasks
from harness.workflow.measure import Show, Watchers, measure_class
from harness.workflow.measured import Measured
from harness.workflow.options import Options, check
from harness.workflow.plan import TaskEntry
from harness.workflow.with_reference import reference_file

SEEDS = 10


def measure_references(options: Options, folder: Path | None, show: Show) -> list[Path]:
    """Measure the references of the tasks asked for and write `TASK.PROFILE.DEVICE.json` into `folder`.

    Without one they are written where baselines of this backend are looked for, which is no other backend's place.

    Raises UsageError for a task without a reference, ResultsError if a reference has a fault. Measurements are kept
    in `options.out`, so that an interrupted run goes on where it stopped.
    """
    options = replace(options, seeds=options.seeds or range(1, 1 + SEEDS))
    place = folder or shelf_of(options.rooms.own("baselines"), machine.chosen_backend(options.backend))
    written = []
    for name in options.tasks or options.registry:
        baseline = measure_reference(name, options, show)
        written.append(save_baseline(baseline, place))
    return written


def measure_reference(name: str, options: Options, show: Show) -> Baseline:
    """Return the raw values of every measure of one reference, for every seed.

    Each seed has another key, so that what is found holds for every class: for other splits, questions and texts.
    """
    task = known_tasks([name], options.registry)[name]
    source = reference_file(name, options.rooms)
    mine = replace(options, tasks=[name], out=options.out / f"{name}.{options.profile}")
    handed_in = HandedIn(f"reference of {name}", gather(source))
    found, there = list[Measurement](), task
    for seed in options.seeds:
        measured, entry = one_seed(task, handed_in, replace(mine, seeds=[seed], key=REHEARSAL.under(seed)), show)
        found += measured.of(entry)
        there = measured.task(entry, task)
    return with_derived(build_baseline(task, options.profile, found, now()), there, found)


def one_seed(task: Task, handed_in: HandedIn, options: Options, show: Show) -> tuple[Measured, TaskEntry]:
    """Return what a reference measures under one seed and the key that is given.

    Raises ResultsError if it has a fault, KeyboardInterrupt if the run was interrupted.
    """
    records = Records(options.out)
    try:
        chosen = check(options, {task.name: task})
        measured = measure_class(handed_in, {task.name: task}, chosen, options, records, Watchers(show))
    finally:
        records.close()
    if measured.interrupted:
        raise KeyboardInterrupt
    (entry,) = measured.plan.students[0].tasks
    if fault := entry.fault or next((m.fault for m in measured.have.values() if m.fault), None):
        raise ResultsError(f"Expected the reference of {task.name} to run without a fault, received: {fault.message}")
    return measured, entry


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
