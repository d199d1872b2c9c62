"""Looking through the files that a step may read for data that it should not, each looked at once and remembered."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.search.fragments import Form, Wanted, reduced, runs_in_file
from harness.search.pieces import pieces

LEAST_BYTES = 4_000  # of a file that is worth a look; tables of numbers may be smaller:
TABLES, LEAST_TABLE = (".csv", ".tsv", ".txt", ".dat", ".data", ".json", ".npy", ".npz", ".gz"), 300
# Programs, and what is drawn: nobody keeps data in these.
PROGRAMS = (".so", ".a", ".o", ".h", ".hpp", ".cuh", ".cu", ".png", ".jpg", ".svg", ".ttf", ".otf", ".woff", ".woff2")
TABLE_BITS = 22
Tell = Callable[[int, int], None]  # how many files of how many are looked through


@dataclass(frozen=True)
class File:
    """A plain file with what tells whether it has changed."""

    path: str
    size: int
    changed_ns: int
    inode: tuple[int, int]

    @property
    def mark(self) -> str:
        return f"{self.size}|{self.changed_ns}"


def files_in(roots: Iterable[str], closed: Sequence[str]) -> Iterator[File]:
    """Yield the files beneath some folders that may hold data, but for what is closed; links are not followed."""
    shut = {os.path.realpath(path) for path in closed}
    waiting, seen = [*dict.fromkeys(map(os.path.realpath, roots))], set[str]()
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
    if entry.name.endswith(PROGRAMS) or ".so." in entry.name:
        return None
    try:
        known = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    if not stat.S_ISREG(known.st_mode) or known.st_size < (LEAST_TABLE if entry.name.endswith(TABLES) else LEAST_BYTES):
        return None
    return File(entry.path, known.st_size, known.st_mtime_ns, (known.st_dev, known.st_ino))


class Looker:
    """Looks for all that is wanted at once."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._wanted = wanted
        self._all = {form: self._union(form) for form in Form}
        self._table = {form: table(runs) for form, runs in self._all.items()}

    def _union(self, form: Form) -> NDArray[np.uint64]:
        runs = [one.runs[form] for one in self._wanted if form in one.runs]
        return np.unique(np.concatenate(runs)) if runs else np.zeros(0, np.uint64)

    def look(self, path: str) -> tuple[str, ...]:
        """Return the names of what a file holds."""
        met: dict[Form, set[int]] = {form: set() for form in Form}
        for piece in pieces(Path(path)):
            for form in forms_of(piece, path):
                if len(self._all[form]):
                    met[form].update(self._met(reduced(piece, form), form))
        return tuple(one.name for one in self._wanted if any(self._holds(one, form, met[form]) for form in one.runs))

    def _met(self, data: bytes, form: Form) -> list[int]:
        runs = runs_in_file(data)
        some = runs[self._table[form][runs >> np.uint64(64 - TABLE_BITS)]]
        return [int(one) for one in np.intersect1d(some, self._all[form])] if len(some) else []

    @staticmethod
    def _holds(one: Wanted, form: Form, met: set[int]) -> bool:
        if len(met) < one.least[form]:
            return False
        known = np.isin(np.fromiter(met, np.uint64, len(met)), one.runs[form])
        return int(known.sum()) >= one.least[form]


def forms_of(piece: bytes, path: str) -> tuple[Form, ...]:
    """Return how data may be written in a piece of a file: texts hold no NUL, and marshalled code holds texts."""
    if path.endswith(".pyc"):
        return (Form.LETTERS, Form.BYTES)
    return (Form.BYTES, Form.LETTERS) if b"\0" in piece[:4_096] else (Form.LETTERS, Form.DIGITS)


def table(runs: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return for the first bits of a number whether any run begins with them: most of a file is passed over by it."""
    found = np.zeros(1 << TABLE_BITS, np.bool_)
    found[runs >> np.uint64(64 - TABLE_BITS)] = True
    return found


def look_through(
    files: Sequence[File], wanted: Sequence[Wanted], remembered: Mapping[str, tuple[str, ...]], tell: Tell
) -> dict[File, tuple[str, ...]]:
    """Return what each file holds of what is wanted; `remembered` has it by path and mark of the files known."""
    looker, by_inode = Looker(wanted), dict[tuple[int, int], tuple[str, ...]]()
    found: dict[File, tuple[str, ...]] = {}
    for number, file in enumerate(files):
        known = remembered.get(f"{file.path}|{file.mark}")
        if known is None and file.inode not in by_inode:
            by_inode[file.inode] = looker.look(file.path)
            tell(number, len(files))
        found[file] = by_inode[file.inode] if known is None else known
    return found
