"""MNIST and CIFAR-10 as published: from a data folder, from the user's cache, or downloaded once into it."""

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_dir

from harness.data.download import download
from harness.errors import DataError

Raw = Mapping[str, NDArray[Any]]
Source = Literal["data folder", "cache", "would be downloaded"]
KEYS = ("x_train", "y_train", "x_test", "y_test")
CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)


@dataclass(frozen=True)
class Published:
    """A published set: shape of one image as stored, sizes of its two parts, names of its ten classes."""

    name: str
    title: str
    shape: tuple[int, ...]
    train: int
    test: int
    classes: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"{self.name}.npz"


PUBLISHED = {
    "mnist": Published("mnist", "MNIST", (28, 28), 60_000, 10_000, tuple("0123456789")),
    "cifar10": Published("cifar10", "CIFAR-10", (32, 32, 3), 50_000, 10_000, CIFAR10_CLASSES),
}


def cache_folder() -> Path:
    """Return where downloaded sets are kept for this user."""
    return Path(user_cache_dir("coursework-harness")) / "datasets"


def locate(spec: Published, data_dir: Path | None) -> Source:
    """Return where `read` would take the set from."""
    if data_dir is not None and (data_dir / spec.file).is_file():
        return "data folder"
    return "cache" if (cache_folder() / spec.file).is_file() else "would be downloaded"


def read(spec: Published, data_dir: Path | None) -> tuple[Raw, str]:
    """Return the four checked arrays and, in words without a path, where they came from.

    Images are uint8 in 0..255 of shape (n, *spec.shape), labels int64 in 0..9 of shape (n,). Raises DataError
    if a file is not what it should be, or there is none and the download fails.
    """
    source = locate(spec, data_dir)
    if source == "data folder" and data_dir is not None:
        raw = read_npz(data_dir / spec.file, spec)
        return raw, f"{_title(spec, raw)}, from {spec.file} in the data folder"
    path = cache_folder() / spec.file
    if source == "would be downloaded":
        _fetch(spec, path, data_dir)
    raw = read_npz(path, spec)
    return raw, f"{_title(spec, raw)}, as downloaded by Keras"


def read_npz(path: Path, spec: Published) -> Raw:
    """Return the arrays of an npz file after checking names, dtypes, shapes, lengths and ranges."""
    try:
        stored = np.load(path, allow_pickle=False)
        if not isinstance(stored, np.lib.npyio.NpzFile):
            raise DataError(f"{path} is a single array, expected an npz file with {', '.join(KEYS)}.")
        with stored:
            missing = [key for key in KEYS if key not in stored.files]
            if missing:
                raise DataError(f"{path} lacks {', '.join(missing)}, expected {', '.join(KEYS)}; use Keras's names.")
            arrays = {key: stored[key] for key in KEYS}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} cannot be read as an npz file of plain arrays; replace or delete it.") from error
    for part in ("train", "test"):
        _check_images(path, f"x_{part}", arrays[f"x_{part}"], spec)
        arrays[f"y_{part}"] = _labels(path, f"y_{part}", arrays[f"y_{part}"], len(arrays[f"x_{part}"]))
    return arrays


def _check_images(path: Path, key: str, x: NDArray[Any], spec: Published) -> None:
    if x.dtype != np.uint8:
        raise DataError(f"{path}: expected {key} as uint8 in 0..255, received {x.dtype}; store the raw pixels.")
    if x.shape[1:] != spec.shape or len(x) == 0:
        wanted = ", ".join(map(str, ("n", *spec.shape)))
        raise DataError(f"{path}: expected {key} of shape ({wanted}), received {x.shape}; is it {spec.title}?")
    if int(x.max()) < 2:
        raise DataError(
            f"{path}: expected {key} with pixels in 0..255, received at most {x.max()}; store the raw pixels."
        )


def _labels(path: Path, key: str, y: NDArray[Any], images: int) -> NDArray[np.int64]:
    if y.dtype.kind not in "iu" or y.shape not in {(images,), (images, 1)}:
        raise DataError(
            f"{path}: expected {key} as {images} integers, one per image, "
            f"received {y.dtype} of shape {y.shape}; write the file anew."
        )
    if y.min() < 0 or y.max() > 9:
        raise DataError(f"{path}: expected labels 0..9 in {key}, received {y.min()}..{y.max()}; write the file anew.")
    return y.reshape(-1).astype(np.int64)


def _title(spec: Published, raw: Raw) -> str:
    """Return the set's title, and how much of it is there unless it is all."""
    train, test = len(raw["x_train"]), len(raw["x_test"])
    if (train, test) == (spec.train, spec.test):
        return spec.title
    return f"a subset of {spec.title} ({train:,} of {spec.train:,} training and {test:,} of {spec.test:,} test images)"


def _fetch(spec: Published, path: Path, data_dir: Path | None) -> None:
    try:
        download(spec.name, path)
    except DataError as error:
        where = f"into the data folder {data_dir}" if data_dir else "into a folder"
        named = "" if data_dir else " and name that folder with --data-dir or HARNESS_DATA"
        raise DataError(
            f"{spec.title} is not on this computer and could not be downloaded ({error}); "
            f"put {spec.file} ({', '.join(KEYS)}) {where}{named}."
        ) from error
