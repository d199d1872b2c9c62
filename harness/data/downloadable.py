"""Published sets that Keras can fetch: from a data folder, from the user's cache, or downloaded once into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_dir

from harness.data.base import Dataset, Sizes
from harness.data.download import download
from harness.data.folders import DataFolder, Folders, place_for
from harness.data.key import Key
from harness.data.loader import Where
from harness.data.npz import KEYS, read_npz
from harness.data.parts import Parts, dataset, divide
from harness.errors import DataError

Raw = Mapping[str, NDArray[Any]]
NO_VALIDATION = Sizes(val=0)


def cache_folder() -> Path:
    """Return where downloaded sets are kept for this user."""
    return Path(user_cache_dir("coursework-harness")) / "datasets"


@dataclass(frozen=True)
class Downloadable:
    """A set that `keras.datasets` holds under `name`: shape of one image, sizes of its two parts, names of its classes.

    Loaded, images are float32 in [0, 1] of shape (n, height, width, channels), labels int64 of shape (n,). It is whole
    unless sizes are asked for, and a validation part is taken out of training.
    """

    name: str
    title: str
    shape: tuple[int, ...]
    train: int
    test: int
    classes: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.npz"

    def where(self, folders: Folders) -> Where:
        if folder := self._holder(folders):
            return folder.called
        return "cache" if (cache_folder() / self.file).is_file() else "would be downloaded"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        raw, origin = self.read(folders)
        stored = Parts(train=(raw["x_train"], raw["y_train"]), test=(raw["x_test"], raw["y_test"]))
        published = {"train": self.train, "test": self.test}
        parts = divide(stored, sizes, NO_VALIDATION, key)
        return dataset(self.name, parts, self.classes, origin, published, key)

    def read(self, folders: Folders) -> tuple[Raw, str]:
        """Return the four checked arrays and, in words without a path, where they came from.

        Images are uint8 in 0..255 of shape (n, *shape), labels int64 of shape (n,). Raises DataError if a file is not
        what it should be, or there is none and the download fails.
        """
        if folder := self._holder(folders):
            raw = checked(folder.path / self.file, self)
            return raw, f"{self._amount(raw)}, from {self.file} in {folder.words}"
        path = cache_folder() / self.file
        if not path.is_file():
            self._fetch(path, folders)
        raw = checked(path, self)
        return raw, f"{self._amount(raw)}, as downloaded by Keras"

    def _holder(self, folders: Folders) -> DataFolder | None:
        return next((folder for folder in folders if (folder.path / self.file).is_file()), None)

    def _amount(self, raw: Raw) -> str:
        """Return the set's title, and how much of it is there unless it is all."""
        train, test = len(raw["x_train"]), len(raw["x_test"])
        if (train, test) == (self.train, self.test):
            return self.title
        parts = f"{train:,} of {self.train:,} training and {test:,} of {self.test:,} test images"
        return f"a subset of {self.title} ({parts})"

    def _fetch(self, path: Path, folders: Folders) -> None:
        try:
            download(self.name, path)
        except DataError as error:
            mend = place_for(f"{self.file} ({', '.join(KEYS)})", folders)
            raise DataError(
                f"{self.title} is not on this computer and could not be downloaded ({error}); {mend}."
            ) from error


def checked(path: Path, expected: Downloadable) -> Raw:
    """Return the arrays of a file after checking names, dtypes, shapes, lengths and ranges."""
    arrays = read_npz(path, str(path))
    for part in ("train", "test"):
        _check_images(path, f"x_{part}", arrays[f"x_{part}"], expected)
        arrays[f"y_{part}"] = _labels(path, f"y_{part}", arrays[f"y_{part}"], len(arrays[f"x_{part}"]), expected)
    return arrays


def _check_images(path: Path, key: str, x: NDArray[Any], expected: Downloadable) -> None:
    if x.dtype != np.uint8:
        raise DataError(f"{path}: expected {key} as uint8 in 0..255, received {x.dtype}; store the raw pixels.")
    if x.shape[1:] != expected.shape or len(x) == 0:
        wanted = ", ".join(map(str, ("n", *expected.shape)))
        raise DataError(f"{path}: expected {key} of shape ({wanted}), received {x.shape}; is it {expected.title}?")
    if int(x.max()) < 2:
        raise DataError(
            f"{path}: expected {key} with pixels in 0..255, received at most {x.max()}; store the raw pixels."
        )


def _labels(path: Path, key: str, y: NDArray[Any], images: int, expected: Downloadable) -> NDArray[np.int64]:
    if y.dtype.kind not in "iu" or y.shape not in {(images,), (images, 1)}:
        raise DataError(
            f"{path}: expected {key} as {images} integers, one per image, "
            f"received {y.dtype} of shape {y.shape}; write the file anew."
        )
    last = len(expected.classes) - 1
    if y.min() < 0 or y.max() > last:
        received = f"{y.min()}..{y.max()}"
        raise DataError(f"{path}: expected labels 0..{last} in {key}, received {received}; write the file anew.")
    return y.reshape(-1).astype(np.int64)
