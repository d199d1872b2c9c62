"""Measures a class: plans it, runs in the sandbox what is not recorded yet, and keeps the cores busy."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event

from harness.grading.rubric_model import Rubric
from harness.intake.submission import Submission
from harness.records.store import Records
from harness.shipped import Rooms
from harness.task import Task
from harness.workflow.class_plan import HandedIn, make_plan
from harness.workflow.collect import Collection, Judge, no_more
from harness.workflow.context import Machine
from harness.workflow.execute import Executor, Made
from harness.workflow.keep_sources import keep_sources
from harness.workflow.live import LivePages
from harness.workflow.marking import more_seeds_for
from harness.workflow.measured import Measured
from harness.workflow.options import Options
from harness.workflow.pictures import figures_of
from harness.workflow.plan import ClassPlan, Unit
from harness.workflow.schedule import Board, run_units, slots
from harness.workflow.standards import standards_for
from harness.workflow.workshop import Workshop, steps_at_once, workshop

Show = Callable[[Board, ClassPlan], None]


@dataclass(frozen=True)
class Watchers:
    """Who is told how far a run is: a screen, and pages that are written meanwhile, if any."""

    show: Show
    live: LivePages | None = None


def measure_class(
    handed_in: HandedIn,
    tasks: Mapping[str, Task],
    chosen: Machine,
    options: Options,
    records: Records,
    watchers: Watchers,
    rubrics: Mapping[str, Rubric] | None = None,
) -> Measured:
    """Plan the class, store the plan, and measure what is not recorded yet.

    With `rubrics`, what one seed leaves in doubt is measured under two more, unless a number of seeds is asked for.
    Raises ResultsError if another run is writing into the same folder.
    """
    with workshop(chosen, tasks, options, records) as place:
        return measure_here(place, handed_in, options, watchers, rubrics)


def measure_here(
    place: Workshop,
    handed_in: HandedIn,
    options: Options,
    watchers: Watchers,
    rubrics: Mapping[str, Rubric] | None = None,
) -> Measured:
    """Do what `measure_class` does, in a place that outlives it."""
    started = time.monotonic()
    interrupted = False
    records = place.records
    plan = make_plan(handed_in, place.contexts, options, records, rubrics or {})
    records.put_document("plan", plan.model_dump_json())
    tasks = {name: context.task for name, context in place.contexts.items()}
    judge = judge_by(rubrics, tasks, plan, options.rooms)
    collection = Collection(plan, place.contexts, records, options.protection, judge)
    try:
        measure(collection, handed_in.submissions, place, options, watchers)
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
    standards = standards_for(plan, tasks, rubrics, rooms)
    return lambda entry, measured: more_seeds_for(entry, measured, standards)


def measure(
    collection: Collection, handed_in: Sequence[Submission], place: Workshop, options: Options, watchers: Watchers
) -> None:
    """Run what is not recorded, drawing figures of finished submissions meanwhile."""
    stop, board = Event(), Board()
    sources = sources_of(collection.plan, handed_in, tuple(options.registry))
    keep_sources(collection.records, sources)
    executor = Executor(collection.contexts, sources, place.launcher, stop, place.work)
    places = slots(steps_at_once(place.machine, options), pinned=place.machine.device == "cpu")
    plan = collection.plan
    with ThreadPoolExecutor(1, "figures") as drawing:

        def follow(unit: Unit, made: Made) -> Sequence[Unit]:
            more = list(collection.follow(unit, made))
            board.expected = board.done + collection.left(board.running)
            draw_finished(collection, unit, drawing)
            return more

        def tell(now: Board) -> None:
            watchers.show(now, plan)
            if watchers.live is not None:
                watchers.live.offer(collection, now, drawing)

        units = collection.first()
        board.expected = collection.left(())
        if units:
            run_units(units, executor.make, follow, places, board, tell, stop)


def sources_of(
    plan: ClassPlan, handed_in: Sequence[Submission], known: Sequence[str]
) -> dict[tuple[str, str], dict[str, bytes]]:
    """Return the files of each submission in a task, by task and source hash."""
    return {
        (entry.task, entry.source): submission.for_task(entry.task, known)
        for submission, student in zip(handed_in, plan.students, strict=True)
        for entry in student.tasks
    }


def draw_finished(collection: Collection, unit: Unit, drawing: ThreadPoolExecutor) -> None:
    """Draw ahead for submissions that this unit finished; the report takes the figures from the records."""
    for _, entry in collection.awaiting.get(unit.key, []):
        if entry.fault is None and not collection.open_keys(entry):
            task = collection.contexts[entry.task].task
            drawing.submit(figures_of, collection.records, task, collection.measured.of(entry))
