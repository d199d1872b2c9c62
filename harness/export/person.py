"""People on both sides of an export: who handed in, and who a row of a worksheet says it is."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.grading.people import behind
from harness.grading.results import ClassResult, StudentResult
from harness.platforms.kept import Kept
from harness.platforms.model import Identity


class Id(StrEnum):
    """What a value that tells one student from all others is; the surest first."""

    USER = "user id"
    PARTICIPANT = "participant number"
    NUMBER = "student number"
    LOGIN = "login"
    EMAIL = "email address"


Ids = tuple[tuple[Id, str], ...]
FIELDS = {
    Id.USER: "user_id",
    Id.PARTICIPANT: "participant",
    Id.NUMBER: "sis_id",
    Id.LOGIN: "login",
    Id.EMAIL: "email",
}
_BLIND = re.compile(r"\D*\d+\s*")  # `Participant 8880001`, in whichever language: a number and no name


@dataclass(frozen=True)
class Person:
    """One who is to get the mark of `student`. Of `anything` it is not known which kind of id it is."""

    student: StudentResult
    name: str
    ids: Ids = ()
    anything: tuple[str, ...] = ()

    @property
    def nameless(self) -> bool:
        """Say whether only a number stands for the name, as under anonymous marking."""
        return bool(_BLIND.fullmatch(self.name))


@dataclass(frozen=True)
class WorksheetRow:
    """A row of a worksheet: where it is in the sheet, its line in the file, and who it says it is."""

    row: int
    line: int
    name: str
    ids: Ids = ()
    group: str = ""


@dataclass(frozen=True)
class Match:
    """A row that belongs to a person, and what both were known by."""

    person: Person
    listed: WorksheetRow
    by: str


@dataclass(frozen=True)
class Matches:
    """Who was found in a worksheet, who was not, and which rows are nobody's of the class."""

    found: tuple[Match, ...]
    absent: tuple[Person, ...]
    others: tuple[WorksheetRow, ...]


def people_of(result: ClassResult, kept: Kept, tasks: Sequence[str] = ()) -> list[Person]:
    """Return who gets which mark: everybody behind a submission, all of a group, and who handed nothing in.

    Of a submission from a plain folder the name of its folder is a name or an id of any kind.
    """
    found = [person for student in result.students for person in _of_submission(student, result, kept, tasks)]
    return [*found, *(Person(one, one.name, _listed_ids(one)) for one in result.missing)]


def _of_submission(student: StudentResult, result: ClassResult, kept: Kept, tasks: Sequence[str]) -> Iterator[Person]:
    mine = [d.delivery for d in kept.deliveries if d.slug == student.slug and (not tasks or {*d.tasks} & {*tasks})]
    owners = _gathered([owner for delivery in mine for owner in delivery.owners])
    if student.members:
        for one in behind(student, result.scale):
            known = Identity(name=one.name, **one.ids)
            same = [owner for group in owners for owner in group if _alike(known, owner)]
            yield Person(one, one.name, _all_ids(one, same))
        return
    for same in owners:
        yield Person(student, next((o.name for o in same if o.name), student.name), _all_ids(student, same))
    if not owners:
        group = next((d.group for d in mine if d.group), None)
        words = () if group else (student.name, student.slug)
        yield Person(student, group or student.name, _listed_ids(student), words)


def _listed_ids(student: StudentResult) -> Ids:
    """Return the ids that the class list has of a student."""
    return tuple((kind, value) for kind, field in FIELDS.items() if (value := student.ids.get(field)))


def _all_ids(student: StudentResult, owners: Sequence[Identity]) -> Ids:
    """Return the ids of the class list, and those that the platform told."""
    said = ((k, v) for owner in owners for k, field in FIELDS.items() if (v := getattr(owner, field)))
    return tuple(dict.fromkeys((*_listed_ids(student), *said)))


def _gathered(owners: Sequence[Identity]) -> list[list[Identity]]:
    """Return the owners of several deliveries by person: those that share an id, or the name."""
    found: list[list[Identity]] = []
    for owner in owners:
        group = next((g for g in found if any(_alike(owner, other) for other in g)), None)
        if group is None:
            found.append(group := [])
        group.append(owner)
    return found


def _alike(one: Identity, other: Identity) -> bool:
    pairs = [(a, b) for f in FIELDS.values() if (a := getattr(one, f)) and (b := getattr(other, f))]
    return any(a == b for a, b in pairs) if pairs else bool(one.name) and one.name == other.name


def fold(text: str) -> str:
    """Return a text as two that mean the same are compared: no case, no spaces around it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def name_forms(name: str) -> set[str]:
    """Return the forms under which a name may be met elsewhere: letters and digits alone, first or last name first."""
    words = [w for w in re.split(r"[\s_,]+", fold(name)) if w]
    turned = {"".join(words[i:] + words[:i]) for i in range(len(words))}
    return {form for t in turned if (form := re.sub(r"[^\w]|_", "", t))}
