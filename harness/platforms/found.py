"""Tells which platform a download is of, without being told; what is none of them is a class as it always was."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from harness.errors import SubmissionError, UsageError, did_you_mean
from harness.intake.names import clean, spelled
from harness.intake.reading import WORK
from harness.platforms.blackboard import BLACKBOARD
from harness.platforms.brightspace import BRIGHTSPACE
from harness.platforms.canvas import CANVAS
from harness.platforms.gradescope import GRADESCOPE
from harness.platforms.model import Delivery, Export
from harness.platforms.moodle import MOODLE
from harness.platforms.nbgrader import NBGRADER
from harness.platforms.platform import Platform, Wanted
from harness.platforms.repositories import REPOSITORIES
from harness.platforms.source import OnDisk, Source, UnreadableError
from harness.platforms.zipped import Zipped

PLATFORMS = {p.name: p for p in (CANVAS, MOODLE, GRADESCOPE, BLACKBOARD, BRIGHTSPACE, NBGRADER, REPOSITORIES)}
NONE = "none"  # asks for a class as a folder of submissions, whatever its names look like
ZIP = ".zip"
MOST_INNER = 1_000_000_000  # of a zip that lies alone in another, which is held in memory
DEEPEST = 4  # folders and zips around a download


@dataclass(frozen=True)
class Download:
    """A platform's download: what it says, and where its files are read from.

    `beside` is what somebody put into the folder that it was unpacked into: submissions as in a folder of them.
    """

    platform: Platform
    export: Export
    source: Source
    beside: tuple[Path, ...] = ()


def find_download(path: Path, wanted: Wanted, named: str = "") -> Download | None:
    """Return the download at a path, of the platform `named` or of the one that it looks like; None if of none.

    Folders and zips that hold nothing but the download are looked into. Raises UsageError for an unknown name, where
    the download is not of the platform that is named, where it looks like that of several, or is damaged.
    """
    platforms = asked_for(named)
    place = path.expanduser()
    if not platforms or not (place.is_dir() or place.suffix.lower() == ZIP):
        return None
    try:
        for source in layers(place):
            if found := [p for p in platforms if p.recognises(source)]:
                return read(sole(found, path), source, wanted)
    except (UnreadableError, SubmissionError, OSError) as error:
        if named:
            why = error if isinstance(error, UnreadableError) else f"{clean(path.name)!r} cannot be read: {error}"
            raise UsageError(str(why)) from error
    if named:
        raise UsageError(
            f"Expected a download of {platforms[0].title}, received {clean(path.name)!r}, whose names are not what"
            f" {platforms[0].title} gives; leave --platform out to have it recognised."
        )
    return None


def asked_for(named: str) -> list[Platform]:
    """Return the platform of a name, all without one; raises UsageError for a name that is unknown."""
    if named == NONE:
        return []
    if named and named not in PLATFORMS:
        raise UsageError(f"There is no platform {named!r}.{did_you_mean(named, [*PLATFORMS, NONE])}")
    return [PLATFORMS[named]] if named else [*PLATFORMS.values()]


def layers(path: Path) -> Iterator[Source]:
    """Yield what lies at a path, and within each folder or zip that is alone there."""
    source: Source | None = source_at(path)
    for _ in range(DEEPEST):
        if source is None:
            return
        yield source
        source = inside(source)


def source_at(path: Path) -> Source:
    path = path.resolve()
    name = spelled(path.name)
    return Source(name, OnDisk(path) if path.is_dir() else Zipped(name, path))


def inside(source: Source) -> Source | None:
    """Return what is in the only folder or zip that a download holds; None where it holds several, or other work.

    Tables and texts may lie beside it.
    """
    works = [(name, folder) for name, folder in source.tops.items() if folder or suffix(name) in WORK]
    if len(works) != 1:
        return None
    ((name, folder),) = works
    if folder:
        return source.within(name)
    return opened(source, name) if suffix(name) == ZIP else None


def suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def opened(source: Source, name: str) -> Source:
    at = source.file(name, name).at
    if isinstance(source.holder, OnDisk):
        return Source(name, Zipped(name, source.holder.folder / at[-1], at))
    packed = source.read(name, MOST_INNER + 1)
    if len(packed) > MOST_INNER:
        raise UnreadableError(
            f"The zip {clean(name)!r} inside {clean(source.name)!r} is too large; unpack the outer one."
        )
    return Source(name, Zipped(name, packed, at))


def sole(found: list[Platform], path: Path) -> Platform:
    if len(found) == 1:
        return found[0]
    titles = " or ".join(p.title for p in found)
    names = ", ".join(p.name for p in found)
    raise UsageError(f"{clean(path.name)!r} may be a download of {titles}; say which with --platform ({names}).")


def read(platform: Platform, source: Source, wanted: Wanted) -> Download:
    """Return a download, read; what a zip holds and is not opened is among what was not understood."""
    said = platform.read(source, wanted)
    works = works_beside(source, source.holder, said) if isinstance(source.holder, OnDisk) else {}
    left = [x for x in said.not_understood if not (x.foreign and x.name.partition("/")[0] in works)]
    deliveries = tuple(sorted(said.deliveries, key=by_name))
    said = replace(said, deliveries=deliveries, not_understood=(*left, *source.refused))
    return Download(platform, said, source, tuple(works.values()))


def works_beside(source: Source, holder: OnDisk, said: Export) -> dict[str, Path]:
    """Return the folders and works at the top of a folder that are none of the platform's, by their names as shown."""
    foreign = {x.name.partition("/")[0] for x in said.not_understood if x.foreign}
    tops = {clean(name): name for name, folder in source.tops.items() if folder or suffix(name) in WORK}
    return {shown: holder.folder / source.prefix / name for shown, name in tops.items() if shown in foreign}


def by_name(delivery: Delivery) -> tuple[str, str]:
    return delivery.name.casefold(), delivery.key
