"""A launcher that looks at steps from out here, where their processes have other numbers than inside."""

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from harness.sandbox.fork_server import ForkServer
from harness.sandbox.launch import Launcher, Process
from harness.sandbox.walls import Walls


@dataclass
class Noting:
    """Notes the number of every step's process and of the server that forked it, and may do something to the latter."""

    real: Launcher
    to_server: Callable[[int], None] = lambda pid: None
    steps: list[int] = field(default_factory=list)
    servers: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.real.name

    @property
    def walls(self) -> Walls:
        return self.real.walls

    def begin(self, steps: int = 1) -> None:
        self.real.begin(steps)

    def check(self) -> None:
        self.real.check()

    def start(self, fds: Sequence[int]) -> Process:
        process = self.real.start(fds)
        self.steps.append(process.pid)
        self.servers.append(psutil.Process(process.pid).ppid())
        self.to_server(self.servers[-1])
        return process

    def close(self) -> None:
        self.real.close()


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def gone(pids: Sequence[int], seconds: float = 120) -> bool:
    """Say whether all processes have ended within `seconds`; end those that have not."""
    deadline = time.monotonic() + seconds
    while (left := [pid for pid in pids if runs(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in left:
        kill(pid)
    return not left


def processes_of(server: ForkServer) -> list[int]:
    """Return the process ids of a started server, what holds its barrier and all below them, and of no other server."""
    assert server.pid is not None
    holder = [server._holder._process.pid] if server._holder else []
    tops = [psutil.Process(pid) for pid in (server.pid, *holder)]
    return [p.pid for top in tops for p in (top, *top.children(recursive=True))]


def processes_that_name(folder: Path) -> list[int]:
    """Return the process ids of whatever was started with a path in this folder."""
    found = psutil.process_iter(["pid", "cmdline"])
    return [p.pid for p in found if any(str(folder) in word for word in p.info["cmdline"] or ())]


def runs(pid: int) -> bool:
    """Say whether a process runs; one that has ended and waits for its parent to notice does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
