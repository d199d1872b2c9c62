"""A process started from nothing for each step, where there is no fork server."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from harness.sandbox import environment, scratch
from harness.sandbox import walls as barrier
from harness.sandbox.launch import START_S, Ended, Process, no_backend


class Fresh:
    """A process started for one step."""

    def __init__(self, command: list[str], env: dict[str, str], fds: Sequence[int], folder: Path) -> None:
        self.scratch: Path | None = folder
        self._folder = folder
        self._popen = subprocess.Popen(
            command, env=env, pass_fds=fds, cwd=folder, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.pid = self._popen.pid

    def wait(self, timeout: float) -> Ended | None:
        deadline = time.monotonic() + timeout
        while True:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                return self._ended(status, usage)
            if time.monotonic() >= deadline:
                return None
            time.sleep(min(0.01, timeout))

    def _ended(self, status: int, usage: resource.struct_rusage) -> Ended:
        self._popen.returncode = status
        self.kill()
        clean = scratch.clear(self._folder)
        unit = 1 if sys.platform == "darwin" else 1024
        return Ended(status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, clean=clean)

    def kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


class FreshProcesses:
    """Starts a new interpreter per step, with what every POSIX system has: for macOS.

    Weaker than the fork server: a daemon that student code leaves behind survives its step.
    """

    name = "fresh process"

    def __init__(self, backend: str, device: str, walls: barrier.Walls) -> None:
        self.backend, self.device, self.walls = backend, device, walls

    def begin(self, steps: int = 1) -> None:
        """Nothing can be prepared."""

    def check(self) -> None:
        home = Path(tempfile.gettempdir())
        env = environment.clean(home, self.backend, self.device)
        done = subprocess.run(environment.command("probe"), env=env, capture_output=True, timeout=START_S, check=False)
        if done.returncode:
            raise no_backend(self.backend)

    def start(self, fds: Sequence[int]) -> Process:
        folder = Path(tempfile.mkdtemp(prefix="harness-"))
        env = environment.clean(folder, self.backend, self.device)
        return Fresh(barrier.command(self.walls, folder, "child", *map(str, fds)), env, fds, folder)

    def close(self) -> None:
        """Nothing outlives its step."""
