"""Reading the Python files of a folder without following links."""

import os
import stat
from functools import partial
from pathlib import Path

from harness.intake.limits import IntakeLimits
from harness.intake.sources import Collector, Sources


def read_folder(folder: Path, limits: IntakeLimits) -> Sources:
    """Return the `.py` files under `folder`.

    Raises SubmissionError beyond a limit and OSError where a file or folder cannot be read.
    """
    collector = Collector(limits)
    for parent, folders, names in os.walk(folder, onerror=_raise):
        relative = Path(parent).relative_to(folder)
        folders[:] = [name for name in sorted(folders) if _enters(collector, Path(parent), relative, name)]
        for name in sorted(names):
            path = (relative / name).as_posix()
            if stat.S_ISREG((Path(parent) / name).lstat().st_mode):
                collector.offer(path, partial(read_start, Path(parent) / name))
            elif collector.accepts(path):
                collector.special(path)
    return collector.finish()


def read_start(path: Path, size: int) -> bytes:
    """Return the first `size` bytes of a file."""
    with path.open("rb") as file:
        return file.read(size)


def _enters(collector: Collector, parent: Path, relative: Path, name: str) -> bool:
    """Return whether to look into a folder; the limit on path length also bounds the depth."""
    path = (relative / name).as_posix()
    if not collector.accepts(path):
        return False
    if (parent / name).is_symlink():
        collector.special(path)
        return False
    collector.count()
    return True


def _raise(error: OSError) -> None:
    raise error
