"""Data sets by name: modules of `harness.data.sets`, and files and folders of images in the folders looked in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.data import sets
from harness.data.base import Dataset, Sizes
from harness.data.examples import read_examples
from harness.data.folders import DataFolder, Folders
from harness.data.images import inner_folders, is_image_folder, read_images
from harness.data.key import PRACTICE, Key
from harness.data.loader import Invented, Loader, Where, Whole
from harness.data.parts import Parts, dataset, divide
from harness.errors import DataError, did_you_mean


@dataclass(frozen=True)
class Brought:
    """A set that lies in a folder as NAME.npz or as a folder NAME of images."""

    name: str
    path: Path
    folder: DataFolder
    kind: Literal["npz", "images"]

    def where(self, folders: Folders) -> Where:
        del folders
        return self.folder.called

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        """Return the set; a part that was not brought is drawn from training: of ten examples one, for a test two."""
        del folders
        parts, classes = read_examples(self.path) if self.kind == "npz" else read_images(self.path)
        origin = f"{self.shown} in {self.folder.words}"
        drawn = divide(parts, sizes, own_sizes(parts, len(classes)), key)
        return dataset(self.name, drawn, classes, origin, parts.published, key)

    @property
    def shown(self) -> str:
        return self.path.name if self.kind == "npz" else f"the images of {self.path.name}/"


def own_sizes(parts: Parts, classes: int) -> Sizes:
    """Return how much of the training part makes the parts that are missing: one of each class at the least."""
    n = len(parts.train[1])
    tenth, fifth = max(n // 10, classes, 1), max(n // 5, classes, 1)
    return Sizes(val=tenth if parts.val is None else None, test=fifth if parts.test is None else None)


def names(folders: Folders = ()) -> tuple[str, ...]:
    """Return the names of all data sets, those that only the folders hold last."""
    brought = {name for folder in folders for name in _names_in(folder)}
    return (*sets.names(), *sorted(brought - set(sets.names())))


def find(name: str, folders: Folders) -> Where:
    """Return where `load` would take the set from, without reading it. Raises DataError for an unknown name."""
    return _loader(name, folders).where(folders)


def is_invented(name: str) -> bool:
    """Say whether the key of a class draws all of a set of the harness, so that nobody can hold it beforehand."""
    if name not in sets.names():
        return False
    loader = sets.find(name)
    return isinstance(loader, Invented) or (isinstance(loader, Whole) and loader.invented)


def load(name: str, folders: Folders, sizes: Sizes, key: Key = PRACTICE) -> Dataset:
    """Return a data set by name from the first place that has it; what each holds stands with its loader.

    `sizes` say how much of each part is taken, where the set has parts to choose from; `key` is what they are drawn
    with. Raises DataError for an unknown name, a size that does not fit, or a missing or wrong file.
    """
    return _loader(name, folders).load(folders, sizes, key)


def _loader(name: str, folders: Folders) -> Loader:
    found = [brought for folder in folders for brought in _brought(folder, name)]
    if name in sets.names():
        loader = sets.find(name)
        if found and loader.where(folders) == "shipped":
            raise DataError(
                f"{found[0].shown} in {found[0].folder.words} has the name of a data set that ships with the harness;"
                " give it another name, or nobody knows which is meant."
            )
        return loader
    if not found:
        raise DataError(
            f"There is no data set {name!r}, neither in the harness nor as {name}.npz or a folder of images {name}/"
            f" in a data folder.{did_you_mean(name, names(folders))}"
        )
    first, *others = found
    if others and others[0].folder == first.folder:
        raise DataError(f"Expected one data set {name!r} in {first.folder.words}, found a file and a folder; keep one.")
    return first


def _brought(folder: DataFolder, name: str) -> Iterator[Brought]:
    """Yield the file and the folder of that name that can be a data set, as far as they are there."""
    if Path(name).name != name or name in ("", ".."):  # a name is no path
        return
    if (file := folder.path / f"{name}.npz").is_file():
        yield Brought(name, file, folder, "npz")
    if is_image_folder(inner := folder.path / name):
        yield Brought(name, inner, folder, "images")


def _names_in(folder: DataFolder) -> Iterator[str]:
    """Yield the name of every file and folder that can be a data set."""
    yield from (file.stem for file in folder.path.glob("*.npz") if file.is_file())
    yield from (inner.name for inner in inner_folders(folder.path) if is_image_folder(inner))
