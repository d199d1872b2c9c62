"""Lists of integers in an npz file as Keras stores texts: pickles of which nothing is run.

NumPy pickles arrays of lists. Here no more than an array, a dtype and bytes can be made of a pickle; anything else that
it names is refused before it is looked up.
"""

import io
import pickle
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError

LARGEST: Final = 500_000_000  # bytes of one array
HARMLESS: Final = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}
BROKEN = (
    OSError,
    ValueError,
    EOFError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    zipfile.BadZipFile,
    zlib.error,
)


class Harmless(pickle.Unpickler):
    """Reads arrays, lists and plain values."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in HARMLESS:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a list of integers")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def read_lists(path: Path, names: tuple[str, ...], labels: tuple[str, ...]) -> dict[str, list[Any]]:
    """Return lists of integers by the `names` of arrays, and integers by the `labels`, of an npz file.

    Raises DataError for a file that cannot be read or holds anything else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = {name: [*lists(one(archive, name))] for name in names}
            return {**found, **{name: [int(n) for n in one(archive, name)] for name in labels}}
    except (pickle.UnpicklingError, MemoryError, *BROKEN) as error:
        raise DataError(
            f"{path.name} cannot be read as lists of integers {', '.join(names)} with labels {', '.join(labels)}; fetch"
            " Keras's file again."
        ) from error


def one(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Return one array (n,)."""
    info = archive.getinfo(f"{name}.npy")
    if info.file_size > LARGEST:
        raise ValueError(f"more than {LARGEST:,} bytes")
    with archive.open(info) as file:
        data: IO[bytes] = io.BytesIO(file.read())
    start, version = data.tell(), np.lib.format.read_magic(data)  # type: ignore[no-untyped-call]
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(data)  # type: ignore[no-untyped-call]
    if len(shape) != 1:
        raise ValueError(f"shape {shape}")
    if not dtype.hasobject:
        data.seek(start)
        return np.asarray(np.lib.format.read_array(data, allow_pickle=False))  # type: ignore[no-untyped-call]
    found = Harmless(data, encoding="latin1").load()
    if not isinstance(found, np.ndarray) or found.shape != shape:
        raise ValueError("another array than its header says")
    return found


def lists(array: NDArray[Any]) -> Iterator[list[int]]:
    """Yield each element, which is a list of integers of 0 or more."""
    for element in array:
        if not isinstance(element, list) or not all(type(n) is int and n >= 0 for n in element):
            raise ValueError("an element that is no list of integers")
        yield element
