"""Puts the shards of a class together in one result folder, where it is marked as if it had never been apart."""

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from harness.data.key import Key
from harness.errors import ClassError, ResultsError, UsageError
from harness.files import atomic
from harness.grading.results import ClassResult
from harness.platforms import kept
from harness.records.files import writing
from harness.records.models import Measurement
from harness.records.network import check_local
from harness.records.roster import enter, people_of
from harness.records.store import Records, sole_run
from harness.records.taking_over import take_over
from harness.workflow.class_key import class_key, kept_key
from harness.workflow.class_rules import FILE as RULES
from harness.workflow.class_rules import remembered
from harness.workflow.collect import all_keys, keys_of
from harness.workflow.grade import Regrading, readable_in, regrade
from harness.workflow.joining import joined, named
from harness.workflow.measured import Measured
from harness.workflow.place import Tell
from harness.workflow.plan import ClassPlan, asking, asking_name
from harness.workflow.result_folder import before_in, records_for
from harness.workflow.shards_found import FoundShard, find_shards
from harness.workflow.stored import keep_whole
from harness.workflow.workshop import FOUND


def merge(folders: Sequence[Path], out: Path, asked: Regrading, tell: Tell = lambda said: None) -> ClassResult:
    """Put all shards of a class together in `out`, mark it and write its reports; trains nothing, and changes no shard.

    Again into the same folder is harmless: whoever was graded there under the same key stays, and so does what people
    decided. Raises UsageError as `find_shards`, and where `out` holds a class of another key or is a shard itself;
    ResultsError where not all that was measured can be read.
    """
    if out.resolve() in {folder.resolve() for folder in folders}:
        raise UsageError(f"Expected another folder for the whole class than {out}, a shard of it; name another --out.")
    check_local(out)
    shards = find_shards(folders, tell)
    key = key_of_all(shards)
    records = records_for(out, tell)
    try:
        before = before_in(out, records)
        class_key(out, key, before)
        keep_people(shards[0], out)
        with sole_run(out):
            whole = joined(merged_plan(shards), before, shards[0].note.asked, asked.tasks)
            for said in whole.told():
                tell(said)
            readable = take_all(shards, whole.plan, records)
            records.put_document(FOUND, json.dumps(readable))
            recorded = len(records.find(all_keys(whole.plan)))
            keep_whole(records, whole.plan.model_copy(update={"recorded": recorded}))
        keep_beside(shards[0], out, has_rules=asked.rules.file is not None)
    finally:
        records.close()
    return regrade(out, replace(asked, faults=faults_of(shards)), tell)


def key_of_all(shards: Sequence[FoundShard]) -> Key:
    """Return the key that the shards were graded under; raises ResultsError where none of them has it any more."""
    used = {p.key for p in shards[0].plan.provenance.values()}
    for shard in shards:
        key = kept_key(shard.folder)
        if key and key.mark in used:
            return key
    raise ResultsError(
        f"Expected the key of the class in {shards[0].folder}/records/key, found none; put a copy of it back."
    )


def merged_plan(shards: Sequence[FoundShard]) -> ClassPlan:
    """Return the plan of the whole class: what each shard decided about its part, and the time of all together."""
    plans = [shard.plan for shard in shards]
    return plans[0].model_copy(
        update={
            "created": min(plan.created for plan in plans),
            "seconds": sum(plan.seconds for plan in plans),
            "asked": {name: some for plan in plans for name, some in plan.asked.items()},
            "chosen": {name: some for plan in plans for name, some in plan.chosen.items()},
        }
    )


def keep_people(shard: FoundShard, out: Path) -> None:
    """Keep whose slug is whose; raises ResultsError where a slug is another's in `out`, whose marks it would take."""
    known = people_of(out)
    slugs, entries = {p.entry: p.slug for p in known}, {p.slug: p.entry for p in known}
    for person in shard.note.people:
        if (
            slugs.get(person.entry, person.slug) != person.slug
            or entries.get(person.slug, person.entry) != person.entry
        ):
            raise ResultsError(
                f"Expected the people of the shards in {out} as they are known there, but {person.name} is another"
                f" there ({person.slug}); merge into another --out."
            )
    enter(out, shard.note.people)


def take_all(shards: Sequence[FoundShard], plan: ClassPlan, records: Records) -> list[str]:
    """Take over what every shard measured, and return what was found there of hidden data that steps could read.

    Raises ResultsError where some of a shard's part is damaged or gone.
    """
    readable: dict[str, None] = {}
    for shard in shards:
        keys = keys_in(plan, {*shard.note.part})
        other = Records(shard.folder, create=False, only_read=True)
        try:
            take_over(records, other, keys)
            readable |= dict.fromkeys(readable_in(other))
        finally:
            other.close()
        measured = Measured(plan, {m.key: m for m in shard.note.faults} | records.find(keys, whole=True))
        if lost := lost_of(measured, {*shard.note.part}):
            raise ResultsError(
                f"Expected all that was measured in {shard.folder}, but some of {lost} is damaged or gone; run `harness"
                f" grade … --shard {shard.note.shard}` into it again, which makes that anew, and then merge."
            )
    return [*readable]


def keys_in(plan: ClassPlan, part: Collection[str]) -> list[str]:
    """Return every record key that a part of a class may need, with those of what the harness computes itself."""
    entries = [e for student in plan.everyone for e in student.tasks if asking(e) in part]
    given = [key for task in {e.task for e in entries} for key in plan.given.get(task, {}).values()]
    return list(dict.fromkeys([*given, *(key for entry in entries for key in keys_of(plan, entry))]))


def lost_of(measured: Measured, part: Collection[str]) -> str:
    """Return the names of those who lack a measurement of a part that no fault of the harness kept away."""
    faults = {asking_of(m) for m in measured.have.values() if m.fault and m.fault.owner == "harness"}
    names = {*part} - faults
    people = measured.plan.everyone
    return named([s for s in people if any(asking(e) in names and not measured.complete(e) for e in s.tasks)])


def asking_of(measurement: Measurement) -> str:
    return asking_name(measurement.task, measurement.source)


def faults_of(shards: Sequence[FoundShard]) -> list[Measurement]:
    return [measurement for shard in shards for measurement in shard.note.faults]


def keep_beside(shard: FoundShard, out: Path, *, has_rules: bool) -> None:
    """Keep what a shard knows of the class beside its records: who handed in what and when, and the rules of the class.

    Raises ClassError where class.yaml is no longer where it was and no other is named.
    """
    came = kept.load(shard.folder)
    if came.deliveries:
        kept.save(out, kept.joined(kept.load(out), came.deliveries, came.missing))
    rules = remembered(shard.folder)
    path = (shard.folder.resolve() / rules.file).resolve() if rules.file else None
    if path and not path.is_file() and not has_rules:
        raise ClassError(
            f"Expected the class.yaml by which the class is marked at '{path}', found none; name it with --class FILE."
        )
    where = Path(os.path.relpath(path, out.resolve())).as_posix() if path and path.is_file() else ""
    if where or rules.times or rules.file_times:
        with writing(out), atomic(out / RULES) as file:
            file.write((rules.model_copy(update={"file": where}).model_dump_json(indent=2) + "\n").encode())
