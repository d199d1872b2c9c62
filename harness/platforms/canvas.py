"""Canvas: the zip of an assignment's submissions, in which every file has its owner in its name.

Names are made in Canvas's `content_zipper.rb`: NAME[_LATE]_USER_ATTACHMENT_FILE, where a text that was typed in has no
attachment, and an anonymous one neither name nor user.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from harness.intake.names import clean
from harness.intake.naming import task_meant
from harness.platforms.model import Delivery, Export, HandedFile, Identity, NotUnderstood
from harness.platforms.platform import Platform, Wanted, mostly
from harness.platforms.source import Source

REST = r"(?:(?P<attachment>[0-9]+)_(?P<file>.+)|(?P<typed>text|link)\.html)"
NAMED = re.compile(rf"(?P<name>.*?)(?P<late>_LATE)?_(?P<who>[0-9]+)_{REST}")
ANONYMOUS = re.compile(rf"(?P<late>LATE_)?(?P<name>anon)_(?P<who>[^\W_]+)_{REST}")
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
AGAIN = re.compile(rf"(?P<base>.+?)-(?:[1-9]|{UUID})(?P<ending>\.[^/]+)")  # what Canvas adds to a name that was there


@dataclass(frozen=True)
class Part:
    """A file of the zip. `who` is the user's number, or what stands for somebody anonymous."""

    at: str
    name: str
    who: str
    anonymous: bool
    late: bool
    attachment: int | None
    file: str


def recognises(source: Source) -> bool:
    names = [name for name, folder in source.tops.items() if not folder]
    return mostly(len(parts_of(names)), len(source.tops))


def read(source: Source, wanted: Wanted) -> Export:
    parts = parts_of([path for path in source.files if "/" not in path])
    people: dict[str, list[Part]] = {}
    for part in parts.values():
        people.setdefault(part.who, []).append(part)
    why = "Its name is not one that Canvas gives: NAME_USER_FILE-NUMBER_FILE."
    return Export(
        "canvas",
        tuple(delivery(source, some, wanted.tasks) for some in people.values()),
        tuple(NotUnderstood(clean(path), why, foreign=True) for path in source.files if path not in parts),
    )


def parts_of(paths: Iterable[str]) -> dict[str, Part]:
    """Return what the names say, by path, of those that say it.

    A download is anonymous as a whole or not at all: somebody may be called Anon.
    """
    named, anonymous = ({p: m for p in paths if (m := pattern.fullmatch(p))} for pattern in (NAMED, ANONYMOUS))
    hidden = len(anonymous) >= len({**named, **anonymous}) - len(anonymous)
    if hidden and anonymous:
        return {path: part_of(path, found, anonymous=True) for path, found in anonymous.items()}
    mixed = {path for path, found in anonymous.items() if not found["who"].isdigit()}
    return {path: part_of(path, found, anonymous=False) for path, found in named.items() if path not in mixed}


def part_of(path: str, found: re.Match[str], *, anonymous: bool) -> Part:
    number = int(found["attachment"]) if found["attachment"] else None
    name = f"anonymous {found['who']}" if anonymous else clean(found["name"])
    return Part(
        path, name, found["who"], anonymous, bool(found["late"]), number, found["file"] or f"{found['typed']}.html"
    )


def delivery(source: Source, parts: list[Part], tasks: Collection[str]) -> Delivery:
    first, late = parts[0], any(p.late for p in parts)
    files, notes = newest(source, parts, tasks)
    if first.anonymous:
        return Delivery(first.who, (Identity(name=first.name),), None, files, late=late, notes=notes)
    number = max((p.attachment for p in parts if p.attachment is not None), default=None)
    back = None if number is None else f"{first.name}_{first.who}_{number}"
    owner = Identity(name=first.name or None, user_id=first.who)
    return Delivery(first.who, (owner,), None, files, late=late, returns_as=back, notes=notes)


def newest(source: Source, parts: list[Part], tasks: Collection[str]) -> tuple[tuple[HandedFile, ...], tuple[str, ...]]:
    """Return the files under the names that students gave them, and of several of one name the one that came last."""
    groups: dict[str, list[Part]] = {}
    for part in parts:
        groups.setdefault(given_name(part.file), []).append(part)
    files, notes = [], []
    for name, some in groups.items():
        if len(some) > 1 and not meant_once(name, some, tasks):
            files += [source.file(p.file, p.at) for p in some]
            continue
        last = max(some, key=lambda p: p.attachment or 0)
        files.append(source.file(name, last.at))
        if older := [clean(p.file) for p in some if p is not last]:
            notes.append(f"{clean(last.file)}, handed in last, counts as {clean(name)}; not {', '.join(older)}.")
        elif last.file != name:
            notes.append(f"Read {clean(last.file)} as {clean(name)}: Canvas adds a number to a name that was there.")
    return tuple(files), tuple(notes)


def given_name(file: str) -> str:
    """Return the name of a file without what Canvas adds to it when it is handed in again."""
    found = AGAIN.fullmatch(file)
    return f"{found['base']}{found['ending']}" if found else file


def meant_once(name: str, parts: list[Part], tasks: Collection[str]) -> bool:
    """Say whether files are one file handed in again: `week-1.py` and `week-2.py` alone are two files."""
    return name in {p.file for p in parts} or task_meant(PurePosixPath(name).name, tasks) is not None


CANVAS = Platform("canvas", "Canvas", recognises, read)
