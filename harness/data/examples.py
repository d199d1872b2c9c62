"""Examples that an instructor brings in an npz file: what inputs, targets and names of classes may be."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from harness.data.npz import KEYS, OPTIONAL, Arrays, read_npz
from harness.data.parts import NAMES, Part, Parts
from harness.errors import DataError

CHANNELS = range(1, 5)
LARGEST_ID = np.iinfo(np.int32).max


def read_examples(path: Path) -> tuple[Parts, tuple[str, ...]]:
    """Return the parts of an npz file and the names of its classes; none where targets are numbers.

    Inputs are images, uint8 (n, height, width) or (n, height, width, channels), or float32 in [0, 1] with channels;
    vectors or series of them, float32 (n, features) or (n, steps, features); or ids, int32 (n, steps). Targets are
    labels 0..k-1, int64 (n,), each found in training, or numbers, float32 (n,) or (n, m). Classes without names are
    called "0".."k-1". Raises DataError that says what is not so.
    """
    arrays = read_npz(path, path.name, KEYS, OPTIONAL)
    if ("x_val" in arrays) != ("y_val" in arrays):
        wrong(path, "expected x_val and y_val together, received one of them; add the other or take it out")
    found = {part: _part(path, part, arrays) for part in NAMES if f"x_{part}" in arrays}
    _check_alike(path, found)
    return Parts(found["train"], found["test"], found.get("val")), _classes(path, found, arrays)


def wrong(path: Path, what: str) -> NoReturn:
    raise DataError(f"{path.name}: {what}.")


def _part(path: Path, part: str, arrays: Arrays) -> Part:
    x, y = arrays[f"x_{part}"], arrays[f"y_{part}"]
    if x.ndim == 0 or len(x) == 0:
        wrong(path, f"expected examples in x_{part}, received shape {x.shape}; leave out what is empty")
    return inputs(path, f"x_{part}", x), targets(path, f"y_{part}", y, len(x))


def inputs(path: Path, key: str, x: NDArray[Any]) -> NDArray[Any]:
    """Return checked inputs: images as uint8 or float32, vectors and series as float32, ids as int32."""
    if x.dtype == np.uint8 and x.ndim in (3, 4):
        return _pixels(path, key, x)
    if x.dtype.kind in "iu" and x.ndim == 2:
        return _ids(path, key, x)
    if x.dtype.kind == "f" and x.ndim in (2, 3, 4):
        numbers = _finite(path, key, x)
        return numbers if x.ndim < 4 else _scaled(path, key, numbers)
    wrong(
        path,
        f"expected {key} as images (uint8 of 3 or 4 axes, floats of 4), vectors (floats of 2 or 3) or ids (integers of"
        f" 2), received {x.dtype} of shape {x.shape}; store it as one of these",
    )


def _pixels(path: Path, key: str, x: NDArray[np.uint8]) -> NDArray[np.uint8]:
    _check_channels(path, key, x)
    if x.max() < 2:
        wrong(path, f"expected {key} with pixels in 0..255, received at most {x.max()}; store the raw pixels")
    return x


def _scaled(path: Path, key: str, x: NDArray[np.float32]) -> NDArray[np.float32]:
    _check_channels(path, key, x)
    if x.min() < 0 or x.max() > 1:
        received = f"{x.min():g}..{x.max():g}"
        wrong(path, f"expected {key} with pixels in [0, 1], received {received}; scale them or store them as uint8")
    return x


def _check_channels(path: Path, key: str, x: NDArray[Any]) -> None:
    if x.ndim == 4 and x.shape[-1] not in CHANNELS:
        wrong(path, f"expected {key} of shape (n, height, width, 1 to 4 channels), received {x.shape}; move the axis")


def _ids(path: Path, key: str, x: NDArray[Any]) -> NDArray[np.int32]:
    if x.size and (x.min() < 0 or x.max() > LARGEST_ID):
        wrong(path, f"expected {key} as ids from 0, received {x.min()}..{x.max()}; store floats if they are numbers")
    return x.astype(np.int32)


def _finite(path: Path, key: str, x: NDArray[Any]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        numbers = x.astype(np.float32)
    if bad := int(numbers.size - np.isfinite(numbers).sum()):
        wrong(path, f"expected finite float32 numbers in {key}, received {bad:,} that are not; mend or drop their rows")
    return numbers


def targets(path: Path, key: str, y: NDArray[Any], examples: int) -> NDArray[Any]:
    """Return checked targets: labels as int64 (n,), or numbers as float32 (n,) or (n, m)."""
    if y.dtype.kind in "iu" and y.shape in {(examples,), (examples, 1)}:
        if y.min() < 0:
            wrong(path, f"expected labels from 0 in {key}, received {y.min()}; number the classes from 0")
        return y.reshape(-1).astype(np.int64)
    if y.dtype.kind == "f" and y.ndim in (1, 2) and len(y) == examples:
        return _finite(path, key, y)
    wrong(
        path,
        f"expected {key} as {examples:,} labels (integers of 1 axis) or as many numbers (floats of 1 or 2),"
        f" received {y.dtype} of shape {y.shape}; store one target for each example",
    )


def _check_alike(path: Path, found: dict[str, Part]) -> None:
    """Raise DataError if the parts hold examples of different kinds or shapes."""
    for letter, which in (("x", 0), ("y", 1)):
        first = found["train"][which]
        for name, part in found.items():
            if (part[which].dtype, part[which].shape[1:]) != (first.dtype, first.shape[1:]):
                shapes = " and ".join(f"{a.dtype} of shape {a.shape}" for a in (first, part[which]))
                wrong(path, f"expected {letter}_train and {letter}_{name} alike, received {shapes}; write them alike")


def _classes(path: Path, found: dict[str, Part], arrays: Arrays) -> tuple[str, ...]:
    labels = {name: part[1] for name, part in found.items()}
    names = _class_names(path, arrays["classes"]) if "classes" in arrays else None
    if labels["train"].dtype.kind == "f":
        if names is not None:
            wrong(path, "expected integer labels where there are classes, received floats; store labels as integers")
        return ()
    highest = {name: int(y.max()) for name, y in labels.items()}
    k = len(names) if names is not None else max(highest.values()) + 1
    for name, label in highest.items():
        if label >= k:
            wrong(path, f"expected labels 0..{k - 1} in y_{name}, one for each of classes, received {label}; name all")
    _check_all_taught(path, labels["train"], k)
    return tuple(names) if names is not None else tuple(map(str, range(k)))


def _class_names(path: Path, classes: NDArray[Any]) -> Sequence[str]:
    names: list[str] = classes.tolist() if classes.dtype.kind == "U" and classes.ndim == 1 else []
    if len(set(names)) != classes.size or not all(name.strip() for name in names) or not names:
        received = f"{classes.dtype} of shape {classes.shape}"
        wrong(path, f"expected classes as different names, np.array([…, …]), received {received}; name each class once")
    return names


def _check_all_taught(path: Path, labels: NDArray[np.int64], k: int) -> None:
    counts = np.bincount(labels[labels < k], minlength=k) if k <= len(labels) else np.zeros(1, np.int64)
    if not counts.all():
        missing = int(counts.argmin())
        wrong(path, f"expected every label of 0..{k - 1} in y_train, received none of {missing}; number them in a row")
