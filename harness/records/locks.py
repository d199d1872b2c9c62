"""Locks between processes, on one machine or on several that share a folder: files, held by `filelock`.

A lock ends with the process that holds it, however it ends, on Windows and on NFS too. The file stays, empty.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from harness.records.files import writing


class HeldElsewhere(Exception):
    """Somebody else holds a lock that was not to be waited for."""


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock `path`, whose folder is made; raises HeldElsewhere where it is held and not to be waited for.

    Threads of one process exclude each other like processes. Raises ResultsError where the file cannot be written.
    """
    lock = FileLock(path, timeout=-1 if wait else 0, thread_local=False)
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            raise HeldElsewhere from None
    try:
        yield
    finally:
        lock.release()
