"""Files written whole or not at all: whoever reads one, and whoever is left after a crash, never finds half of it."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from harness.errors import ResultsError

NOT_ALLOWED = {errno.EACCES, errno.EPERM}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_PLACE = {  # where no file can be, or not this one
    *(errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.EISDIR),
    *(errno.ENOENT, errno.ENAMETOOLONG, errno.ELOOP),
}
EVERYBODY = 0o666  # what the umask then takes from
LONGEST_NAME = 200  # bytes of a name that a temporary one repeats; most file systems take 255


@contextmanager
def atomic(path: Path, mode: int = EVERYBODY) -> Iterator[Any]:
    """Yield a temporary file that takes the place of `path` when all went well; its mode is what the umask leaves."""
    temporary = beside(path)
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            yield file
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def beside(path: Path) -> Path:
    """Return a new name for what is to take the place of a file, in its folder and no longer than names may be."""
    name = os.fsdecode(os.fsencode(path.name)[:LONGEST_NAME])
    return path.with_name(f".{name}.{secrets.token_hex(6)}.tmp")


@contextmanager
def out_file(path: Path) -> Iterator[Any]:
    """Yield what a user wants at `path`, to write: a file that appears when all went well, in folders made for it.

    A file that is replaced keeps its mode and the links that lead to it; a pipe or device is written to as it is.
    Raises ResultsError where that cannot be.
    """
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as file:
                yield file
            return
        place = Path(os.path.realpath(path))
        place.parent.mkdir(parents=True, exist_ok=True)
        with atomic(place) as file:
            if place.exists():
                shutil.copymode(place, file.name)
            yield file
    except OSError as error:
        raise not_written(path, error) from error


def write_out(path: Path, content: bytes) -> None:
    """Write what a user wants at `path`, as `out_file` does."""
    with out_file(path) as file:
        file.write(content)


def not_written(path: Path, error: OSError) -> ResultsError:
    return ResultsError(f"Expected to write {path}, received {error.strerror}; check the folder and try again.")


def write_new(files: Mapping[Path, bytes]) -> None:
    """Write files that are not there yet, with the folders they need: all of them, or none where one cannot be written.

    Raises ResultsError then; a file that came meanwhile is not overwritten either.
    """
    made = list[Path]()
    try:
        for path, content in files.items():
            _write_new(path, content, made)
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):  # others may have put something into a new folder
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def _write_new(path: Path, content: bytes, made: list[Path]) -> None:
    """Write one, and add to `made` what was made for it, the folders first."""
    try:
        for folder in [folder for folder in reversed(path.parents) if not folder.exists()]:
            folder.mkdir()
            made.append(folder)
        with path.open("xb") as file:
            made.append(path)
            file.write(content)
    except OSError as error:
        then = {
            **dict.fromkeys(NO_PLACE, "take another folder"),
            **dict.fromkeys(NOT_ALLOWED, "take a folder that you may write in"),
            errno.EEXIST: "move it away first",
        }
        advice = then.get(error.errno or 0, "make room, or take another folder")
        raise ResultsError(f"Could not write {path} ({error.strerror}); nothing was written, so {advice}.") from error
