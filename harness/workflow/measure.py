"""Measures a class: plans it, runs in the sandbox what is not recorded yet, and keeps the cores busy."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Event

from harness.errors import ResultsError
from harness.grading.rubric_model import Rubric
from harness.intake.submission import Submission
from harness.records.models import Measurement
from harness.records.store import Records
from harness.task import Task
from harness.workflow.class_plan import HandedIn, make_plan
from harness.workflow.collect import Collection, Judge, all_keys, keys_of, no_more
from harness.workflow.dividing import part_of
from harness.workflow.estimates import Estimates, estimates_of
from harness.workflow.execute import Made
from harness.workflow.fingerprints import with_fingerprints
from harness.workflow.joining import joined, named
from harness.workflow.keep_sources import keep_sources, source_of
from harness.workflow.live import LivePages
from harness.workflow.machine import Machine
from harness.workflow.marking import more_seeds_for
from harness.workflow.measured import Measured
from harness.workflow.options import Options
from harness.workflow.people import find_person
from harness.workflow.pictures import figures_of
from harness.workflow.pinning import Awaited, pinned
from harness.workflow.place import Cluster, Place, Sources, Tell
from harness.workflow.plan import ClassPlan, StudentEntry, Unit, asking_name
from harness.workflow.planned import CONTRACT
from harness.workflow.schedule import Board, run_units
from harness.workflow.standards import Standards, standards_for
from harness.workflow.stored import keep_whole
from harness.workflow.workshop import workshop

Show = Callable[[Board, ClassPlan], None]


@dataclass(frozen=True)
class Watchers:
    """Who is told how far a run is: a screen, and pages that are written meanwhile, if any.

    `tell` takes sentences for whoever started it.
    """

    show: Show
    live: LivePages | None = None
    tell: Tell = lambda said: None


def measure_class(
    handed_in: HandedIn,
    tasks: Mapping[str, Task],
    chosen: Machine | Cluster,
    options: Options,
    records: Records,
    watchers: Watchers,
    rubrics: Mapping[str, Rubric] | None = None,
) -> Measured:
    """Plan the class, store the plan, and measure what is not recorded yet.

    With `rubrics`, what one seed leaves in doubt is measured under two more, unless a number of seeds is asked for.
    Raises ResultsError if another run is writing into the same folder.
    """
    opened = chosen.place if not isinstance(chosen, Machine) else partial(workshop, chosen)
    with opened(tasks, options, records, watchers.tell) as place:
        return measure_here(place, handed_in, options, watchers, rubrics)


def measure_here(
    place: Place,
    handed_in: HandedIn,
    options: Options,
    watchers: Watchers,
    rubrics: Mapping[str, Rubric] | None = None,
) -> Measured:
    """Do what `measure_class` does, in a place that outlives it."""
    started = time.monotonic()
    interrupted = False
    records = place.records
    plan = plan_of(place, handed_in, options, rubrics or {}, watchers.tell)
    tasks = {name: context.task for name, context in place.contexts.items()}
    sources, part = sources_to_run(plan, handed_in, place, options), frozenset[str]()
    standards = None if rubrics is None else standards_for(plan, tasks, rubrics, options.rooms)
    estimates = estimates_of(plan, standards, options.rooms) if standards else Estimates()
    if options.shard and standards:
        part = frozenset(part_of(options.shard, plan, estimates.seconds))
        sources = {name: files for name, files in sources.items() if asking_name(*name) in part}
    collection = collection_of(plan, sources, place, options, standards, estimates)
    for said in lost(collection.plan, records):
        watchers.tell(said)
    keep_plan(collection, plan.seconds)
    try:
        measure(collection, sources, place, options, watchers)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        plan = keep_plan(collection, plan.seconds + time.monotonic() - started)
    return Measured(plan, collection.have, interrupted, part)


def collection_of(
    plan: ClassPlan,
    sources: Sources,
    place: Place,
    options: Options,
    standards: Standards | None,
    estimates: Estimates,
) -> Collection:
    """Return what is measured of a plan and what is left; without `standards` nobody asks for more seeds."""
    return Collection(
        plan,
        place.contexts,
        place.records,
        options.protection,
        judge_by(standards) if standards else no_more,
        sources=frozenset(sources),
        anew=anew_of(plan, options.again),
        pinned=place.mixed.contexts if place.mixed else {},
        estimates=estimates,
    )


def plan_of(
    place: Place, handed_in: HandedIn, options: Options, rubrics: Mapping[str, Rubric], tell: Tell
) -> ClassPlan:
    """Return the plan of what was handed in, and of whom it joins."""
    made = make_plan(handed_in, place.contexts, options, place.records, rubrics)
    before = handed_in.before
    if place.mixed:
        made, before = pinned(made, place.mixed, place.records), before and with_fingerprints(before)
    whole = joined(made, before, options.tasks, options.registry)
    for said in whole.told():
        tell(said)
    return whole.plan


def keep_plan(collection: Collection, seconds: float) -> ClassPlan:
    """Store the plan as it is now, with the time that it took and how much is recorded."""
    plan = collection.plan.model_copy(update={"seconds": seconds, "recorded": collection.recorded()})
    keep_whole(collection.records, plan)
    return plan


def anew_of(plan: ClassPlan, wanted: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Return what is measured anew, by task and source; raises UsageError for a name that nobody has."""
    again = [find_person(name, plan.students) for name in wanted]
    return frozenset((entry.task, entry.source) for student in again for entry in student.tasks)


