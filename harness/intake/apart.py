"""Reading each submission of a class apart, so that one which takes all time or memory is that one's fault alone.

Processes are forked that read one submission after another and hand each over. When one ends before its
time, the submission that it was reading is read again in a process of its own; what goes wrong there is that
submission's.
"""

import gc
import os
import resource
import select
import signal
import struct
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NoReturn, Protocol, TypeVar

from pydantic import TypeAdapter

from harness.intake.names import clean
from harness.intake.reading import Work, intake_fault

CODEC = TypeAdapter(Work)
LENGTH = struct.Struct("<Q")
NO_MEMORY = 3  # how a process ends that had no memory left
MOST_TOGETHER = 4
WORTH_A_PROCESS = 25  # submissions; a fork takes as long as reading some


@dataclass(frozen=True)
class Allowed:
    """What reading one submission may take: seconds of computing and in all, and MB beyond what the process has."""

    cpu_s: float = 20
    wall_s: float = 240
    memory_mb: int = 1_000


class Entry(Protocol):
    """A submission to be read: a path, or what else has the name that its file or folder has."""

    @property
    def name(self) -> str: ...


E = TypeVar("E", bound=Entry)


def read_apart(
    entries: Sequence[E], read: Callable[[E], Work], allowed: Allowed | None = None, processes: int = 1
) -> list[Work]:
    """Return what `read` makes of each entry; a fault for each that ends the process, takes long or too much.

    Up to so many `processes` read at once, of a class that is large enough for it.
    """
    if not hasattr(os, "fork"):
        return [read(entry) for entry in entries]
    together = max(min(processes, MOST_TOGETHER, len(entries) // WORTH_A_PROCESS), 1)
    with ExitStack() as stack:
        # Every so-manieth entry each, asked in turns: while one is waited for, the others go on.
        lanes = [stack.enter_context(Lane(entries[k::together], read, allowed or Allowed())) for k in range(together)]
        return [lanes[i % together].next() for i in range(len(entries))]


class Lane(Generic[E]):
    """Entries read in their order, by one process after another where one ends before its time."""

    def __init__(self, entries: Sequence[E], read: Callable[[E], Work], allowed: Allowed) -> None:
        self._entries, self._read, self._allowed = entries, read, allowed
        self._at = 0

    def __enter__(self) -> "Lane[E]":
        self._process = self._begun()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close()

    def next(self) -> Work:
        """Return what comes of the next entry; a fault where it ended a process that had read nothing before."""
        work = self._process.read()
        if work is None and not self._process.fresh:
            self._again()
            work = self._process.read()
        if work is None:
            work = Work(fault=intake_fault(self._process.why(self._entries[self._at])))
            self._at += 1
            self._again()
        else:
            self._at += 1
        return work

    def _again(self) -> None:
        self._process.close()
        self._process = self._begun()

    def _begun(self) -> "Process[E]":
        return Process(self._entries[self._at :], self._read, self._allowed)


class Process(Generic[E]):
    """A forked process that reads entries in their order until one of them ends it.

    `fresh` says that nothing was read by it yet.
    """

    def __init__(self, entries: Sequence[E], read: Callable[[E], Work], allowed: Allowed) -> None:
        self.fresh = True
        self._allowed = allowed
        self._late = False
        self._ended: int | None = None
        self._fd, writing = os.pipe()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the child runs Python alone, and takes no lock of another thread
            self._pid = os.fork()
        if self._pid == 0:
            serve(entries, read, allowed, writing)
        os.close(writing)

    def close(self) -> None:
        """End the process, whatever it is reading."""
        self._late = True
        self._end()
        os.close(self._fd)

    def read(self) -> Work | None:
        """Return what comes of the next entry; None when the process ended, or the clock ran out."""
        until = time.monotonic() + self._allowed.wall_s
        head = self._bytes(LENGTH.size, until)
        body = self._bytes(LENGTH.unpack(head)[0], until) if len(head) == LENGTH.size else b""
        if not body:
            return None
        self.fresh = False
        return CODEC.validate_json(body)

    def why(self, entry: E) -> str:
        """Say in a sentence why an entry could not be read."""
        name, allowed = clean(entry.name), self._allowed
        ended = self._end()
        signalled = os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else 0
        if self._late or signalled == signal.SIGPROF:
            what = f"takes more than the {allowed.cpu_s:g} s of computing that reading a submission may take"
        elif signalled == signal.SIGKILL or (os.WIFEXITED(ended) and os.WEXITSTATUS(ended) == NO_MEMORY):
            what = f"takes more than the {allowed.memory_mb:,} MB of memory that reading a submission may take"
        else:
            what = "holds code that Python cannot read without breaking down"
        return f"{name} {what}; hand in only the code that you wrote."

    def _bytes(self, count: int, until: float) -> bytes:
        """Return so many bytes; fewer when the process ends first, or the clock runs out."""
        found = bytearray()
        while len(found) < count:
            ready, _, _ = select.select([self._fd], [], [], max(until - time.monotonic(), 0))
            self._late = not ready
            part = os.read(self._fd, min(count - len(found), 1 << 20)) if ready else b""
            if not part:
                break
            found += part
        return bytes(found)

    def _end(self) -> int:
        """End the process, if it has not ended, and return how it did."""
        if self._ended is None:
            if self._late:
                with suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)
            self._ended = self._wait()
        return self._ended

    def _wait(self) -> int:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                return status
            time.sleep(0.002)
        os.kill(self._pid, signal.SIGKILL)
        return os.waitpid(self._pid, 0)[1]


def serve(entries: Sequence[E], read: Callable[[E], Work], allowed: Allowed, fd: int) -> NoReturn:
    """Read entries in this process, write what comes of each, and end it."""
    code = 0
    try:
        limit(allowed)
        for entry in entries:
            signal.setitimer(signal.ITIMER_PROF, allowed.cpu_s)
            body = CODEC.dump_json(read_or_fault(entry, read))
            write(fd, LENGTH.pack(len(body)) + body)
    except MemoryError:
        code = NO_MEMORY
    except BaseException:
        code = 1
    finally:
        os._exit(code)


def limit(allowed: Allowed) -> None:
    """Bound memory, take the clock's signal as the end, and leave no image of the process behind."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # syntax trees hold nothing in circles that could be freed in between
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked for the class ends this process, too
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, ValueError):  # where the system does not count, only the clock holds
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + allowed.memory_mb * 1_000_000
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def read_or_fault(entry: E, read: Callable[[E], Work]) -> Work:
    """Return what comes of an entry; a fault of the harness for what nobody has foreseen."""
    try:
        return read(entry)
    except MemoryError:
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {clean(str(error), 120)}".rstrip(": ")
        message = f"{clean(entry.name)} could not be read ({what}); this is a fault of the harness, please report it."
        return Work(fault=intake_fault(message, of_harness=True))


def write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
