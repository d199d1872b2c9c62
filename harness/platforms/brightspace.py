"""Brightspace: an assignment's files in folders USER-NUMBER - NAME - DATE, or flat with the file's name behind.

How the date is written differs by version and language; where it cannot be read, only one submission a person counts.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from harness.intake.names import clean
from harness.platforms.model import Delivery, Export, Identity, NotUnderstood
from harness.platforms.moments import in_english
from harness.platforms.platform import Platform, Wanted, mostly
from harness.platforms.source import Source

PART = r"(?:(?! - )[^/])"  # what lies between two hyphens with spaces around them
FOLDER = re.compile(rf"(?P<user>[0-9]+)-(?P<number>[0-9]+) - (?P<name>[^/]+?) - (?P<date>{PART}*[0-9]{{4}}{PART}*)")
FILE = re.compile(rf"{FOLDER.pattern}(?:/| - )(?P<file>.+)")
INDEX = "index.html"  # Brightspace's own list of what is in the download


@dataclass(frozen=True)
class Part:
    at: str
    user: str
    number: str
    name: str
    date: str
    file: str

    @property
    def came(self) -> str:
        return f"{self.number} - {self.date}"


def recognises(source: Source) -> bool:
    tops = {name: folder for name, folder in source.tops.items() if name != INDEX}
    matched = sum(bool((FOLDER if folder else FILE).fullmatch(name)) for name, folder in tops.items())
    return mostly(matched, len(tops))


def read(source: Source, wanted: Wanted) -> Export:
    parts = {path: part_of(path) for path in source.files if path != INDEX}
    people: dict[tuple[str, str], list[Part]] = {}
    for part in filter(None, parts.values()):
        people.setdefault((part.user, part.name), []).append(part)
    why = "Its name is not one that Brightspace gives: USER-NUMBER - NAME - DATE."
    odd = [NotUnderstood(clean(path), why, foreign=True) for path, part in parts.items() if part is None]
    bearers = Counter(user for user, _ in people)
    found = []
    for (user, _), some in people.items():
        last = newest(some)
        if last is None:
            unclear = f"{some[0].name} handed in more than once, and the dates do not tell which came last."
            odd += [NotUnderstood(clean(came), unclear) for came in sorted({p.came for p in some})]
        else:
            found.append(delivery(source, last, some, user if bearers[user] == 1 else None))
    return Export("brightspace", tuple(found), tuple(odd))


def part_of(path: str) -> Part | None:
    found = FILE.fullmatch(path)
    return (
        Part(path, found["user"], found["number"], clean(found["name"]), found["date"], found["file"])
        if found
        else None
    )


def newest(parts: list[Part]) -> list[Part] | None:
    """Return the files that came last; None where that is not clear."""
    submissions = {p.came: in_english(p.date).local for p in parts}
    times = [at for at in submissions.values() if at is not None]
    if len(submissions) == 1:
        return parts
    if len(times) < len(submissions):
        return None
    last = max(times)
    return [p for p in parts if submissions[p.came] == last]


def delivery(source: Source, parts: list[Part], among: list[Part], user: str | None) -> Delivery:
    """Return what counts of a person; a number that people of several names share is nobody's."""
    first, times = parts[0], len({p.came for p in among})
    files = tuple(source.file(p.file, p.at) for p in parts)
    notes = (f"What came on {clean(first.date)} counts, the last of {times}.",) if times > 1 else ()
    local: datetime | None = in_english(first.date).local
    owner = Identity(name=first.name, user_id=user)
    key = f"{first.user} {first.name}"
    return Delivery(key, (owner,), None, files, local_time=local, attempt=times, notes=notes)


BRIGHTSPACE = Platform("brightspace", "Brightspace", recognises, read)
