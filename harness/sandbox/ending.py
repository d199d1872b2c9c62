"""Processes that are ended as a whole: one that was started here, or one that another process forked."""

import os
import select
import signal
import subprocess
from contextlib import suppress
from typing import Protocol

ENDS_S = 5.0  # once it was killed


class Running(Protocol):
    """A process with what it has started; `pid` is its number here."""

    pid: int

    def ended(self, seconds: float = 0) -> bool:
        """Say whether it has ended, after waiting so long at most."""

    def end(self) -> None:
        """Kill it, and close what stands for it."""


class Started:
    """A process that was started here as the leader of a group."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process, self.pid = process, process.pid

    def ended(self, seconds: float = 0) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.returncode is not None

    def end(self) -> None:
        end_family(self.process)


class Elsewhere:
    """A process that another one forked and waits for, by a descriptor that cannot come to mean another process."""

    def __init__(self, pidfd: int, pid: int) -> None:
        self.pidfd, self.pid = pidfd, pid

    def ended(self, seconds: float = 0) -> bool:
        if self.pidfd < 0:
            return True
        poll = select.poll()
        poll.register(self.pidfd, select.POLLIN)
        return bool(poll.poll(1000 * seconds))

    def end(self) -> None:
        if self.pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
            self.ended(ENDS_S)
            os.close(self.pidfd)
            self.pidfd = -1


def end_family(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process that leads a group, with what it has started in it, and wait for it.

    A barrier that is still being built has processes that do not die with their parent yet; they are in its group, and
    wait for ever where it has ended already. Until somebody has asked for its end, its number is no other process's.
    """
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
