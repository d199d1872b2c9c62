"""The shards of a class as they lie in their folders: read, held against each other, and a missing one named."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.errors import ResultsError, UsageError
from harness.records.models import Provenance
from harness.records.store import Records
from harness.workflow.joining import named
from harness.workflow.place import Tell
from harness.workflow.plan import ClassPlan, asking
from harness.workflow.result_folder import stored_plan
from harness.workflow.shard import ShardNote, note_in

LISTED = 10
ALIKE = ("speed", "isolation")  # may differ between machines whose numbers are the same


@dataclass(frozen=True)
class FoundShard:
    """A shard of whose part all has been tried. Students are in the plan of the first alone, as all have the same."""

    folder: Path
    note: ShardNote
    plan: ClassPlan


def find_shards(folders: Sequence[Path], tell: Tell) -> list[FoundShard]:
    """Return every shard of a class once, in order; of one that was made twice the first in `folders` that is finished.

    Raises ResultsError for a folder without a shard, UsageError for a shard that is missing or not finished, and for
    shards that were not made of one class or not measured alike.
    """
    several = {folder.resolve(): folder for folder in folders}.values()
    notes = [(folder, _note(folder)) for folder in several]
    _check_one_class(notes)
    found = dict[int, tuple[Path, ShardNote]]()
    for folder, note in notes:
        if note.number in found:
            tell(f"{folder} is the shard {note.shard} again: taken as it is in {found[note.number][0]}.")
        elif note.ended:
            found[note.number] = folder, note
    _check_all_there(notes, found)
    shards = [_read(*found[1])]
    for number in range(2, len(found) + 1):
        shard = _read(*found[number])
        _check_alike(shards[0], shard)
        shards.append(replace(shard, plan=shard.plan.model_copy(update={"students": []})))
    _check_covered(shards)
    return shards


def _note(folder: Path) -> ShardNote:
    note = note_in(folder)
    if note is None:
        raise ResultsError(
            f"Expected the result folder of a shard, received {folder}, which holds none; name only folders of"
            " `harness grade … --shard N/M`."
        )
    return note


def _check_one_class(notes: Sequence[tuple[Path, ShardNote]]) -> None:
    if not notes:
        raise UsageError("Expected the folders of all shards of a class, received none.")
    (first, one), *others = notes
    for folder, note in others:
        if note.of != one.of:
            raise UsageError(
                f"Expected shards of one division, received {one.shard} in {first} and {note.shard} in {folder}."
            )
        if note.class_sha256 != one.class_sha256:
            raise UsageError(
                f"Expected shards of one class, but {folder} was made of other submissions, tasks, profile or seeds"
                f" than {first}{_who_differs(one, note)}; run that shard again with what the others had."
            )


def _who_differs(one: ShardNote, other: ShardNote) -> str:
    people = {p.entry: p for p in (*one.people, *other.people)}
    only = {p.entry for p in one.people} ^ {p.entry for p in other.people}
    return f" ({listed([people[entry].name for entry in sorted(only)])})" if only else ""


def _read(folder: Path, note: ShardNote) -> FoundShard:
    records = Records(folder, create=False, only_read=True)
    try:
        return FoundShard(folder, note, stored_plan(records, folder))
    finally:
        records.close()


def _check_all_there(notes: Sequence[tuple[Path, ShardNote]], found: Collection[int]) -> None:
    of, places = notes[0][1].of, {note.number: folder for folder, note in notes}
    missing = [n for n in range(1, of + 1) if n not in places]
    left = [n for n in sorted(places) if n not in found]
    said = [
        *_said([f"{n}/{of}" for n in missing], "missing"),
        *_said([f"{n}/{of} ({places[n]})" for n in left], "not finished"),
    ]
    if said:
        raise UsageError(
            f"Expected all {of:,} shards of the class, but {' and '.join(said)}; run `harness grade … --shard"
            f" {min(missing + left)}/{of}` again, which goes on where it stopped, and then merge."
        )


def _said(shards: Sequence[str], what: str) -> list[str]:
    return [f"{listed(shards)} {'is' if len(shards) == 1 else 'are'} {what}"] if shards else []


def listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def _check_alike(first: FoundShard, other: FoundShard) -> None:
    if differs := next(_differences(first.plan, other.plan), ""):
        raise UsageError(
            f"Expected shards that were measured alike, but {other.folder} was measured {differs} than"
            f" {first.folder}, and marks of the two do not compare; run those that differ again, into empty folders."
        )


def _differences(one: ClassPlan, other: ClassPlan) -> Iterator[str]:
    for task in one.provenance.keys() & other.provenance.keys():
        yield from differing(one.provenance[task], other.provenance[task])
    for name, what in (
        ("versions", "with other versions of tasks"),
        ("given", "with other rules of the harness's own"),
        ("profile", "under another profile"),
        ("students", "from other submissions"),
        ("reference", "beside another reference"),
        ("tasks", "in other tasks"),
    ):
        if getattr(one, name) != getattr(other, name):
            yield what


def differing(one: Provenance, other: Provenance, alike: Collection[str] = ALIKE) -> Iterator[str]:
    """Yield in words each fact of how something else was measured, of those that numbers depend on.

    What is `alike` may differ.
    """
    if one.key != other.key:
        yield "under another key (give all the same --key)"
    for name in Provenance.model_fields:
        mine, yours = getattr(one, name), getattr(other, name)
        if name not in alike and mine != yours:
            yield f"with another {name} ({_short(yours)}, not {_short(mine)})"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:120]}…"


def _check_covered(shards: Sequence[FoundShard]) -> None:
    """Make sure that every submission in a task was some shard's."""
    there = {name for shard in shards for name in shard.note.part}
    left = [s for s in shards[0].plan.everyone if any(e.fault is None and asking(e) not in there for e in s.tasks)]
    if left:
        raise UsageError(
            f"Expected each submission in one of the shards, but nobody measured all of {named(left)}: the shards were"
            " divided by other baselines; run all of them again with one version of the course."
        )
