"""Weights of a backbone that was trained elsewhere: one file of many, taken as it is, with what inputs it wants."""

import hashlib
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from harness.data.base import Dataset, Sizes
from harness.data.folders import DataFolder, Folders, place_for
from harness.data.key import Key
from harness.data.loader import Where, refuse_sizes
from harness.errors import DataError

LARGEST: Final = 1_000_000_000  # bytes of a weights file


@dataclass(frozen=True)
class Scaling:
    """The inputs that weights were trained with: (pixel - mean) / std of pixels in [0, 1], one number a channel.

    With `reverse` the channels of the first kernel come in the order blue, green, red.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    reverse: bool = False

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Return the scaling that a set of weights brings with it."""
        mean, std = (tuple(map(float, dataset.arrays[name])) for name in ("mean", "std"))
        return cls(mean, std, bool(dataset.arrays["reverse"]))

    @property
    def words(self) -> str:
        """Return what inputs weights want, in words for whoever looks for a file of them."""
        return "blue first, inputs scaled as for Caffe" if self.reverse else "red first, inputs scaled as for torch"


# As `keras.applications.imagenet_utils.preprocess_input` has them; "caffe" in parts of 255, and red first.
TORCH: Final = Scaling((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CAFFE: Final = Scaling((123.68 / 255, 116.779 / 255, 103.939 / 255), (1 / 255, 1 / 255, 1 / 255), reverse=True)


@dataclass(frozen=True)
class Wanted:
    """A file that may hold the weights, and what they were trained with."""

    name: str
    scaling: Scaling


@dataclass(frozen=True)
class Weights:
    """Weights in the data folder, in one of the `files`, the first there is: Keras's own HDF5, old or new.

    `numbers` is how many there are, moving averages included, and `first` the shape of the first kernel. Loaded, the
    set has no examples but `file`, uint8 (bytes,), with `mean`, `std` and `reverse` as `Scaling` has them.
    """

    name: str
    title: str
    numbers: int
    first: tuple[int, ...]
    files: tuple[Wanted, ...]

    def where(self, folders: Folders) -> Where:
        found = self._locate(folders)
        return found[1].called if found else "nowhere"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        """Raises DataError if no file is there, or the first one does not hold these weights."""
        refuse_sizes(self.name, sizes)
        found = self._locate(folders)
        if found is None:
            names = " or ".join(f"{wanted.name} ({wanted.scaling.words})" for wanted in self.files)
            raise DataError(
                f"Expected a file with {self._words}, found none, and none is downloaded; {place_for(names, folders)}."
            )
        wanted, folder = found
        path = folder.path / wanted.name
        try:
            if path.stat().st_size > LARGEST:
                raise DataError(f"Expected {wanted.name} of at most {LARGEST / 1e6:,.0f} MB; it is another file.")
            data = path.read_bytes()
        except OSError as error:
            raise DataError(
                f"{wanted.name} in {folder.words} cannot be read ({error.strerror}); make it readable."
            ) from error
        if received := self._unlike(held_in(data)):
            raise DataError(f"{wanted.name}: expected {self._words}, received {received}; replace it.")
        return with_file(self.name, data, wanted.scaling, f"{wanted.name} in {folder.words}", key)

    def _unlike(self, held: "Held") -> str:
        """Return how a file differs from these weights, in words; empty where it does not."""
        if not held.shapes:
            return "a file that is no HDF5 file of weights, or a part of one"
        if held.numbers != self.numbers:
            return f"one with {held.numbers:,} numbers"
        if self.first not in held.shapes:
            return "one without a kernel of this shape"
        return "" if held.by_keras else "one whose groups are not named as Keras names them"

    @property
    def _words(self) -> str:
        shape = " × ".join(map(str, self.first))
        return f"the weights of {self.title} without its top ({self.numbers:,} numbers, first kernel {shape})"

    def _locate(self, folders: Folders) -> tuple[Wanted, DataFolder] | None:
        pairs = ((wanted, folder) for folder in folders for wanted in self.files)
        return next(((w, folder) for w, folder in pairs if (folder.path / w.name).is_file()), None)


@dataclass(frozen=True)
class Held:
    """The shapes of the arrays in an HDF5 file; `by_keras` where its groups are named as Keras names them."""

    shapes: tuple[tuple[int, ...], ...] = ()
    by_keras: bool = False

    @property
    def numbers(self) -> int:
        return sum(map(math.prod, self.shapes))


def held_in(data: bytes) -> Held:
    """Return what the bytes of an HDF5 file hold; nothing for what is no such file, or not the whole of one."""
    import h5py

    shapes: list[tuple[int, ...]] = []

    def take(_: str, node: object) -> None:
        if isinstance(node, h5py.Dataset):
            shapes.append(tuple(map(int, node.shape)))

    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            file.visititems(take)
            return Held(tuple(shapes), "layers" in file or "layer_names" in file.attrs)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError):  # h5py raises what HDF5 makes of damage
        return Held()


def with_file(name: str, data: bytes, scaling: Scaling, origin: str, key: Key) -> Dataset:
    """Return the set of one file of weights."""
    arrays = {
        "file": np.frombuffer(data, np.uint8),
        "mean": np.array(scaling.mean),
        "std": np.array(scaling.std),
        "reverse": np.array(scaling.reverse),
    }
    return Dataset(name, arrays, (), origin, {}, key=key)


@dataclass(frozen=True)
class ShippedWeights:
    """Weights that come with the harness, read by `read` and known by `sha256`: an npz file of plain arrays."""

    name: str
    origin: str
    read: Callable[[], bytes]
    sha256: str
    scaling: Scaling

    def where(self, folders: Folders) -> Where:
        del folders
        return "shipped"

    def load(self, folders: Folders, sizes: Sizes, key: Key) -> Dataset:
        """Raises DataError if the file is not the one that was shipped."""
        del folders
        refuse_sizes(self.name, sizes)
        data = self.read()
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise DataError(f"The weights {self.name} of the harness are not those that were shipped; install it anew.")
        return with_file(self.name, data, self.scaling, self.origin, key)
