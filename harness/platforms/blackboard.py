"""Blackboard: an assignment's files, flat, where every attempt has a text file that says who made it.

Names are ASSIGNMENT_USERNAME_attempt_DATE_FILE, and the text file's ends after the date. Assignments and usernames may
hold underscores, so the text file decides where one ends and the other begins.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from harness.errors import SubmissionError
from harness.intake.names import clean
from harness.platforms.model import Delivery, Export, Identity, NotUnderstood
from harness.platforms.moments import dashed
from harness.platforms.platform import Platform, Wanted, mostly, sole_assignment
from harness.platforms.source import Source

NAMED = re.compile(r"(?P<who>[^/]+?)_attempt_(?P<date>[0-9]{4}(?:-[0-9][0-9]){5})(?:_(?P<file>.+)|(?P<said>\.txt))")
MOST_BYTES = 1_000  # of a text file: what is looked for is in its first line


@dataclass(frozen=True)
class Part:
    """A file; `who` is ASSIGNMENT_USERNAME, and `file` is None for what Blackboard says itself."""

    at: str
    who: str
    date: str
    file: str | None


def recognises(source: Source) -> bool:
    return mostly(sum(bool(NAMED.fullmatch(n)) for n, folder in source.tops.items() if not folder), len(source.tops))


def read(source: Source, wanted: Wanted) -> Export:
    parts = {path: part_of(path) for path in source.files}
    found: dict[str, list[Part]] = {}
    for part in filter(None, parts.values()):
        found.setdefault(part.who, []).append(part)
    people = {who: identity(source, who, some) for who, some in found.items()}
    starts = {who.removesuffix(person.login or "") for who, person in people.items() if person}
    people |= {who: by_name(who, starts) for who, person in people.items() if person is None}
    why = "Its name is not one that Blackboard gives: ASSIGNMENT_USERNAME_attempt_DATE_FILE."
    odd = [NotUnderstood(clean(path), why, foreign=True) for path, part in parts.items() if part is None]
    unclear = "No text file says which part of the name is the user's."
    odd += [NotUnderstood(clean(who), unclear) for who, person in people.items() if person is None]
    of = {who: who.removesuffix(f"_{person.login}") for who, person in people.items() if person}
    chosen = sole_assignment(of.values(), wanted, "Blackboard") if of else None
    handed = [delivery(source, found[who], person) for who, person in people.items() if person and of[who] == chosen]
    return Export("blackboard", tuple(handed), tuple(odd), assignment=chosen and clean(chosen))


def part_of(path: str) -> Part | None:
    found = NAMED.fullmatch(path)
    return Part(path, found["who"], found["date"], found["file"]) if found else None


def identity(source: Source, who: str, parts: Iterable[Part]) -> Identity | None:
    """Return whose files they are, as the newest text file says."""
    for part in sorted((p for p in parts if p.file is None), key=lambda p: p.date, reverse=True):
        name, login = said_in(source, part.at)
        if login and who.endswith(f"_{login}"):
            return Identity(name=clean(name) or None, login=login)
    return None


def by_name(who: str, starts: Collection[str]) -> Identity | None:
    """Return whose files they are where no text file says it; `starts` stand before the usernames of others."""
    start = next(iter(starts)) if len(starts) == 1 else f"{who.partition('_')[0]}_" if who.count("_") == 1 else ""
    login = who.removeprefix(start)
    return Identity(name=clean(login), login=login) if start and login and login != who else None


def said_in(source: Source, path: str) -> tuple[str, str]:
    """Return name and username of `Name: Jane Doe (jdoe)`, in any language; empty where the first line is another."""
    try:
        text = source.read(path, MOST_BYTES).decode("utf-8-sig", "replace")
    except (OSError, SubmissionError):
        return "", ""
    line = text.partition("\n")[0].strip()
    name, bracket, login = line.partition(":")[2].removesuffix(")").rpartition("(")
    return (name, login.strip()) if bracket and line.endswith(")") else ("", "")


def delivery(source: Source, parts: list[Part], owner: Identity) -> Delivery:
    """Return the newest attempt."""
    dates = sorted({p.date for p in parts})
    files = tuple(source.file(p.file, p.at) for p in parts if p.file is not None and p.date == dates[-1])
    older = f"The attempt of {dates[-1]} counts, the newest of {len(dates)}."
    notes = (older,) if len(dates) > 1 else ()
    local = dashed(dates[-1]).local
    key = owner.login or ""
    return Delivery(key, (owner,), None, files, local_time=local, attempt=len(dates), notes=notes)


BLACKBOARD = Platform("blackboard", "Blackboard", recognises, read)
