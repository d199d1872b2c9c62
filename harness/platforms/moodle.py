"""Moodle: the zip of an assignment's submissions, in folders or flat, of people, of teams, or blind.

Names are made in Moodle's `mod/assign/classes/downloader.php`: NAME_NUMBER_assignsubmission_PLUGIN, where underscores
of a name have become spaces. Moodle puts the last attempt alone into a download.
"""

import re
from dataclasses import dataclass

from harness.intake.names import clean
from harness.platforms.model import Delivery, Export, Identity, NotUnderstood
from harness.platforms.platform import Platform, Wanted
from harness.platforms.source import Source

MARK = "_assignsubmission_"
NAMED = re.compile(
    r"(?P<folder>(?P<name>[^/]*?)(?:_(?P<number>[0-9]+))?_assignsubmission_(?P<plugin>[a-z0-9]+))(?:_/|/|_)(?P<file>.+)"
)


@dataclass(frozen=True)
class Part:
    at: str
    folder: str
    name: str
    number: str | None
    plugin: str
    file: str


def recognises(source: Source) -> bool:
    return any(MARK in name for name in source.tops)


def read(source: Source, wanted: Wanted) -> Export:
    people: dict[tuple[str, str | None], list[Part]] = {}
    odd = []
    for path in source.files:
        if part := part_of(path):
            people.setdefault((part.name, part.number), []).append(part)
        else:
            odd.append(path)
    why = "Its name is not one that Moodle gives: NAME_NUMBER_assignsubmission_file."
    groups = any(number is None for _, number in people)
    blind = is_blind([*people])
    return Export(
        "moodle",
        tuple(delivery(source, parts, groups=groups, blind=blind) for parts in people.values()),
        tuple(NotUnderstood(clean(path), why, foreign=True) for path in odd),
    )


def part_of(path: str) -> Part | None:
    found = NAMED.fullmatch(path)
    if found is None:
        return None
    return Part(path, found["folder"], clean(found["name"]), found["number"], found["plugin"], found["file"])


def is_blind(people: list[tuple[str, str | None]]) -> bool:
    """Say whether people are numbered and not named: by Moodle's word for a participant, which is the same for all."""
    names = {name for name, _ in people}
    return names == {"Participant"} or (len(names) == 1 and len(people) > 1)


def delivery(source: Source, parts: list[Part], *, groups: bool, blind: bool) -> Delivery:
    """Return what one person or group handed in, of all plugins. Moodle tells a group from a person only where some
    had none."""
    first = parts[0]
    files = tuple(source.file(p.file, p.at) for p in sorted(parts, key=lambda p: (p.plugin != "file", p.file)))
    key = f"{first.name}_{first.number}" if first.number else first.name
    handed = next((p.folder for p in parts if p.plugin == "file"), None)
    back = handed or f"{key}{MARK}file"
    if groups:
        return Delivery(key, (), first.name, files, returns_as=back)
    name = f"{first.name} {first.number}" if blind else first.name
    return Delivery(key, (Identity(name=name, participant=first.number),), None, files, returns_as=back)


MOODLE = Platform("moodle", "Moodle", recognises, read)
