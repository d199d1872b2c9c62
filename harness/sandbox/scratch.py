"""The one folder a step may write: how much it may hold, and clearing it away whatever was done to it."""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO

MAX_BYTES = 100_000_000  # of all files together
MAX_FILES = 5_000  # files and folders
PREFIX, LOCK = "harness-", ".lock"  # of the folders for scratch, and of the lock beside each
YOUNG_S = 5.0  # a lock that nobody holds yet may be of a process that is about to take it
MAX_DEPTH = 12  # names have up to 255 bytes, and the kernel takes no path of 4096: nothing may be out of sight


@dataclass(frozen=True)
class Root:
    """A folder for scratch, and the lock beside it that ends with the process that made it."""

    folder: Path
    lock: IO[bytes]

    def clear(self) -> None:
        clear(self.folder)
        with suppress(OSError):
            Path(self.lock.name).unlink()
        self.lock.close()


def make_root() -> Root:
    """Return a new folder for scratch, after putting away those of processes that were killed."""
    sweep()
    lock = tempfile.NamedTemporaryFile(prefix=PREFIX, suffix=LOCK, delete=False)  # noqa: SIM115  (kept open)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    folder = Path(lock.name.removesuffix(LOCK))
    folder.mkdir(mode=0o700)
    return Root(folder, lock)


def sweep() -> None:
    """Remove the scratch of this user's processes that have ended without doing so: nobody holds its lock any more."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*{LOCK}"):
        with suppress(OSError), path.open("rb") as lock:
            if os.fstat(lock.fileno()).st_uid != os.geteuid() or path.is_symlink():
                continue
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if time.time() - os.fstat(lock.fileno()).st_mtime > YOUNG_S:
                clear(Path(str(path).removesuffix(LOCK)))
                path.unlink(missing_ok=True)


def too_full(folder: Path) -> bool:
    """Say whether a step's folder holds more, or is deeper, than it may; looks at no more entries than that."""
    files = size = 0
    waiting = [(str(folder), 0)]
    while waiting:
        path, depth = waiting.pop()
        with suppress(OSError), os.scandir(path) as entries:
            for entry in entries:
                files += 1
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append((entry.path, depth + 1))
                    else:
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                if files > MAX_FILES or size > MAX_BYTES or depth > MAX_DEPTH:
                    return True
    return False


def clear(folder: Path) -> bool:
    """Remove a folder with all it holds, however deep and without permissions; say whether nothing is left.

    What lies in a folder is moved up to the top before the folder is removed, so that no path becomes too long.
    """
    with suppress(OSError):
        top = open_folder(str(folder))
        try:
            names = (os.urandom(16).hex() for _ in count())  # that a student cannot have taken before
            while folders := [name for name in os.listdir(top) if not remove_file(name, top)]:
                for name in folders:
                    empty(name, top, names)
        finally:
            os.close(top)
        folder.rmdir()
    return not os.path.lexists(folder)


def open_folder(name: str, within: int | None = None) -> int:
    os.chmod(name, 0o700, dir_fd=within)  # a student can make folders that nobody may enter
    return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=within)


def remove_file(name: str, within: int) -> bool:
    """Remove what is not a folder; say whether it was none."""
    try:
        os.unlink(name, dir_fd=within)
    except (IsADirectoryError, PermissionError):  # which of them differs between systems
        return False
    return True


def empty(name: str, top: int, names: Iterator[str]) -> None:
    """Remove a folder below `top` after moving the folders in it there, under new names."""
    fd = open_folder(name, top)
    try:
        for inner in os.listdir(fd):
            if not remove_file(inner, fd):
                os.chmod(inner, 0o700, dir_fd=fd)
                os.rename(inner, next(names), src_dir_fd=fd, dst_dir_fd=top)
    finally:
        os.close(fd)
    os.rmdir(name, dir_fd=top)
