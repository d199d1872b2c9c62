"""Film reviews of IMDB, 50,000 that praise or blame (Maas et al. 2011), in any of the forms in which people have them.

They lie in a data folder: nobody may download them for others. The forms are Keras's `imdb.npz` beside its
`imdb_word_index.json`, the folder `aclImdb` or a zip of it, and `imdb.csv`, plain or gzipped, with the columns `text`,
`label` (0 or 1) and `split` (train or test).
"""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from harness.data.base import Dataset, Sizes
from harness.data.folders import DataFolder, Folders, place_for
from harness.data.key import Key
from harness.data.labelled_texts import numbered, split
from harness.data.listed_npz import read_lists
from harness.data.loader import Where
from harness.data.parts import Parts, dataset, divide
from harness.data.tree import Tree
from harness.errors import DataError

CLASSES: Final = ("blame", "praise")
PUBLISHED: Final = {"train": 25_000, "test": 25_000}
LARGEST: Final = 500_000_000  # bytes of a file, unpacked
NPZ, INDEX, FOLDER, CSV = "imdb.npz", "imdb_word_index.json", "aclImdb", "imdb.csv"
Labelled = tuple[list[str], int]  # the words of a review, and 1 where it praises
Reviews = Mapping[str, Sequence[Labelled]]  # by part


@dataclass(frozen=True)
class Imdb:
    """Reviews as numbers of `words`, int32 (n, 400) at most, the last words of each, and labels int64 (n,).

    All there are unless sizes are asked for; of ten training reviews one is for validation. A part of the set is taken
    as it is and says so.
    """

    def where(self, folders: Folders) -> Where:
        found = locate(folders)
        return found[1].called if found else "nowhere"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        """Raises DataError where no form is there, or one that cannot be read."""
        found = locate(folders)
        if found is None:
            forms = f"{NPZ} with {INDEX}, the folder {FOLDER} or {CSV}, plain or gzipped"
            raise DataError(
                f"IMDB's reviews are not on this computer, and nobody may download them for others;"
                f" {place_for(forms, folders)}."
            )
        path, folder, read = found
        reviews = read(path)
        if short := [part for part in PUBLISHED if {label for _, label in reviews[part]} != {0, 1}]:
            raise DataError(f"{path.name}: expected reviews that praise and that blame in {short[0]}, found one kind.")
        rows, words = numbered(*([text for text, _ in reviews[part]] for part in PUBLISHED))
        labels = [np.array([label for _, label in reviews[part]], np.int64) for part in PUBLISHED]
        parts = Parts((rows[0], labels[0]), test=(rows[1], labels[1]))
        own = Sizes(val=max(len(labels[0]) // 10, len(CLASSES)))
        origin = f"{amount(parts.published)}, from {path.name} in {folder.words}"
        made = dataset("imdb", divide(parts, sizes, own, key), CLASSES, origin, PUBLISHED, key)
        return Dataset("imdb", {**made.arrays, "words": words}, CLASSES, origin, PUBLISHED, key=key)


def locate(folders: Folders) -> tuple[Path, DataFolder, Callable[[Path], Reviews]] | None:
    """Return the first form there is in the first folder that has one, and what reads it."""
    forms = ((NPZ, of_keras), (FOLDER, of_folder), (f"{FOLDER}.zip", of_folder), (CSV, of_csv), (f"{CSV}.gz", of_csv))
    there = ((folder.path / name, folder, read) for folder in folders for name, read in forms)
    return next(((path, folder, read) for path, folder, read in there if path.exists()), None)


def of_keras(path: Path) -> Reviews:
    """Read lists of ranks of words, which the index beside them names."""
    index = path.with_name(INDEX)
    try:
        named = json.loads(index.read_text(encoding="utf-8"))
        words = {int(rank): str(word) for word, rank in named.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise DataError(f"{NPZ} holds numbers of words; expected {INDEX}, which names them, beside it.") from error
    texts, labels = ("x_train", "x_test"), ("y_train", "y_test")
    raw = read_lists(path, texts, labels)
    spelt = {x: [split(" ".join(words.get(n, "") for n in text)) for text in raw[x]] for x in texts}
    if any(len(raw[x]) != len(raw[y]) or set(raw[y]) - {0, 1} for x, y in zip(texts, labels, strict=True)):
        raise DataError(f"{NPZ}: expected a label 0 or 1 for each review, received others; fetch it again.")
    return {part: [*zip(spelt[f"x_{part}"], raw[f"y_{part}"], strict=True)] for part in PUBLISHED}


def of_folder(path: Path) -> Reviews:
    """Read `PART/pos/*.txt` and `PART/neg/*.txt`."""
    with Tree.of(path, FOLDER) as tree:
        return {part: [*in_folder(tree, part)] for part in PUBLISHED}


def in_folder(tree: Tree, part: str) -> Iterator[Labelled]:
    for kind, label in (("neg", 0), ("pos", 1)):
        for name in tree.names:
            if name.startswith(f"{part}/{kind}/") and name.endswith(".txt"):
                yield split(" ".join(tree.lines(name))), label


def of_csv(path: Path) -> Reviews:
    found: dict[str, list[Labelled]] = {part: [] for part in PUBLISHED}
    for line, row in enumerate(csv.DictReader(io.StringIO(unpacked(path), newline="")), 2):
        part, label, text = (row.get(name) for name in ("split", "label", "text"))
        if part not in found or label not in ("0", "1") or text is None:
            raise DataError(
                f"{path.name}: expected split (train or test), label (0 or 1) and text in each row, received others in"
                f" row {line}; name the columns so."
            )
        found[part].append((split(text), int(label)))
    return found


def unpacked(path: Path) -> str:
    """Return a text file, gzipped where its name says so; raises DataError for a damaged or too large one."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise DataError(f"Expected {path.name} of at most {LARGEST / 1e6:.0f} MB, unpacked; cut it.")
        return data.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} cannot be read as UTF-8 text; save or fetch it again.") from error


def amount(there: Mapping[str, int]) -> str:
    """Return the set's title, and how much of it is there unless it is all."""
    if dict(there) == PUBLISHED:
        return "IMDB's reviews"
    return f"a part of IMDB's reviews ({there['train']:,} of 25,000 training and {there['test']:,} of 25,000 test ones)"


DATASET = Imdb()
