"""Tiny ImageNet: 200 classes of photographs, 64 × 64 (Stanford CS231n, from ImageNet), in its original layout.

It is `tiny-imagenet-200`, a folder or a zip of the data folder; nobody may download it for others. The labelled
validation images are the test part, since those of the original test part have no labels.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import Image

from harness.data.base import Dataset, Sizes
from harness.data.folders import Folders, place_for
from harness.data.key import Key
from harness.data.loader import Where
from harness.data.parts import Part, Parts, dataset, divide
from harness.data.tree import Tree, locate_tree
from harness.errors import DataError

NAME: Final = "tiny-imagenet-200"
SIDE: Final = 64  # pixels
CLASSES: Final = 200
PUBLISHED: Final = {"train": 100_000, "test": 10_000}
Labelled = tuple[str, int]  # the name of a file and the number of its class


@dataclass(frozen=True)
class TinyImageNet:
    """Images float32 in [0, 1] of shape (n, 64, 64, 3), labels int64 of shape (n,), classes in the order of their ids.

    All there are unless sizes are asked for; of ten training images one is for validation. A part of the set, with
    fewer classes or images, is taken as it is and says so.
    """

    def where(self, folders: Folders) -> Where:
        found = locate_tree(NAME, folders)
        return found[1].called if found else "nowhere"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        found = locate_tree(NAME, folders)
        if found is None:
            place = place_for(f"{NAME}.zip or the folder {NAME}", folders)
            raise DataError(f"Tiny ImageNet is not on this computer, and nobody may download it for others; {place}.")
        path, folder = found
        with Tree.of(path, NAME) as tree:
            parts, classes = read(tree)
        own = Sizes(val=max(len(parts.train[1]) // 10, len(classes)))
        origin = f"{amount(parts, classes)}, from {tree.shown} in {folder.words}"
        return dataset("tiny_imagenet", divide(parts, sizes, own, key), classes, origin, PUBLISHED, key)


def read(tree: Tree) -> tuple[Parts, tuple[str, ...]]:
    """Return all labelled images and the names of the classes; raises DataError that names the file at fault."""
    train = [name for name in tree.names if name.startswith("train/") and "/images/" in name]
    ids = sorted({name.split("/")[1] for name in train})
    if len(ids) < 2:
        raise DataError(
            f"{tree.shown}: expected train/CLASS/images/ of two classes at least, found {len(ids)}; add some."
        )
    number = {each: i for i, each in enumerate(ids)}
    training = [(name, number[name.split("/")[1]]) for name in train]
    parts = Parts(images(tree, training), test=images(tree, [*annotated(tree, number)]))
    return parts, class_names(tree, ids)


def annotated(tree: Tree, number: Mapping[str, int]) -> Iterator[Labelled]:
    """Yield the validation images that `val/val_annotations.txt` gives a class of the training part."""
    there = set(tree.names)
    for line in tree.lines("val/val_annotations.txt"):
        file, _, rest = line.partition("\t")
        each, name = rest.partition("\t")[0], f"val/images/{file}"
        if name not in there:
            raise DataError(f"{tree.shown}: val_annotations.txt names {file[:60]!r}, which is not there; add it.")
        if each not in number:
            raise DataError(f"{tree.shown}: {file[:60]!r} is of the class {each[:20]!r}, which has no training images.")
        yield name, number[each]


def class_names(tree: Tree, ids: Sequence[str]) -> tuple[str, ...]:
    """Return the first word that `words.txt` has for each id, and the id where there is none or others have it too."""
    words = dict(line.split("\t", 1) for line in tree.lines("words.txt") if "\t" in line)
    found = [words.get(each, each).partition(",")[0].strip() for each in ids]
    return tuple(name if found.count(name) == 1 else each for name, each in zip(found, ids, strict=True))


def images(tree: Tree, labelled: Sequence[Labelled]) -> Part:
    """Return images uint8 (n, 64, 64, 3), grey ones in three equal channels, and labels int64 (n,)."""
    if not labelled:
        raise DataError(f"{tree.shown}: expected labelled images in train/ and in val/, found none in one of them.")
    x = np.empty((len(labelled), SIDE, SIDE, 3), np.uint8)
    for row, (name, _) in zip(x, labelled, strict=True):
        try:
            with Image.open(io.BytesIO(tree.read(name)), formats=("JPEG",)) as image:
                row[:] = np.asarray(image.convert("RGB"))
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise DataError(f"{tree.shown}: {name} is no JPEG of {SIDE} × {SIDE} pixels; replace it.") from error
    return x, np.array([label for _, label in labelled], np.int64)


def amount(parts: Parts, classes: Sequence[str]) -> str:
    """Return the set's title, and how much of it is there unless it is all."""
    if parts.published == PUBLISHED:
        return "Tiny ImageNet"
    train, test = parts.published["train"], parts.published["test"]
    return f"a part of Tiny ImageNet ({len(classes)} of {CLASSES} classes, {train:,} training and {test:,} test images)"


DATASET = TinyImageNet()
