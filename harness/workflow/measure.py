"""Measures a class: plans it, runs in the sandbox what is not recorded yet, and keeps the cores busy."""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from pydantic import ValidationError

from harness.data.folders import data_dir
from harness.errors import UsageError
from harness.grading.rubric_model import Rubric
from harness.grading.scale import GradingScale
from harness.intake.submission import Submission
from harness.records.models import Measurement
from harness.records.store import Records, sole_run, writing
from harness.report.themes.theme import PLAIN, Theme
from harness.sandbox.launch import Launcher
from harness.shipped import SHIPPED, Rooms
from harness.tasks import find, names
from harness.tasks.base import Task
from harness.workflow import machine
from harness.workflow.collect import Collection, Judge, no_more
from harness.workflow.context import Machine, TaskContext, prepare
from harness.workflow.execute import Executor, Made
from harness.workflow.keep_sources import keep_sources
from harness.workflow.live import LivePages
from harness.workflow.marking import load_baselines, measurements_of, more_seeds_for
from harness.workflow.pictures import figures_of
from harness.workflow.plan import ClassPlan, Only, Unit, given_keys, student_entry
from harness.workflow.protection import Protection
from harness.workflow.schedule import Board, run_units, slots
from harness.workflow.seeding import choose

Show = Callable[[Board, ClassPlan], None]


def registry() -> dict[str, Task]:
    return {name: find(name) for name in names()}


@dataclass(frozen=True)
class Options:
    """How to grade. `tasks` empty means every task a submission contains; `jobs` 0 means one per core.

    `seeds` empty leaves their number to the rubric; see `harness.workflow.seeding`. `only` names, of a student in a
    task, the variants to train, where that is not all of them. `scale` is what students are judged by. `registry` and
    `rooms` are those of a course, where there is one: its tasks by name, and where rubrics, references and baselines
    are looked for; `course_data` is the folder of its data sets.
    """

    out: Path
    tasks: Sequence[str] = ()
    profile: str = "quick"
    seeds: Sequence[int] = ()
    jobs: int = 0
    rubrics: Path | None = None
    data_dir: Path | None = None
    backend: str = "tensorflow"
    device: str = "auto"
    reveal: bool = False
    scale: GradingScale = field(default_factory=GradingScale)
    theme: Theme = PLAIN
    protection: Protection = field(default_factory=Protection)
    only: Only = field(default_factory=dict)
    registry: Mapping[str, Task] = field(default_factory=registry)
    rooms: Rooms = SHIPPED
    course_data: Path | None = None


@dataclass(frozen=True)
class Measured:
    """A class as far as it was measured: all of it, unless `interrupted`."""

    plan: ClassPlan
    have: Mapping[str, Measurement]
    interrupted: bool


def check(options: Options, tasks: Mapping[str, Task]) -> Machine:
    """Return the machine to train on; raises UsageError for any option that cannot be met, before a folder is made."""
    if options.jobs < 0:
        raise UsageError(f"Expected --jobs to be 0 or more, received {options.jobs}.")
    for task in tasks.values():
        task.profile(options.profile)
    data_dir(options.data_dir)
    return machine.choose(options.backend, options.device, options.protection)


def measure_class(
    title: str,
    handed_in: Sequence[Submission],
    tasks: Mapping[str, Task],
    chosen: Machine,
    options: Options,
    records: Records,
    show: Show,
    rubrics: Mapping[str, Rubric] | None = None,
    live: LivePages | None = None,
) -> Measured:
    """Plan the class, store the plan, and measure what is not recorded yet.

    With `rubrics`, what one seed leaves in doubt is measured under two more, unless a number of seeds is asked for.
    With `live`, pages are written meanwhile. Raises ResultsError if another run is writing into the same folder.
    """
    folder = data_dir(options.data_dir)
    with workshop(chosen, tasks, options, records) as (work, launcher):
        contexts = {n: prepare(t, options.profile, folder, chosen, work, options.course_data) for n, t in tasks.items()}
        place = Workshop(contexts, launcher, work, chosen)
        return measure_here(place, title, handed_in, options, records, show, rubrics, live)


@dataclass(frozen=True)
class Workshop:
    """What a run works with: prepared tasks, a launcher of steps, a folder to work in, and the machine."""

    contexts: Mapping[str, TaskContext]
    launcher: Launcher
    work: Path
    machine: Machine


def measure_here(
    place: Workshop,
    title: str,
    handed_in: Sequence[Submission],
    options: Options,
    records: Records,
    show: Show,
    rubrics: Mapping[str, Rubric] | None = None,
    live: LivePages | None = None,
) -> Measured:
    """Do what `measure_class` does, in a place that outlives it."""
    started = time.monotonic()
    interrupted = False
    tasks = {name: context.task for name, context in place.contexts.items()}
    plan = make_plan(title, handed_in, place.contexts, options, records, rubrics or {})
    records.put_document("plan", plan.model_dump_json())
    collection = Collection(
        plan, place.contexts, records, options.protection, judge_by(rubrics, tasks, plan, options.rooms)
    )
    try:
        measure(collection, handed_in, place.machine, options, place.launcher, place.work, show, live)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        plan = collection.plan.model_copy(update={"seconds": plan.seconds + time.monotonic() - started})
        records.put_document("plan", plan.model_dump_json())
    return Measured(plan, collection.have, interrupted)


