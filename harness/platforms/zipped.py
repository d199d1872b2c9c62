"""A download that is a zip: its directory is bounded before it is read, and no size in it is believed."""

import errno
import io
import os
import zipfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from harness.intake.archive import BROKEN, ENTRY_SIGNATURE, is_encrypted, read_member, wrong_with
from harness.intake.names import clean
from harness.platforms.model import NotUnderstood
from harness.platforms.source import GIT, MOST_FILES, UnreadableError, too_many

MOST_SIGNATURES = 5 * MOST_FILES  # zips of students, each with entries of its own, lie in it
CHUNK = 1 << 24
MOST_PATH = 1_000  # characters; patterns are slow on long names
UTF_8 = 0x800  # flag bit: the name is in UTF-8


@dataclass(frozen=True)
class Zipped:
    """A zip, on the disk or in memory; it is opened anew in each process that reads it."""

    name: str
    packed: Path | bytes
    outer: tuple[str, ...] = ()

    @cached_property
    def files(self) -> tuple[str, ...]:
        return tuple(sorted(self._members))

    @cached_property
    def repositories(self) -> frozenset[str]:
        parts = (PurePosixPath(named(m)).parts for m in self._directory)
        return frozenset("/".join(p[: p.index(GIT)]) for p in parts if GIT in p)

    @cached_property
    def refused(self) -> tuple[NotUnderstood, ...]:
        found = [(named(m), why_not(m)) for m in self._directory if not m.is_dir()]
        times = Counter(path for path, why in found if not why)
        found += [(path, f"{clean(path)!r} twice") for path, n in times.items() if n > 1]
        return tuple(NotUnderstood(clean(p), f"The zip holds {why}; it is not opened.") for p, why in found if why)

    def tops(self, prefix: str) -> dict[str, bool]:
        below = (p[len(prefix) :].partition("/") for p in self.files if p.startswith(prefix))
        return {name: bool(slash) for name, slash, _ in below}

    def read(self, path: str, size: int) -> bytes:
        try:
            return read_member(self._archive, self._members[path], size)
        except BROKEN as error:
            raise OSError(errno.EIO, "it is damaged in the download") from error

    @property
    def _archive(self) -> zipfile.ZipFile:
        """The zip as this process has it open: two that share a file would move each other's place in it."""
        opened: dict[int, zipfile.ZipFile] = self.__dict__.setdefault("_opened", {})
        if os.getpid() not in opened:
            opened[os.getpid()] = zipfile.ZipFile(stream(self.packed))
        return opened[os.getpid()]

    @cached_property
    def _directory(self) -> list[zipfile.ZipInfo]:
        try:
            if signatures(self.packed) > MOST_SIGNATURES or len(found := self._archive.infolist()) > MOST_FILES:
                raise too_many(self.name)
        except BROKEN as error:
            raise UnreadableError(
                f"Expected the zip of a class, received {clean(self.name)!r}, which is damaged or no zip at all;"
                " download it again."
            ) from error
        return found

    @cached_property
    def _members(self) -> dict[str, zipfile.ZipInfo]:
        good = [m for m in self._directory if not m.is_dir() and not why_not(m)]
        times = Counter(named(m) for m in good)
        return {named(m): m for m in good if times[named(m)] == 1}


def why_not(member: zipfile.ZipInfo) -> str:
    """Return why a member is not opened, as the object of a sentence; empty if it is."""
    if len(member.orig_filename) > MOST_PATH:
        return f"a path of more than {MOST_PATH:,} characters"
    return wrong_with(member) or (f"{clean(member.orig_filename)!r}, encrypted" if is_encrypted(member) else "")


def stream(packed: Path | bytes) -> BinaryIO:
    return io.BytesIO(packed) if isinstance(packed, bytes) else packed.open("rb")


def signatures(packed: Path | bytes) -> int:
    """Return at least how many entries the directory of a zip has, without listing them."""
    count, rest = 0, b""
    with stream(packed) as file:
        while chunk := file.read(CHUNK):
            count += (rest + chunk).count(ENTRY_SIGNATURE)
            rest = chunk[-len(ENTRY_SIGNATURE) + 1 :]
            if count > MOST_SIGNATURES:
                break
    return count


def named(member: zipfile.ZipInfo) -> str:
    """Return the path in the zip; bytes that are UTF-8 and not said to be are read as such, as macOS writes them."""
    path = member.orig_filename
    if not member.flag_bits & UTF_8 and not path.isascii():
        with suppress(UnicodeError):
            path = path.encode("cp437").decode("utf-8")
    return PurePosixPath(path).as_posix()
