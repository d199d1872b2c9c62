"""Vectors of English words in GloVe's text form (Pennington, Socher and Manning 2014), from a data folder.

A line is a word and its numbers; the files come with the most frequent words first.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset, Sizes
from harness.data.folders import DataFolder, Folders, place_for
from harness.data.key import Key
from harness.data.loader import Where, refuse_sizes
from harness.data.word_vectors import vectors
from harness.errors import DataError

NAMED: Final = ("glove.txt", "glove.txt.gz", "glove.6B.100d.txt", "glove.6B.100d.txt.gz")
MOST: Final = 100_000  # words that are read, the first
LONGEST: Final = 20_000  # characters of a line
WIDEST: Final = 1_000  # numbers of a vector


@dataclass(frozen=True)
class Glove:
    """`words` (w,) and `vectors` float32 (w, size) of one file, plain or gzipped."""

    def where(self, folders: Folders) -> Where:
        found = locate(folders)
        return found[1].called if found else "nowhere"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        """Raises DataError where there is no file or more than one to choose from, or one that cannot be read."""
        refuse_sizes("glove", sizes)
        found = locate(folders)
        if found is None:
            place = place_for(f"{NAMED[2]} or another file glove*.txt, plain or gzipped,", folders)
            raise DataError(f"There is one file of GloVe's vectors wanted, and none is downloaded; {place}.")
        path, folder = found
        words, rows = read(path)
        return vectors("glove", words, rows, f"{len(words):,} words of {path.name} in {folder.words}", key)


def locate(folders: Folders) -> tuple[Path, DataFolder] | None:
    """Return the file of the first folder that has one of a known name, or else one only `glove*.txt` or `.txt.gz`."""
    for folder in folders:
        there = sorted(p for end in ("txt", "txt.gz") for p in folder.path.glob(f"glove*.{end}") if p.is_file())
        known = [p for name in NAMED for p in there if p.name == name]
        if known or len(there) == 1:
            return (known or there)[0], folder
    return None


def read(path: Path) -> tuple[list[str], NDArray[np.float32]]:
    """Return words and vectors; raises DataError that names the line at fault."""
    words, rows = list[str](), list[NDArray[np.float32]]()
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, fields in enumerate(islice(lines(file), MOST), 1):
                size = len(rows[0]) if rows else len(fields) - 1
                words.append(" ".join(fields[:-size]))
                rows.append(numbers(fields[-size:], size, f"{path.name}: line {number}"))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} cannot be read as UTF-8 text; fetch it again.") from error
    if not rows:
        raise DataError(f"{path.name}: expected lines of a word and its numbers, found none; fetch it again.")
    return words, np.stack(rows)


def lines(file: IO[bytes] | gzip.GzipFile) -> Iterator[list[str]]:
    while line := file.readline(LONGEST):
        yield line.decode("utf-8").rstrip("\n").rstrip().split(" ")


def numbers(fields: list[str], size: int, where: str) -> NDArray[np.float32]:
    try:
        row = np.array(fields, np.float32)
    except ValueError:
        row = np.zeros(0, np.float32)
    if not 0 < size <= WIDEST or row.shape != (size,) or not np.isfinite(row).all():
        raise DataError(f"{where}: expected a word and {size or 'some'} numbers, received something else.")
    return row


DATASET = Glove()
