"""Cores for the slots of a worker, none of them given to another worker on the same machine as long as there are more.

Several workers of one machine know nothing of each other and may all use every core: each holds a lock a core, which
ends with its process.
"""

import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock, Timeout

from harness.workflow.workers import Cpus


class Cores:
    """The cores that this process took for `count` slots; they are shared where no others are left."""

    def __init__(self, count: int, folder: Path | None = None) -> None:
        self._locks: list[FileLock] = []
        there = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        place = folder or common_folder()
        mine = self._take(there, count, place) if place else []
        cores = mine or there
        self.places: Sequence[Cpus] = [(cores[i % len(cores)],) if cores else () for i in range(count)]

    def _take(self, cores: Sequence[int], count: int, place: Path) -> list[int]:
        taken = list[int]()
        for core in cores:
            lock = FileLock(place / f"core-{core}", timeout=0, thread_local=False)
            try:
                lock.acquire()
            except (Timeout, OSError):
                continue
            self._locks.append(lock)
            taken.append(core)
            if len(taken) == count:
                break
        return taken

    def close(self) -> None:
        """Leave the cores to others."""
        for lock in self._locks:
            lock.release()


def common_folder() -> Path | None:
    """Return a folder that all workers of this user on this machine find; None where somebody else has made it."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"coursework-harness-workers-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return None
    own = found.st_uid == user or not hasattr(os, "getuid")
    return folder if own and stat.S_ISDIR(found.st_mode) else None
