"""Grades one shard of a class: measures its part of the submissions, and leaves marks and pages to `harness merge`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.data.key import Key, new_key
from harness.intake.submission import Submission
from harness.records.locks import locked
from harness.records.models import Measurement
from harness.records.roster import Person
from harness.workflow.class_key import class_key, kept_key
from harness.workflow.class_plan import HandedIn
from harness.workflow.collect import keys_of
from harness.workflow.downloads import keep_deliveries
from harness.workflow.grade import read_for, rules_for, tasks_needed, title_of
from harness.workflow.handed_in import keep_all_reports
from harness.workflow.measure import Show, Watchers, measure_class
from harness.workflow.measured import Measured
from harness.workflow.options import Options, check
from harness.workflow.place import Tell
from harness.workflow.plan import asking
from harness.workflow.result_folder import check_places, records_for
from harness.workflow.roster import Known, assigned
from harness.workflow.shard import Shard, ShardNote, check_folder, class_sha256, keep_note, note_in
from harness.workflow.standards import load_rubrics
from harness.workflow.with_reference import references_of

LOCK = ".shards.lock"  # in the folder that the folders of shards lie in


@dataclass(frozen=True)
class ShardDone:
    """A shard after a run: how many submissions in a task are its part, and whose were not measured."""

    shard: Shard
    title: str
    submissions: int
    open: Sequence[str]


def grade_shard(
    submissions: Path, shard: Shard, options: Options, show: Show, tell: Tell = lambda said: None
) -> ShardDone:
    """Measure the part of a class that a shard is, into `options.out`.

    What is recorded there already is not measured again. Which submissions are its part follows from the class alone,
    so that several machines agree without talking. On KeyboardInterrupt what was measured is kept before it goes on.
    Raises UsageError for a wrong name, path or rubric, before anything runs.
    """
    check_places(submissions, options.out)
    check_folder(options.out, shard)
    options = replace(options, shard=shard, replace=True)
    read = read_for(submissions, options)
    asked = tasks_needed(read.submissions, options)
    chosen = check(options, asked)
    rubrics = load_rubrics(options.rubrics, asked, options.rooms)
    beside = references_of(asked, options.rooms) if options.with_reference else None
    own, _ = rules_for(submissions, read, options)
    handed_in = [*assigned(read.submissions, Known(()), tuple(options.registry)).submissions]
    options, note = begun(shard, options, handed_in, tell)
    scale = options.rescale(options.scale) if options.rescale else options.scale
    options = replace(options, scale=scale)
    records = records_for(options.out, tell)
    try:
        class_ = HandedIn(title_of(submissions), handed_in, None, beside)
        measured = measure_class(class_, asked, chosen, options, records, Watchers(show, None, tell), rubrics)
        keep_all_reports(read.download or submissions, of_part(measured, handed_in), records)
        keep_deliveries(read, handed_in, options, tell)
        own.remember(options.out)
    finally:
        records.close()
    faults = [m for m in measured.have.values() if m.fault and m.fault.owner == "harness"]
    now = {"part": sorted(measured.part), "faults": faults, "ended": not measured.interrupted}
    keep_note(options.out, note.model_copy(update=now))
    if measured.interrupted:
        raise KeyboardInterrupt
    return ShardDone(shard, measured.plan.title, len(measured.part), open_in(measured, faults))


def begun(shard: Shard, options: Options, handed_in: Sequence[Submission], tell: Tell) -> tuple[Options, ShardNote]:
    """Return the options with the key of the class, and the note that others beside this shard find it by."""
    asked = (options.profile, [*options.tasks], [*options.seeds], options.with_reference, shard.of)
    note = ShardNote(
        number=shard.number,
        of=shard.of,
        class_sha256=class_sha256(handed_in, *asked),
        asked=[*options.tasks],
        people=[Person(entry=s.entry, slug=s.slug, name=s.name) for s in handed_in],
    )
    if key := options.key or kept_key(options.out):
        key = class_key(options.out, key)
        keep_note(options.out, note)
        return replace(options, key=key), note
    with locked(options.out.resolve().parent / LOCK):
        key = key_beside(options.out, note)
        if key is None:
            key = new_key()
            tell(
                f"made the key of this class, {options.out}/records/key: shards beside this one find it, and those on"
                " other machines or in other folders need it as --key (`harness key --new --out FILE` makes one"
                " beforehand)."
            )
        class_key(options.out, key)
        keep_note(options.out, note)
    return replace(options, key=key), note


def key_beside(out: Path, note: ShardNote) -> Key | None:
    """Return the key of another shard of the same class whose folder lies beside this one; None if there is none."""
    for folder in sorted(out.resolve().parent.iterdir()):
        other = note_in(folder)
        if other and other.class_sha256 == note.class_sha256 and (key := kept_key(folder)):
            return key
    return None


def of_part(measured: Measured, handed_in: Sequence[Submission]) -> list[Submission]:
    """Return the submissions of which a shard measures something, and those of which nobody can."""
    names = {student.slug: {asking(e) for e in student.tasks if e.fault is None} for student in measured.plan.students}
    return [s for s in handed_in if not names[s.slug] or not names[s.slug].isdisjoint(measured.part)]


def open_in(measured: Measured, faults: Sequence[Measurement]) -> list[str]:
    """Return who lacks a measurement in the part of a class."""
    failed = {m.key for m in faults}
    return [
        student.name
        for student in measured.plan.everyone
        if any(
            asking(e) in measured.part
            and (not measured.complete(e) or not failed.isdisjoint(keys_of(measured.plan, e)))
            for e in student.tasks
        )
    ]
