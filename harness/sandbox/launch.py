"""What starts a step's process, and what is known of one that is running and of how it ended."""

import json
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.errors import SandboxError
from harness.sandbox import walls as barrier
from harness.sandbox.loading import START_S


@dataclass(frozen=True)
class Ended:
    """How a process ended: its wait status, CPU seconds, and peak resident memory in MB.

    `full` says that it filled its scratch, `clean` that nothing of it is left, and `loaded` that it got as far as
    student code.
    """

    code: int
    cpu_s: float
    peak_memory_mb: float
    full: bool = False
    clean: bool = True
    loaded: bool = True


class Process(Protocol):
    """A running step. `pid` is valid until `wait` has returned its end.

    `scratch` is the folder on the caller's disk that holds what it writes, None where that has a size of its own.
    """

    pid: int
    scratch: Path | None

    def wait(self, timeout: float) -> Ended | None: ...

    def kill(self) -> None: ...


class Launcher(Protocol):
    """Starts processes for steps; `fds` are request, result, log and inputs, which stay the caller's to close."""

    name: str
    walls: barrier.Walls

    def begin(self, steps: int = 1) -> None:
        """Prepare in the background for that many steps at once, which are sure to come."""

    def check(self) -> None:
        """Raise SandboxError if the backend cannot be loaded."""

    def start(self, fds: Sequence[int]) -> Process: ...

    def dismiss(self) -> None:
        """Let what was prepared end of itself, without waiting for it; `close` comes later."""

    def close(self) -> None: ...


class ForkServerGone(SandboxError):
    """The fork server ended or refused; a new one or a fresh process can do the job."""


class Forked:
    """A child of the fork server, held by a descriptor that cannot come to mean another process.

    `unloaded` gives the error for a child that ended before student code could run.
    """

    def __init__(self, channel: socket.socket, scratch: Path | None, unloaded: Callable[[], SandboxError]) -> None:
        self.channel, self.scratch, self.unloaded = channel, scratch, unloaded
        channel.settimeout(START_S)
        data, fds, _, _ = socket.recv_fds(channel, 4096, 1)
        if not fds:
            reason = json.loads(data or b"{}").get("refused", "nothing")
            raise ForkServerGone(f"Expected a child process, received: {reason}.")
        self.pidfd = fds[0]
        self.pid = pid_of(self.pidfd)

    def wait(self, timeout: float) -> Ended | None:
        self.channel.settimeout(max(timeout, 0.001))
        try:
            data = self.channel.recv(4096)
        except TimeoutError:
            return None
        os.close(self.pidfd)
        self.pidfd = -1  # the number may come to mean another file
        self.channel.close()
        if not data:
            raise ForkServerGone("Expected the end of a step, received none: the fork server is gone.")
        ended = Ended(**json.loads(data))
        if not ended.loaded:
            raise self.unloaded()
        return ended

    def kill(self) -> None:
        """End the child; the server ends whatever it may have started."""
        if self.pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)


def pid_of(pidfd: int) -> int:
    """Return the number a process has here, which is another one inside its own process table; 0 if it has ended."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    return max(0, next(int(line.split()[1]) for line in lines if line.startswith("Pid:")))
