"""What the parent sees of a running process from outside: its memory and its threads.

Nothing that the process itself can word is read: a name of one's own choosing stands in /proc/PID/stat and
/proc/PID/status, between the very words that a reader would look for. Source: proc(5).
"""

import os
import resource
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Seen:
    """Resident memory in bytes, and how many threads there are."""

    resident: int
    threads: int


def seen(pid: int) -> Seen | None:
    """Return what a process takes, None where it has ended or may not be looked at."""
    return in_proc(pid) if sys.platform == "linux" else by_psutil(pid)


def in_proc(pid: int) -> Seen | None:
    """Count the threads one by one and ask one that lives for the memory of all."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return None
    return Seen(resident(living(pid, threads)), len(threads))


def living(pid: int, threads: Iterable[str]) -> Path:
    """Return the folder in /proc of a thread that has not ended; of the first one if none has memory.

    The first thread may end before the others do; what stands under the number of the process is empty from then on.
    """
    folders = (Path(f"/proc/{pid}/task/{thread}") for thread in threads)
    return next((folder for folder in folders if resident(folder)), Path(f"/proc/{pid}"))


def resident(folder: Path) -> int:
    """Return resident bytes, 0 for a thread that has ended."""
    try:
        return int((folder / "statm").read_bytes().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def by_psutil(pid: int) -> Seen | None:
    try:
        process = psutil.Process(pid)
        return Seen(process.memory_info().rss, process.num_threads())
    except psutil.Error:
        return None


def delayed_s(pid: int) -> float:
    """Return how long a process was ready to run while its cores ran others: that of the thread that waited longest.

    0 where the machine does not tell. Source: the second number of /proc/PID/task/TID/schedstat, in nanoseconds.
    """
    times = [0.0]
    for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError, ValueError, IndexError):
            times.append(int(file.read_bytes().split()[1]) / 1e9)
    return max(times)


def below(pid: int) -> int:
    """Return the bytes that only the descendants of a process hold; that looks at every process there is."""
    try:
        return sum(child.memory_full_info().uss for child in psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return 0
