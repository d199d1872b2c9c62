"""What is known about a process before student code runs: whether it got that far, and what it printed if not."""

import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from harness.errors import SandboxError

START_S = 120.0  # a cold backend import on a slow disk
LOADED = b"1"
MAX_BYTES = 4_096  # of what was printed, looked at from its end
MAX_LETTERS = 200


@contextmanager
def watched(told: int) -> Iterator[None]:
    """Write `LOADED` to the descriptor `told` after what happens inside; print an exception and end the process.

    That descriptor is closed before student code runs, so that nobody else can say so, or leave it unsaid.
    """
    stderr = os.dup(2)  # which the step's log may replace meanwhile
    try:
        yield
    except BaseException:
        os.dup2(stderr, 2)
        traceback.print_exc()
        os._exit(1)
    os.close(stderr)
    os.write(told, LOADED)
    os.close(told)


def heard(told: int) -> bool:
    """Say whether `LOADED` came through the pipe whose reading end is `told`, and close it. Waits for nothing."""
    os.set_blocking(told, False)
    try:
        return os.read(told, 1) == LOADED
    except BlockingIOError:
        return False
    finally:
        os.close(told)


def printed() -> IO[bytes]:
    """Return an unlinked file for what a process prints while it loads."""
    return tempfile.TemporaryFile()


def last_line(file: IO[bytes]) -> str:
    """Return the last line in `file` that is not blank; empty if there is none."""
    size = os.fstat(file.fileno()).st_size
    text = os.pread(file.fileno(), MAX_BYTES, max(0, size - MAX_BYTES)).decode("utf-8", "replace")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return lines[-1][:MAX_LETTERS] if lines else ""


def timed_out(backend: str) -> SandboxError:
    return not_loaded(backend, f"it did not within {START_S:.0f} s")


def ended(backend: str, file: IO[bytes]) -> SandboxError:
    """Return the error for a process that ended while it loaded and printed to `file`."""
    said = last_line(file)
    if said.startswith(("ModuleNotFoundError", "ImportError")) and (place := outside_prefix()):
        return SandboxError(
            f"Expected Keras in the environment of the harness ({sys.prefix}), which is what steps can see, but it lies"
            f" in {place}; install it with the {backend} backend into that environment. It ended with: {said}"
        )
    return not_loaded(backend, f"it ended with: {said}" if said else "it ended without a word")


def outside_prefix() -> Path | None:
    """Return where Keras is, if that is outside the folders of the interpreter, as with `pip install --user`."""
    spec = find_spec("keras")
    if spec is None or spec.origin is None:
        return None
    place = Path(spec.origin).resolve().parents[1]
    inside = any(place.is_relative_to(Path(prefix).resolve()) for prefix in (sys.prefix, sys.base_prefix))
    return None if inside else place


def not_loaded(backend: str, why: str) -> SandboxError:
    return SandboxError(
        f"Expected Keras to load with the {backend} backend, but {why.rstrip('.')};"
        f' try `python -c "import keras"` with KERAS_BACKEND={backend} to see why.'
    )
