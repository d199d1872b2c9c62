"""Lists of integers in an npz file as Keras stores texts: NumPy pickles arrays of lists, and no pickle is run here.

A pickle is a program. Its steps are listed by `pickletools`, which runs none, and lists of integers are put together
from those steps that make some; whatever else it would make is nothing.
"""

import io
import pickletools
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.errors import DataError

LARGEST: Final = 500_000_000  # bytes of one array
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
MARK: Final = object()
INTEGERS: Final = {"BININT", "BININT1", "BININT2", "LONG1", "LONG4", "INT", "LONG"}
STORED: Final = {"PUT", "BINPUT", "LONG_BINPUT"}
FETCHED: Final = {"GET", "BINGET", "LONG_BINGET"}
TUPLES: Final = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


def read_lists(path: Path, names: tuple[str, ...], labels: tuple[str, ...]) -> dict[str, list[Any]]:
    """Return lists of integers by the `names` of arrays, and integers by the `labels`, of an npz file.

    Raises DataError for a file that cannot be read or holds anything else.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            found = {name: one(archive, name) for name in (*names, *labels)}
        if any(not all(is_count(n) for n in text) for name in names for text in found[name]):
            raise ValueError("an element that is no list of integers")
        return {**found, **{name: [int(n) for n in found[name]] for name in labels}}
    except (MemoryError, *BROKEN) as error:
        raise DataError(
            f"{path.name} cannot be read as lists of integers {', '.join(names)} with labels {', '.join(labels)}; fetch"
            " Keras's file again."
        ) from error


def is_count(n: object) -> bool:
    return type(n) is int and n >= 0


def one(archive: zipfile.ZipFile, name: str) -> list[Any]:
    """Return the elements of one array (n,): numbers, or what the steps of its pickle make of lists of integers."""
    info = archive.getinfo(f"{name}.npy")
    if info.file_size > LARGEST:
        raise ValueError(f"more than {LARGEST:,} bytes")
    with archive.open(info) as file:
        data = io.BytesIO(file.read())
    version = np.lib.format.read_magic(data)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(data)
    if len(shape) != 1:
        raise ValueError(f"shape {shape}")
    if not dtype.hasobject:
        numbers: NDArray[Any] = np.frombuffer(data.read(), dtype, shape[0])
        return list(numbers.tolist())
    found = Made().of(data.read())
    if len(found) != shape[0]:
        raise ValueError("another array than its header says")
    return found


class Made:
    """What the steps of a pickle have made so far: a stack, and what was stored to be fetched again."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.stored: dict[int, Any] = {}
        self.state: list[Any] = []  # of the last object that was given a list as its state

    def of(self, data: bytes) -> list[Any]:
        """Return the list that the array is filled with."""
        for step, argument, _ in pickletools.genops(data):
            self.go(step, argument)
        return self.state

    def go(self, step: Any, argument: Any) -> None:
        name = step.name
        if name in INTEGERS:
            self.stack.append(argument)
        elif name in STORED or name == "MEMOIZE":
            self.stored[len(self.stored) if name == "MEMOIZE" else int(argument)] = self.stack[-1]
        elif name in FETCHED:
            self.stack.append(self.stored[int(argument)])
        elif name in ("EMPTY_LIST", "MARK"):
            self.stack.append([] if name == "EMPTY_LIST" else MARK)
        elif name in ("APPEND", "APPENDS"):
            items = [self.stack.pop()] if name == "APPEND" else self.since_mark()
            self.stack[-1].extend(items)
        elif name in ("LIST", "TUPLE") or name in TUPLES:
            self.stack.append(self.last(TUPLES[name]) if name in TUPLES else self.since_mark())
        else:
            self.other(step)

    def other(self, step: Any) -> None:
        """Take from the stack what any other step takes, and leave nothing in its place."""
        if step.name == "BUILD" and isinstance(state := self.stack[-1], list) and state and isinstance(state[-1], list):
            self.state = state[-1]
        before = [kind.name for kind in step.stack_before]
        if "mark" in before:
            self.since_mark()
            before = before[: before.index("mark")]
        self.last(len(before))
        self.stack += [None] * len(step.stack_after)

    def last(self, n: int) -> list[Any]:
        found = self.stack[len(self.stack) - n :]
        del self.stack[len(self.stack) - n :]
        return found

    def since_mark(self) -> list[Any]:
        place = len(self.stack) - 1
        while self.stack[place] is not MARK:
            place -= 1
        found = self.stack[place + 1 :]
        del self.stack[place:]
        return found
