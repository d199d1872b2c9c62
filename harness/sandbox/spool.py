"""What a step hands out: kept in memory while it is little, in a file without a name once it is more.

Weights are hundreds of megabytes a step, and as many steps run at once as there are cores; the harness only passes
them on.
"""

import tempfile
import weakref
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import SandboxError

IN_MEMORY = 1 << 20  # bytes
PIECE = 1 << 20  # bytes that are passed on at once


class Spool:
    """Bytes in the order they came; `size` says how many. The file goes when nobody holds this any more."""

    def __init__(self, data: bytes = b"") -> None:
        self.size = 0
        self._file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (closed below)
        weakref.finalize(self, self._file.close)
        self.add(data)

    def add(self, data: bytes) -> None:
        """Append bytes. Raises SandboxError where the disk has no room for them."""
        try:
            self._file.seek(self.size)
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            raise no_room(error) from error
        self.size += len(data)

    def read(self, at: int, length: int) -> bytes:
        """Return the bytes from `at` on, up to `length` of them."""
        self._file.seek(at)
        return self._file.read(length)

    def fill(self, array: NDArray[Any], at: int) -> None:
        """Read the bytes from `at` on into a contiguous array."""
        if array.nbytes:
            self._file.seek(at)
            self._file.readinto(array.reshape(-1).view(np.uint8).data)

    def copy(self, at: int, length: int, file: IO[bytes]) -> None:
        """Append bytes to a file, piece by piece. Raises SandboxError where the disk has no room for them."""
        try:
            for start in range(at, at + length, PIECE):
                file.write(self.read(start, min(PIECE, at + length - start)))
        except OSError as error:
            raise no_room(error) from error


@dataclass(frozen=True, eq=False)
class Blob:
    """Bytes that nobody outside the sandbox interprets: a part of what a step handed out."""

    spool: Spool
    at: int
    size: int

    @classmethod
    def of(cls, data: bytes) -> "Blob":
        return cls(Spool(data), 0, len(data))

    def read(self) -> bytes:
        """Return all of them; for what is known to be small."""
        return self.spool.read(self.at, self.size)

    def copy(self, file: IO[bytes]) -> None:
        self.spool.copy(self.at, self.size, file)


def no_room(error: OSError) -> SandboxError:
    return SandboxError(
        f"Expected room for what steps hand out in {tempfile.gettempdir()}, received: {error.strerror};"
        " free some, or name another folder in TMPDIR."
    )
