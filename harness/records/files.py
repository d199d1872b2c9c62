"""What goes wrong with the files of a result folder, in a sentence each; and what killed processes left there."""

import errno
import os
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.errors import ResultsError
from harness.files import NO_PLACE, NO_ROOM, NOT_ALLOWED

CANNOT_WRITE = NO_ROOM | NO_PLACE | NOT_ALLOWED
NO_NAME = {errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR}  # of a file that nobody can have damaged
FULL = ("full", "disk I/O", "readonly", "unable to open")  # SQLite's words where a file is sound, and its disk full
SHARE_IT = "ask whoever graded it to let the group write there (chmod -R g+rwX), and to work with umask 002"
STALE_S = 3_600  # a file that was being written for so long is what a killed process left


def sweep(folder: Path) -> None:
    """Remove what processes that were killed while they wrote have left in a folder of `atomic` files."""
    before = time.time() - STALE_S
    for path in folder.glob(".*.tmp"):
        with suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn a full, read-only or damaged disk into one sentence. What was recorded before stays."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise damaged(folder, error) from error
    except OSError as error:
        if error.errno in CANNOT_WRITE:
            raise cannot_write(folder, os.strerror(error.errno), error.errno) from error
        if error.errno is None and "requested and" in str(error):  # NumPy's words for a short write
            raise cannot_write(folder, os.strerror(errno.ENOSPC)) from error
        raise


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Turn records that cannot be read into one sentence."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise damaged(folder, error) from error


def cannot_write(folder: Path, why: str, code: int = errno.ENOSPC) -> ResultsError:
    other = {**dict.fromkeys(NOT_ALLOWED, SHARE_IT), **dict.fromkeys(NO_PLACE, "check the path or name another folder")}
    advice = other.get(code, "make room and run the same command again to go on")
    return ResultsError(f"Could not write to {folder} ({why}); what was measured so far is kept, {advice}.")


def damaged(folder: Path, error: Exception) -> ResultsError:
    if isinstance(error, OSError) and error.errno in NOT_ALLOWED:
        return ResultsError(f"Could not read {folder} ({os.strerror(error.errno)}); {SHARE_IT}.")
    if isinstance(error, OSError) and error.errno in NO_NAME:
        return ResultsError(f"Could not read {folder} ({os.strerror(error.errno)}); check the path.")
    if "locked" in str(error):
        return ResultsError(f"Could not read {folder}, which another program holds; wait for it and try again.")
    if isinstance(error, sqlite3.OperationalError) and any(words in str(error) for words in FULL):
        return cannot_write(folder, str(error))  # also while reading, as SQLite then writes beside the file
    return ResultsError(
        f"Expected readable records in {folder}, received: {error}; put a copy back, or move records.sqlite away to"
        " have everything measured anew."
    )
