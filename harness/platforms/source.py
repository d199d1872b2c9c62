"""What lies in a download, whether it is a folder or a zip: files by relative POSIX path, and how each is read.

Everything in it is hostile: nothing is unpacked to the disk, no link is followed, and nothing is read beyond a size.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Protocol

from harness.errors import UsageError
from harness.intake.folder import read_start
from harness.intake.names import clean, is_skipped
from harness.platforms.model import HandedFile, NotUnderstood

MOST_FILES = 200_000  # of a whole class
LITTER = frozenset({"thumbs.db", "desktop.ini", "class.yaml"})  # the last is the instructor's own, and read elsewhere
GIT = ".git"


class UnreadableError(UsageError):
    """What is no zip, or far too large to be a class: one student's, maybe, and then a fault of that student's."""


class Holder(Protocol):
    """A folder or a zip. `outer` is the way to a zip that lies in another.

    `repositories` are the folders that Git keeps, and `refused` is what is not opened, each with a reason.
    """

    @property
    def outer(self) -> tuple[str, ...]: ...
    @property
    def files(self) -> tuple[str, ...]: ...
    @property
    def repositories(self) -> frozenset[str]: ...
    @property
    def refused(self) -> tuple[NotUnderstood, ...]: ...

    def tops(self, prefix: str) -> dict[str, bool]:
        """Return the names in the folder `prefix` (which ends with a slash), and whether each is a folder."""

    def read(self, path: str, size: int) -> bytes:
        """Return the first `size` bytes of a file; raises SubmissionError or OSError where it cannot be read."""


@dataclass(frozen=True)
class Source:
    """A download, seen from the folder `prefix` in it. `name` is what it is called."""

    name: str
    holder: Holder
    prefix: str = ""

    @cached_property
    def tops(self) -> dict[str, bool]:
        """What lies at the top by name, and whether it is a folder; litter of tools is left out."""
        return {name: folder for name, folder in self.holder.tops(self.prefix).items() if not is_litter(name)}

    @cached_property
    def files(self) -> tuple[str, ...]:
        start = len(self.prefix)
        return tuple(p[start:] for p in self.holder.files if p.startswith(self.prefix) and not is_litter(p[start:]))

    @cached_property
    def repositories(self) -> frozenset[str]:
        """The folders at the top that Git keeps."""
        start = len(self.prefix)
        found = (p[start:] for p in self.holder.repositories if p.startswith(self.prefix))
        return frozenset(p for p in found if p and "/" not in p)

    @property
    def refused(self) -> tuple[NotUnderstood, ...]:
        return self.holder.refused

    def within(self, folder: str) -> "Source":
        return Source(self.name, self.holder, f"{self.prefix}{folder}/")

    def read(self, path: str, size: int) -> bytes:
        return self.holder.read(f"{self.prefix}{path}", size)

    def file(self, path: str, at: str) -> HandedFile:
        """Return the file at `at` as one that the student's work has under `path`."""
        return HandedFile(path, (*self.holder.outer, f"{self.prefix}{at}"))

    def read_file(self, file: HandedFile, size: int) -> bytes:
        return self.holder.read(file.at[-1], size)


def is_litter(path: str) -> bool:
    return is_skipped(path) or PurePosixPath(path).name.lower() in LITTER


class Kind(Enum):
    """What lies at a path below a folder; `SPECIAL` is what is not opened."""

    FILE = auto()
    REPOSITORY = auto()
    SPECIAL = auto()


@dataclass(frozen=True)
class Walked:
    files: tuple[str, ...]
    repositories: tuple[str, ...]
    special: tuple[str, ...]


@dataclass(frozen=True)
class OnDisk:
    """A folder."""

    folder: Path
    outer: tuple[str, ...] = field(default=(), init=False)

    def tops(self, prefix: str) -> dict[str, bool]:
        found = sorted((self.folder / prefix).iterdir())
        return {p.name: p.is_dir() for p in found if not p.is_symlink() and not is_results(p)}

    @property
    def files(self) -> tuple[str, ...]:
        return self._walked.files

    @property
    def repositories(self) -> frozenset[str]:
        return frozenset(self._walked.repositories)

    @property
    def refused(self) -> tuple[NotUnderstood, ...]:
        why = "It is a link or a special file, which is not followed, or it cannot be read."
        return tuple(NotUnderstood(clean(path), why) for path in self._walked.special)

    @cached_property
    def _walked(self) -> "Walked":
        found: dict[Kind, list[str]] = {kind: [] for kind in Kind}
        for path, kind in walk(self.folder):
            found[kind].append(path)
            if len(found[kind]) > MOST_FILES:
                raise too_many(self.folder.name)
        return Walked(*(tuple(found[kind]) for kind in (Kind.FILE, Kind.REPOSITORY, Kind.SPECIAL)))

    def read(self, path: str, size: int) -> bytes:
        return read_start(self.folder / path, size)


def walk(folder: Path) -> Iterator[tuple[str, Kind]]:
    """Yield every file and repository below a folder, and what is neither or cannot be read."""
    unread: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unread.append):
        relative = Path(parent).relative_to(folder)
        if GIT in folders or GIT in names:
            yield relative.as_posix(), Kind.REPOSITORY
        kept = [n for n in sorted(folders) if not is_skipped(n) and not is_results(Path(parent) / n)]
        folders[:] = [n for n in kept if not (Path(parent) / n).is_symlink()]
        for name in [*sorted(names), *(n for n in kept if n not in folders)]:
            plain = stat.S_ISREG((Path(parent) / name).lstat().st_mode)
            if not is_skipped(name):
                yield (relative / name).as_posix(), Kind.FILE if plain else Kind.SPECIAL
    for error in unread:
        yield Path(error.filename).relative_to(folder).as_posix(), Kind.SPECIAL


def is_results(path: Path) -> bool:
    """Say whether a folder is one that a class was graded into."""
    return (path / "records" / "records.sqlite").is_file()


def too_many(name: str) -> UnreadableError:
    return UnreadableError(
        f"Expected the download of a class, received {clean(name)!r} with more than {MOST_FILES:,} files; name the"
        " download itself."
    )
