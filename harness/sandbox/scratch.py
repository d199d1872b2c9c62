"""The one folder a step may write: how much it may hold, and clearing it away whatever was done to it."""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

MAX_BYTES = 100_000_000  # of all files together
MAX_FILES = 5_000  # files and folders
MAX_DEPTH = 12  # names have up to 255 bytes, and the kernel takes no path of 4096: nothing may be out of sight


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