def lost(plan: ClassPlan, records: Records) -> list[str]:
    """Return in a sentence whose records are damaged or miss their arrays, and are made anew."""
    keys = records.damage
    whose = [s for s in plan.everyone if any(key in keys for entry in s.tasks for key in keys_of(plan, entry))]
    n = sum(key in keys for key in all_keys(plan))
    if not n:
        return []
    what = "1 measurement is" if n == 1 else f"{n:,} measurements are"
    return [f"{what} damaged or incomplete in this folder ({named(whose) or 'of the harness'}) and made anew."]


def judge_by(standards: Standards) -> Judge:
    """Return what says which variants of a submission need more seeds."""
    return lambda entry, measured: more_seeds_for(entry, measured, standards)


def measure(collection: Collection, sources: Sources, place: Place, options: Options, watchers: Watchers) -> None:
    """Run what is not recorded, drawing figures of finished submissions meanwhile, but none once it is over.

    What is not drawn by then is drawn for the report, by all cores.
    """
    board, plan, over = Board(), collection.plan, Event()
    awaited = Awaited(place.mixed, watchers.tell) if place.mixed else None
    keep_sources(collection.records, sources)
    with ThreadPoolExecutor(1, "figures") as drawing:

        def follow(unit: Unit, made: Made) -> Sequence[Unit]:
            more = list(collection.follow(unit, made))
            board.expected = board.done + collection.left(board.running)
            draw_finished(collection, unit, drawing, over)
            if watchers.live is not None:
                watchers.live.follow(collection, unit)
            return more

        def tell(now: Board) -> None:
            watchers.show(now, plan)
            if awaited is not None:
                awaited.look(collection)
            if watchers.live is not None:
                watchers.live.offer(collection, now, drawing)

        units = collection.first()
        board.expected = collection.left(())
        try:
            if units:
                drawing.submit(load_libraries)
                run_units(units, place.workers(sources, options), follow, board, tell, collection.expect)
        finally:
            over.set()


def load_libraries() -> None:
    """Load what draws and scores, while steps' processes load their backend: later on a core would wait for it."""
    import scipy.special  # noqa: F401


def sources_of(entries: Sequence[StudentEntry], handed_in: Sequence[Submission], known: Sequence[str]) -> Sources:
    """Return the files of each submission in a task, by task and source hash."""
    by_slug = {submission.slug: submission for submission in handed_in}
    return {
        (entry.task, entry.source): by_slug[student.slug].for_task(entry.task, known)
        for student in entries
        if student.slug in by_slug
        for entry in student.tasks
    }


def sources_to_run(plan: ClassPlan, handed_in: HandedIn, place: Place, options: Options) -> Sources:
    """Return the files of everybody in the plan that can be had: as handed in now, or kept when they were graded."""
    known = tuple(options.registry)
    sources = sources_of(plan.students, handed_in.submissions, known)
    if plan.reference and handed_in.reference:
        sources = {**sources, **sources_of([plan.reference], [handed_in.reference], known)}
    return {**sources, **earlier_sources(plan, sources, place)}


def earlier_sources(plan: ClassPlan, sources: Sources, place: Place) -> Sources:
    """Return the files, kept when they were graded, of entries that were not handed in now, by task and source hash.

    Only of those that would be measured now under the same keys: what differs could not stand beside the rest.
    """
    found = dict[tuple[str, str], Mapping[str, bytes]]()
    for entry in (e for student in plan.everyone for e in student.tasks if e.contract):
        kinds = place.mixed.contexts if place.mixed else {}
        context = (kinds.get(entry.fingerprint, {}) if entry.fingerprint else place.contexts).get(entry.task)
        name = (entry.task, entry.source)
        if name in sources or context is None or context.key(entry.source, CONTRACT, entry.seeds[0]) != entry.contract:
            continue
        with suppress(ResultsError):  # not kept, or changed: what is missing of it stays missing
            found[name] = source_of(entry, place.records, place.records.folder.parent)
    return found


def draw_finished(collection: Collection, unit: Unit, drawing: Executor, over: Event) -> None:
    """Draw ahead for submissions that this unit finished; the report takes the figures from the records."""
    for _, entry in collection.awaiting.get(unit.key, []):
        if entry.fault is None and not collection.open_keys(entry):
            task = collection.contexts[entry.task].task
            drawing.submit(draw_ahead, over, collection.records, task, collection.measured.of(entry))


def draw_ahead(over: Event, records: Records, task: Task, measurements: Sequence[Measurement]) -> None:
    if not over.is_set():
        figures_of(records, task, measurements)
