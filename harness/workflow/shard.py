"""A shard: a part of a class that is graded into a folder of its own; `harness merge` puts the parts together."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from harness.errors import ResultsError, UsageError
from harness.files import atomic
from harness.intake.submission import Submission
from harness.records.files import writing
from harness.records.models import Frozen, Measurement, as_json
from harness.records.roster import Person

FILE: Final = "shard.json"  # in the folder of the records
MOST: Final = 10_000


@dataclass(frozen=True)
class Shard:
    """Part `number`, from 1, of `of` parts of a class."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


class ShardNote(Frozen):
    """What a result folder says of the shard in it.

    `class_sha256` tells one class, as handed in and asked for, from another; `asked` are the tasks asked for by name.
    `people` have their slugs. `part` names the submissions in a task that are this shard's (see `plan.asking`), and
    `faults` are measurements that a fault of the harness kept from being recorded. `ended` says that all was tried.
    """

    number: int
    of: int
    class_sha256: str
    asked: list[str] = Field(default_factory=list)
    people: list[Person] = Field(default_factory=list)
    part: list[str] = Field(default_factory=list)
    faults: list[Measurement] = Field(default_factory=list)
    ended: bool = False

    @property
    def shard(self) -> Shard:
        return Shard(self.number, self.of)


def parse_shard(text: str) -> Shard:
    """Read `3/20`; raises UsageError for anything else."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", text, re.ASCII)
    number, of = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= of <= MOST:
        raise UsageError(f"Expected --shard to be a part and how many there are, such as 3/20, received {text!r}.")
    return Shard(number, of)


def class_sha256(handed_in: Sequence[Submission], *asked: object) -> str:
    """Return what is the same for all shards of a class, of the same submissions and `asked` alike, and no other."""
    made = hashlib.sha256(json.dumps(asked).encode())
    for submission in sorted(handed_in, key=lambda s: s.entry):
        made.update(json.dumps([submission.entry, submission.name]).encode())
        for path, content in sorted(submission.files.items()):
            made.update(json.dumps([path, hashlib.sha256(content).hexdigest()]).encode())
    return made.hexdigest()


def note_in(folder: Path) -> ShardNote | None:
    """Return what a result folder says of the shard in it; None where there is none or it cannot be read."""
    try:
        return ShardNote.model_validate_json((folder / "records" / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def keep_note(folder: Path, note: ShardNote) -> None:
    """Write what there is to say of a shard. Raises ResultsError."""
    with writing(folder):
        (folder / "records").mkdir(parents=True, exist_ok=True)
        with atomic(folder / "records" / FILE) as file:
            file.write(as_json(note).encode())


def check_folder(folder: Path, shard: Shard) -> None:
    """Raise ResultsError where a folder holds a whole class or another shard, which this one would mix with."""
    note = note_in(folder)
    if note is None and (folder / "results.json").is_file():
        raise ResultsError(f"Expected a folder for the shard {shard}, but {folder} holds a whole class; name another.")
    if note is not None and note.shard != shard:
        raise ResultsError(f"Expected the shard {shard} in {folder}, which holds {note.shard}; name another --out.")
