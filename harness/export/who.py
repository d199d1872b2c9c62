"""Whose row is whose: by an id where both sides have one, else by a name that only one of each has."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from harness.errors import UsageError

NAMED = 3
SHOWN = 5


class Id(StrEnum):
    """What a value that tells one student from all others is; the surest first."""

    PLATFORM = "platform id"  # of Canvas a user, of Moodle a participant of one assignment
    NUMBER = "student number"
    LOGIN = "login"
    EMAIL = "email"


@dataclass(frozen=True)
class Person:
    """One who is to get the mark of the submission `slug`. Of `anything` it is not known which kind of id it is."""

    slug: str
    name: str
    ids: Mapping[Id, str] = field(default_factory=dict)
    anything: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A row of a worksheet: where it is in the sheet, its line in the file, and who it says it is."""

    row: int
    line: int
    name: str
    ids: Mapping[Id, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """A row that belongs to a person, and what both were known by."""

    person: Person
    listed: Listed
    by: str


@dataclass(frozen=True)
class Matches:
    """Who was found in a worksheet, who was not, and which rows are nobody's of the class."""

    found: tuple[Match, ...]
    absent: tuple[Person, ...]
    others: tuple[Listed, ...]


def match(people: Sequence[Person], listed: Sequence[Listed], where: str) -> Matches:
    """Return which rows are whose. Raises UsageError where a mark could land on the wrong person.

    That is: an id or a name that two rows have, two submissions for one row, or a name whose ids say that it is somebody
    else; and a worksheet in which nobody of the class is, as one of another course.
    """
    _check_ids(listed, where)
    directory = _Directory(listed, where)
    pairs = [(person, directory.find(person)) for person in people]
    found = tuple(Match(person, hit[0], hit[1]) for person, hit in pairs if hit)
    if people and not found:
        raise UsageError(
            f"Expected a worksheet with students of this class, received {where}, which has none of"
            f" {_some([p.name for p in people])}; is it that of another course?"
        )
    _check_rows(found, where)
    taken = {m.listed.row for m in found}
    absent = tuple(person for person, hit in pairs if not hit)
    return Matches(found, absent, tuple(one for one in listed if one.row not in taken))


class _Directory:
    """The rows of a worksheet by their ids and names."""

    def __init__(self, listed: Sequence[Listed], where: str) -> None:
        self.where = where
        self.by_id: dict[tuple[Id, str], Listed] = {(k, fold(v)): one for one in listed for k, v in one.ids.items()}
        self.by_name: dict[str, list[Listed]] = defaultdict(list)
        for one in listed:
            for form in name_forms(one.name):
                self.by_name[form].append(one)

    def find(self, person: Person) -> tuple[Listed, str] | None:
        """Return the row of a person and what it was found by; None for nobody's."""
        hits = {kind: self.by_id[kind, fold(v)] for kind, v in person.ids.items() if (kind, fold(v)) in self.by_id}
        by = next((kind.value for kind in Id if kind in hits), "")
        rows = {one.row: one for one in hits.values()}
        if not rows:
            loose = {one.row: (one, k.value) for k in Id for v in person.anything if (one := self.by_id.get((k, fold(v))))}
            rows, by = {row: one for row, (one, _) in loose.items()}, next((b for _, b in loose.values()), "")
        if not rows:
            return self._by_name(person)
        if len(rows) > 1:
            raise self._unclear(person, rows.values(), "ids that are those of different rows")
        (one,) = rows.values()
        self._check_same(person, one)
        return one, by

    def _by_name(self, person: Person) -> tuple[Listed, str] | None:
        forms = {form for text in (person.name, *person.anything) for form in name_forms(text)}
        rows = {one.row: one for form in forms for one in self.by_name.get(form, ())}
        if not rows:
            return None
        if len(rows) > 1:
            raise self._unclear(person, rows.values(), "a name that several rows have")
        (one,) = rows.values()
        self._check_same(person, one)
        return one, "name"

    def _check_same(self, person: Person, one: Listed) -> None:
        """Raise UsageError where another id of the two differs: a row of the same name is then somebody else's."""
        for kind in Id:
            mine, theirs = person.ids.get(kind, ""), one.ids.get(kind, "")
            if mine and theirs and fold(mine) != fold(theirs):
                raise UsageError(
                    f"Expected {person.name} with the {kind.value} {mine} in {self.where}, received"
                    f" {theirs} in line {one.line}; take the worksheet of the very assignment that was handed in."
                )

    def _unclear(self, person: Person, rows: Iterable[Listed], what: str) -> UsageError:
        lines = ", ".join(str(one.line) for one in sorted(rows, key=lambda r: r.line)[:SHOWN])
        return UsageError(
            f"Expected one row for {person.name} in {self.where}, received {what} (lines {lines}); a mark could land on"
            " the wrong person, so take a worksheet with ids, or grade what the platform itself gave."
        )


def _check_ids(listed: Sequence[Listed], where: str) -> None:
    seen: dict[tuple[Id, str], Listed] = {}
    for one in listed:
        for kind, value in one.ids.items():
            before = seen.setdefault((kind, fold(value)), one)
            if before is not one:
                raise UsageError(
                    f"Expected each student once in {where}, received the {kind.value} {value} in lines {before.line}"
                    f" and {one.line}; take one of the two rows out."
                )


def _check_rows(found: Sequence[Match], where: str) -> None:
    whose: dict[int, Match] = {}
    for one in found:
        before = whose.setdefault(one.listed.row, one)
        if before.person.slug != one.person.slug:
            raise UsageError(
                f"Expected one submission for line {one.listed.line} of {where}, received those of"
                f" {before.person.name} and {one.person.name}; take out the one that does not count."
            )


def fold(text: str) -> str:
    """Return a text as two that mean the same are compared: no case, no spaces around it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def name_forms(name: str) -> set[str]:
    """Return the forms under which a name may be met elsewhere: letters and digits alone, first or last name first."""
    words = [w for w in re.split(r"[\s_,]+", fold(name)) if w]
    turned = {"".join(words[i:] + words[:i]) for i in range(len(words))}
    return {form for t in turned if (form := re.sub(r"[^\w]|_", "", t))}


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
