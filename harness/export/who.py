"""Whose row is whose: by an id where both sides have one, else by a name that only one of each has."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile

from harness.errors import UsageError
from harness.export.person import Id, Match, Matches, Person, WorksheetRow, fold, name_forms

NAMED = 3
SHOWN = 5
BY_NAME = "name"


def match(people: Sequence[Person], listed: Sequence[WorksheetRow], where: str) -> Matches:
    """Return which rows are whose. Raises UsageError where a mark could land on the wrong person.

    That is: an id or a name that two rows have, two submissions for one row, a name whose ids say that it is somebody
    else's; and a worksheet in which nobody of the class is, as one of another course.
    """
    _check_ids(listed, where)
    directory = _Directory(listed, where)
    hits = [(person, directory.find(person)) for person in people]
    found = tuple(match for _, matches in hits for match in matches)
    if people and not found:
        raise UsageError(
            f"Expected a worksheet with students of this class, received {where}, which has none of"
            f" {_some([p.name for p in people])}; is it that of another course or assignment?"
        )
    _check_names(people, found, where)
    _check_rows(found, where)
    taken = {m.listed.row for m in found}
    absent = tuple(person for person, matches in hits if not matches)
    return Matches(found, absent, tuple(one for one in listed if one.row not in taken))


class _Directory:
    """The rows of a worksheet by their ids, names and groups."""

    def __init__(self, listed: Sequence[WorksheetRow], where: str) -> None:
        self.where = where
        self.by_id: dict[tuple[Id, str], WorksheetRow] = {(k, fold(v)): one for one in listed for k, v in one.ids}
        self.by_name: dict[str, list[WorksheetRow]] = defaultdict(list)
        self.by_group: dict[str, list[WorksheetRow]] = defaultdict(list)
        for one in listed:
            for form in name_forms(one.name):
                self.by_name[form].append(one)
            if one.group:
                self.by_group[fold(one.group)].append(one)

    def find(self, person: Person) -> list[Match]:
        """Return the row of a person, or those of a group; none for who is not there."""
        rows: dict[int, tuple[WorksheetRow, str]] = {}
        for kind, one in self._by_ids(person):
            rows.setdefault(one.row, (one, kind.value))
        if not rows and (members := self.by_group.get(fold(person.name))):
            return [Match(person, one, "group") for one in members]
        if not rows:
            forms = {form for text in (person.name, *person.anything) for form in name_forms(text)}
            rows = {one.row: (one, BY_NAME) for form in forms for one in self.by_name.get(form, ())}
        if len(rows) > 1:
            raise self._unclear(person, [one for one, _ in rows.values()])
        return [self._same(person, one, by) for one, by in rows.values()]

    def _by_ids(self, person: Person) -> Iterable[tuple[Id, WorksheetRow]]:
        """Yield the rows with an id of a person, the surest kind first; what may be any kind counts where none is."""
        pairs = [(k, v) for kind in Id for k, v in person.ids if k is kind]
        found = [(k, one) for k, v in pairs if (one := self.by_id.get((k, fold(v)))) and _may_be(person, one, k)]
        anything = [(k, v) for k in Id for v in person.anything if k is not Id.PARTICIPANT]
        return found or [(k, one) for k, v in anything if (one := self.by_id.get((k, fold(v))))]

    def _same(self, person: Person, one: WorksheetRow, by: str) -> Match:
        """Return the match; raises UsageError where a surer id of the two differs, so that it is somebody else."""
        for kind in takewhile(lambda kind: kind.value != by, Id):
            mine, theirs = ({_plain(v) for k, v in ids if k is kind} for ids in (person.ids, one.ids))
            if mine and theirs and not mine & theirs:
                raise UsageError(
                    f"Expected {person.name} with the {kind.value} {min(mine)} in {self.where}, received"
                    f" {min(theirs)} in line {one.line}; take the worksheet of the very assignment that was handed in."
                )
        return Match(person, one, by)

    def _unclear(self, person: Person, rows: Sequence[WorksheetRow]) -> UsageError:
        lines = ", ".join(str(line) for line in sorted(one.line for one in rows)[:SHOWN])
        return UsageError(
            f"Expected one row for {person.name} in {self.where}, received lines {lines}, which all could be; a mark"
            " could land on the wrong person, so take a worksheet with ids, and grade the platform's own download."
        )


def _may_be(person: Person, one: WorksheetRow, kind: Id) -> bool:
    """Say whether an id tells enough: the number of a team looks like that of a participant, so the name must fit."""
    if kind is not Id.PARTICIPANT or not one.name or person.nameless:
        return True
    return bool(name_forms(person.name) & name_forms(one.name))


def _plain(value: str) -> str:
    """Return an id without leading zeros, which a spreadsheet that saved a worksheet has lost: no two ids differ by it
    alone when all else fits, though none is found by it."""
    return fold(value).lstrip("0")


def _check_ids(listed: Sequence[WorksheetRow], where: str) -> None:
    seen: dict[tuple[Id, str], WorksheetRow] = {}
    for one in listed:
        for kind, value in one.ids:
            before = seen.setdefault((kind, fold(value)), one)
            if before is not one:
                raise UsageError(
                    f"Expected each student once in {where}, received the {kind.value} {value} in lines {before.line}"
                    f" and {one.line}; take one of the two rows out."
                )


def _check_names(people: Sequence[Person], found: Sequence[Match], where: str) -> None:
    """Raise UsageError where few of those who handed in are found, by name alone: another course has such names."""
    here = {one.person.name for one in found}
    of = sum(bool(person.student.slug) for person in people)
    if found and all(one.by == BY_NAME for one in found) and 2 * len(here) < of:
        raise UsageError(
            f"Expected a worksheet of this class, received {where}, which has {len(here):,} of {of:,} students"
            f" ({_some(sorted(here))}) and knows them by name alone; take the one of this class, or one with ids and a"
            " class list."
        )


def _check_rows(found: Sequence[Match], where: str) -> None:
    whose: dict[int, Match] = {}
    for one in found:
        before = whose.setdefault(one.listed.row, one)
        if before.person.student is not one.person.student:
            raise UsageError(
                f"Expected one submission for line {one.listed.line} of {where}, received those of"
                f" {before.person.name} and {one.person.name}; take out the one that does not count."
            )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
