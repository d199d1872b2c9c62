"""Opening an npz file: plain arrays by name, and one sentence where it is none."""

import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError, did_you_mean

Arrays = dict[str, NDArray[Any]]
KEYS = ("x_train", "y_train", "x_test", "y_test")  # Keras's own names
OPTIONAL = ("x_val", "y_val", "classes")


def read_npz(
    file: Path | IO[bytes], shown: str, required: Collection[str] = KEYS, others: Collection[str] | None = None
) -> Arrays:
    """Return the arrays of an npz file, called `shown` in errors; nothing in it is unpickled.

    With `others`, no names but the required and these may be in it; without, what else is in it is left there. Raises
    DataError if it cannot be read or names are wrong.
    """
    try:
        stored = np.load(file, allow_pickle=False)
        if not isinstance(stored, np.lib.npyio.NpzFile):
            raise DataError(f"{shown} is a single array, expected an npz file with {', '.join(required)}.")
        with stored:
            _check_names(shown, stored.files, required, others)
            wanted = stored.files if others is not None else required
            return {key: stored[key] for key in wanted}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{shown} cannot be read as an npz file of plain arrays; replace or delete it.") from error


def _check_names(shown: str, found: Collection[str], required: Collection[str], others: Collection[str] | None) -> None:
    if missing := [key for key in required if key not in found]:
        expected = f"expected {', '.join(required)}; use Keras's names."
        raise DataError(f"{shown} lacks {', '.join(missing)}, {expected}")
    if others is None:
        return
    known = (*required, *others)
    for key in found:
        if key not in known:
            raise DataError(f"{shown} holds {key!r}, which is no part of a data set.{did_you_mean(key, known)}")