def judge_by(rubrics: Mapping[str, Rubric] | None, tasks: Mapping[str, Task], plan: ClassPlan, rooms: Rooms) -> Judge:
    """Return what says which variants of a submission need more seeds."""
    if rubrics is None:
        return no_more
    baselines = load_baselines(tasks, plan.profile, plan.provenance, rooms)
    return lambda entry, now, have: more_seeds_for(
        entry, now, have, tasks[entry.task], rubrics[entry.task], baselines[entry.task]
    )


@contextmanager
def workshop(
    chosen: Machine, tasks: Mapping[str, Task], options: Options, records: Records
) -> Iterator[tuple[Path, Launcher]]:
    """Yield a folder to work in and a launcher, the result folder's only ones, and put both away afterwards."""
    with sole_run(options.out):
        work = fresh_folder(options.out / "work")
        memory_mb = max(task.profile(options.profile).limits.memory_mb for task in tasks.values())
        launcher = machine.launcher(chosen, memory_mb)
        if records.document("plan") is None:  # a first run trains for sure: load the backend while data is read
            launcher.begin(steps_at_once(chosen, options))
        try:
            yield work, launcher
        finally:
            launcher.close()
            shutil.rmtree(work, ignore_errors=True)


def make_plan(
    title: str,
    handed_in: Sequence[Submission],
    contexts: Mapping[str, TaskContext],
    options: Options,
    records: Records,
    rubrics: Mapping[str, Rubric],
) -> ClassPlan:
    known = tuple(options.registry)
    seeds = {name: choose(options.seeds, c.profile, rubrics.get(name)) for name, c in contexts.items()}
    return ClassPlan(
        title=title,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        profile=options.profile,
        seeds=list(dict.fromkeys(seed for s in seeds.values() for seed in s.first)),
        tasks=list(contexts),
        provenance={name: c.provenance for name, c in contexts.items()},
        given={name: given_keys(c) for name, c in contexts.items()},
        students=[student_entry(s, contexts, options.tasks, known, seeds, options.only) for s in handed_in],
        scale=options.scale,
        seconds=seconds_before(records),
    )


def seconds_before(records: Records) -> float:
    """Return the seconds that earlier runs into this folder took; 0 if it holds no readable plan."""
    try:
        return ClassPlan.model_validate_json(records.document("plan") or "").seconds
    except ValidationError:
        return 0.0


def steps_at_once(chosen: Machine, options: Options) -> int:
    """Return how many steps run at once: one where they would share an accelerator, else one a core."""
    return 1 if chosen.device == "gpu" else options.jobs or machine.cores()


def measure(
    collection: Collection,
    handed_in: Sequence[Submission],
    chosen: Machine,
    options: Options,
    launcher: Launcher,
    work: Path,
    show: Show,
    live: LivePages | None = None,
) -> None:
    """Run what is not recorded, drawing figures of finished submissions meanwhile."""
    plan, contexts = collection.plan, collection.contexts
    known, stop, board = tuple(options.registry), Event(), Board()
    sources = {
        (entry.task, entry.source): submission.for_task(entry.task, known)
        for submission, student in zip(handed_in, plan.students, strict=True)
        for entry in student.tasks
    }
    keep_sources(collection.records, sources)
    executor = Executor(contexts, sources, launcher, stop, work)
    places = slots(steps_at_once(chosen, options), pinned=chosen.device == "cpu")
    with ThreadPoolExecutor(1, "figures") as drawing:

        def follow(unit: Unit, made: Made) -> Sequence[Unit]:
            more = list(collection.follow(unit, made))
            board.expected = board.done + collection.left(board.running)
            draw_finished(collection, unit, drawing)
            return more

        def tell(now: Board) -> None:
            show(now, plan)
            if live is not None:
                live.offer(collection, now, drawing)

        units = collection.first()
        board.expected = collection.left(())
        if units:
            run_units(units, executor.make, follow, places, board, tell, stop)


def draw_finished(collection: Collection, unit: Unit, drawing: ThreadPoolExecutor) -> None:
    """Draw ahead for submissions that this unit finished; the report takes the figures from the records."""
    for _, entry in collection.awaiting.get(unit.key, []):
        if entry.fault is None and not collection.open_keys(entry):
            task = collection.contexts[entry.task].task
            measurements = measurements_of(entry, collection.plan, collection.have)
            drawing.submit(figures_of, collection.records, task, measurements)


def fresh_folder(path: Path) -> Path:
    """Return an empty folder, rid of what an interrupted run left there."""
    shutil.rmtree(path, ignore_errors=True)
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)
    return path
