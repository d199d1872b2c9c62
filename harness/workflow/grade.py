"""The two verbs of an instructor: grade a class, and mark it again from what was measured."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.grading.results import ClassResult
from harness.intake.exports import exports_of
from harness.intake.gather import gather
from harness.intake.names import spelled
from harness.intake.submission import Submission
from harness.platforms.model import Identity
from harness.records.models import Measurement
from harness.records.network import check_local
from harness.records.publications import key_given
from harness.records.store import Records
from harness.report.pages import write_reports
from harness.report.themes.theme import PLAIN, Theme
from harness.report.words.moments import date
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.workflow.by_hand import SO_FAR, tell_astray, turn_to_write
from harness.workflow.class_key import class_key
from harness.workflow.class_plan import HandedIn
from harness.workflow.class_rules import AskedRules, ClassRules, class_rules
from harness.workflow.downloads import HowToRead, ReadClass, keep_deliveries, read_class
from harness.workflow.drawing import draw_class
from harness.workflow.file_times import file_times
from harness.workflow.handed_in import keep_all_reports
from harness.workflow.live import LivePages
from harness.workflow.machine import Machine
from harness.workflow.marking import mark_class
from harness.workflow.measure import Show, Watchers, measure_class
from harness.workflow.measured import Measured
from harness.workflow.options import Options, Rescale, check, check_asked, registry
from harness.workflow.pictures import drawer
from harness.workflow.place import Cluster, Tell
from harness.workflow.plan import ClassPlan
from harness.workflow.pseudonyms import with_pseudonyms
from harness.workflow.result_folder import (
    before_in,
    check_places,
    joins,
    records_for,
    stored_plan,
    under_their_slugs,
    whole_records,
)
from harness.workflow.standards import Standards, load_rubrics, standards_for
from harness.workflow.stored import keep_whole
from harness.workflow.tasks_graded import tasks_graded
from harness.workflow.with_reference import references_of
from harness.workflow.workshop import FOUND


def grade(
    submissions: Path,
    options: Options,
    show: Show,
    tell: Tell = lambda said: None,
    cluster: Cluster | None = None,
) -> ClassResult:
    """Grade every submission, here or on a `cluster`, and write the reports into `options.out`.

    What is recorded there already is not measured again, and who was graded there before stays. While it goes on, the
    class page shows how far it is; `tell` takes sentences about the result folder. On KeyboardInterrupt the reports are
    written from what there is before it goes on. Raises UsageError for a wrong name, path or rubric, before anything
    runs.
    """
    check_places(submissions, options.out)
    read = read_for(submissions, options)
    for sentence in read.told(options.tasks or tuple(options.registry)):
        tell(sentence)
    handed_in = read.submissions
    asked = tasks_needed(handed_in, options)
    chosen = where(options, asked, cluster)
    load_rubrics(options.rubrics, asked, options.rooms)
    if options.with_reference:
        references_of(asked, options.rooms)
    own, _ = rules_for(submissions, read, options)
    records = records_for(options.out, tell)
    try:
        before = before_in(options.out, records)
        stay = before.tasks if before and not options.replace else ()
        tasks = {**asked, **tasks_graded(stay, options.registry, options.out)}
        options = replace(options, key=class_key(options.out, options.key, before))
        tell_key_given(options.out, tell)
        if options.rescale:
            options = replace(options, scale=options.rescale(before.scale if before else options.scale))
        handed_in = under_their_slugs(handed_in, before, options, tell)
        keep_all_reports(read.download or submissions, handed_in, records)
        keep_deliveries(read, handed_in, options, tell)
        beside = (
            references_of(asked, options.rooms) if options.with_reference or (before and before.reference) else None
        )
        class_ = HandedIn(title_of(submissions), handed_in, joins(before, handed_in, options), beside)
        rubrics = load_rubrics(options.rubrics, tasks, options.rooms)
        rules = partial(own.of, rubrics=rubrics, tasks=tasks, out=options.out)
        watchers = Watchers(
            show,
            LivePages(options.out, records, tasks, rubrics, options.reveal, options.theme, options.rooms, rules),
            tell,
        )
        measured = measure_class(class_, asked, chosen, options, records, watchers, rubrics)
        del watchers  # the marks so far, which are made again
        standards = standards_for(measured.plan, tasks, rubrics, options.rooms)
        standards = replace(standards, rules=rules(measured.plan))
        with turn_to_write(options.out) as by_hand:
            named = replace(measured, plan=with_pseudonyms(measured.plan, records))
            result = mark_class(named, standards, revealed=options.reveal, by_hand=by_hand)
            said = {"percent_so_far": options.percent_so_far, "readable": readable_in(records)}
            result = result.model_copy(update=said)
            write_reports(result, drawer(records, tasks), options.out, theme=options.theme)
            own.remember(options.out)
            (options.out / SO_FAR).unlink(missing_ok=True)
        tell_of(result, standards, tell)
        tell_astray(result, by_hand, options.out, tell)
    finally:
        records.close()
    if measured.interrupted:
        raise KeyboardInterrupt
    return result


@dataclass(frozen=True)
class Regrading:
    """How to mark a class again: by the rubrics in a folder or else in `rooms`, by which `rules`, with which looks.

    `rescale` returns the pass mark and grades to judge by from those of last time; they are kept for the next. Figures
    that are not drawn yet are drawn by so many `processes`, which import the main module: more than one is for programs
    that guard theirs. `faults` are those of the harness's own that are not recorded, where they are still known.
    """

    rubrics: Path | None = None
    reveal: bool = False
    rescale: Rescale = lambda scale: scale
    theme: Theme = PLAIN
    percent_so_far: bool = False
    processes: int = 1
    tasks: Mapping[str, Task] = field(default_factory=registry)
    rooms: Rooms = SHIPPED
    rules: AskedRules = field(default_factory=AskedRules)
    faults: Sequence[Measurement] = ()


def regrade(out: Path, asked: Regrading, tell: Tell = lambda said: None) -> ClassResult:
    """Mark a graded class again from its records; trains nothing.

    What people decided (`harness serve`) counts as before; `tell` takes sentences about what applies to nothing.
    Raises ResultsError if `out` holds no class, or not all that was measured of it, or lies on no local disk.
    """
    check_local(out)
    records = Records(out, create=False)
    try:
        plan = stored_plan(records, out)
        needed = tasks_graded(plan.tasks, asked.tasks, out)
        plan = rescaled(plan, asked.rescale, records)
        have = {m.key: m for m in asked.faults} | whole_records(plan, records, out)
        standards = standards_for(plan, needed, load_rubrics(asked.rubrics, needed, asked.rooms), asked.rooms)
        own = class_rules(asked.rules, out, asked.tasks, course=asked.rooms.course)
        standards = replace(standards, rules=own.of(plan, standards.rubrics, needed, out))
        with turn_to_write(out) as by_hand:
            measured = Measured(with_pseudonyms(plan, records), have)
            result = mark_class(measured, standards, revealed=asked.reveal, by_hand=by_hand)
            said = {"percent_so_far": asked.percent_so_far, "readable": readable_in(records)}
            result = result.model_copy(update=said)
            draw_class(records, needed, result, asked.processes)
            write_reports(result, drawer(records, needed), out, theme=asked.theme)
            own.remember(out)
        tell_of(result, standards, tell)
        tell_astray(result, by_hand, out, tell)
    finally:
        records.close()
    return result


def readable_in(records: Records) -> list[str]:
    """Return what was found of hidden data among what steps may read, when the class was last measured."""
    return [str(said) for said in json.loads(records.document(FOUND) or "[]")]


def where(options: Options, tasks: Mapping[str, Task], cluster: Cluster | None) -> Machine | Cluster:
    """Return where a class is measured; raises UsageError for an option that cannot be met, before a folder is made."""
    if cluster is None:
        return check(options, tasks)
    check_asked(options, tasks)
    return cluster


def rules_for(submissions: Path, read: ReadClass, options: Options) -> tuple[ClassRules, list[Identity] | None]:
    """Return the rules to mark by, and who on the class list handed nothing in; None where there is no list.

    Raises ClassError where they do not fit what was handed in, before anything runs.
    """
    course = options.rooms.course
    found = class_rules(options.rules, options.out, options.registry, course=course, submissions=submissions)
    if options.rules.file_times:
        now = file_times(submissions, read.submissions)
        found = replace(found, file_times={**found.file_times, **now})
    return found, found.check(read.submissions, read.deliveries)


def tell_of(result: ClassResult, standards: Standards, tell: Tell) -> None:
    """Tell what was not understood of a class, and where a rubric states another total than can be earned."""
    for said in result.remarks:
        tell(said)
    for name in standards.tasks:
        if said := standards.rubrics[name].remark(result.profile):
            tell(said)


def tell_key_given(out: Path, tell: Tell) -> None:
    """Tell where whoever hands something in by now may know what will be drawn."""
    if at := key_given(out):
        tell(
            f"the key of this class was given out on {date(at)}, so whoever hands something in now can have prepared"
            " for what it draws; grade that into another folder, which has a key of its own."
        )


def rescaled(plan: ClassPlan, rescale: Rescale, records: Records) -> ClassPlan:
    """Return the plan with the scale asked for, and keep it for the next time."""
    changed = plan.model_copy(update={"scale": rescale(plan.scale)})
    if changed != plan:
        keep_whole(records, changed)
    return changed


def known_tasks(names: Iterable[str], known: Mapping[str, Task]) -> dict[str, Task]:
    """Return the tasks of these names; raises UsageError with a close name for one that is unknown."""
    return {name: known[name] for name in known_names(names, known)}


def known_names(names: Iterable[str], known: Mapping[str, Task]) -> list[str]:
    """Return the names; raises UsageError as `known_tasks`, and loads no task."""
    asked = list(names)
    for name in asked:
        if name not in known:
            raise UsageError(f"There is no task {name!r}.{did_you_mean(name, known)}")
    return asked


def title_of(submissions: Path) -> str:
    """Return what a class is called: as its folder or file is."""
    path = submissions.expanduser().resolve()
    return spelled(path.name if path.is_dir() else path.stem).replace("_", " ")


def read_for(path: Path, options: Options) -> ReadClass:
    """Return the class at a path, which may be a learning platform's download."""
    known_tasks(options.tasks, options.registry)
    known, exports = tuple(options.registry), exports_of(options.registry)
    found = read_class(path, HowToRead(known, tuple(options.tasks), exports, options.download))
    return replace(found, submissions=as_asked(found.submissions, options))


def read_submissions(path: Path, options: Options) -> Sequence[Submission]:
    """Return the submissions at a path, which is no download: so a student's own work is read."""
    known_tasks(options.tasks, options.registry)
    return as_asked(gather(path, tuple(options.registry), exports=exports_of(options.registry)), options)


def as_asked(found: Sequence[Submission], options: Options) -> Sequence[Submission]:
    """Return the submissions, the only file of each read as that of the task where one alone is asked for."""
    known = tuple(options.registry)
    return [s.as_task(options.tasks[0], known) for s in found] if len(options.tasks) == 1 else found


def tasks_needed(handed_in: Sequence[Submission], options: Options) -> dict[str, Task]:
    """Return the tasks asked for, or those that any submission has a file for; all if none has."""
    known = tuple(options.registry)
    wanted = options.tasks or [t for t in known if any(t in s.tasks(known) for s in handed_in)] or known
    return known_tasks(wanted, options.registry)
