"""The files that a step may read and that may hold data, each with a mark by which a change of it is known."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from harness.search.pieces import passed_over

KERNEL = ("/proc", "/sys", "/dev")  # no files at all: what is read there is made up as it is read
CACHE = "/__pycache__/"


@dataclass(frozen=True)
class File:
    """A plain file; `mark` is another one as soon as size or times are others."""

    path: str
    size: int
    changed_ns: int
    mark: int
    inode: tuple[int, int]


def files_in(roots: Iterable[str], closed: Sequence[str]) -> Iterator[File]:
    """Yield the files beneath some folders that may hold data, but for what is closed; links are not followed."""
    shut = {os.path.realpath(path) for path in closed}
    waiting = [path for path in dict.fromkeys(map(os.path.realpath, roots)) if not path.startswith(KERNEL)]
    seen = set[str]()
    while waiting:
        here = waiting.pop()
        if here in shut or here in seen:
            continue
        seen.add(here)
        try:
            found = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif entry.path not in shut and (file := as_file(entry)):
                yield file


def as_file(entry: "os.DirEntry[str]") -> File | None:
    try:
        if passed_over(entry.name, 1 << 62):  # by its name alone: a look at the file costs more
            return None
        known = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(known.st_mode) or passed_over(entry.name, known.st_size):
        return None
    told = f"{entry.path}|{known.st_size}|{known.st_mtime_ns}|{known.st_ctime_ns}"
    mark = int.from_bytes(blake2b(os.fsencode(told), digest_size=8).digest())
    return File(entry.path, known.st_size, known.st_mtime_ns, mark, (known.st_dev, known.st_ino))


def without_compiled(files: Sequence[File]) -> list[File]:
    """Leave out byte code that lies beside the source it was compiled from: it holds what the source holds."""
    sources = {file.path: file.changed_ns for file in files if file.path.endswith(".py")}
    return [file for file in files if file.changed_ns < sources.get(source_of(file.path), file.changed_ns + 1)]


def source_of(path: str) -> str:
    """Return the source that byte code in a `__pycache__` is of; "" for any other file."""
    folder, found, name = path.rpartition(CACHE)
    return f"{folder}/{name.partition('.')[0]}.py" if found and name.endswith(".pyc") else ""


def compiled_from(path: str) -> list[str]:
    """Return the files of byte code that lie beside a source."""
    folder, name = os.path.split(path)
    if not name.endswith(".py"):
        return []
    try:
        found = sorted(os.listdir(folder + CACHE))
    except OSError:
        return []
    stem = name.removesuffix(".py")
    return [folder + CACHE + one for one in found if one.startswith(stem + ".") and one.endswith(".pyc")]
