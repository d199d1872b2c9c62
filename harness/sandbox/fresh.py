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

from harness.sandbox import environment, loading, scratch
from harness.sandbox import walls as barrier
from harness.sandbox.launch import Ended, Process
from harness.sandbox.loading import START_S


class Fresh:
    """A process started for one step; it says through the pipe `told` that student code is next."""

    def __init__(
        self, command: list[str], env: dict[str, str], fds: Sequence[int], folder: Path, told: tuple[int, int]
    ) -> None:
        self.scratch: Path | None = folder
        self._folder, self._backend = folder, env["KERAS_BACKEND"]
        self._told, theirs = told
        self._printed = loading.printed()
        self._popen = subprocess.Popen(
            command,
            env=env,
            pass_fds=[*fds, theirs],
            cwd=folder,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stderr=self._printed,
        )
        os.close(theirs)
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
        if not loading.heard(self._told):
            raise loading.ended(self._backend, self._printed)
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
        with loading.printed() as said:
            try:
                done = subprocess.run(environment.command("probe"), env=env, stderr=said, timeout=START_S, check=False)
            except subprocess.TimeoutExpired as error:
                raise loading.timed_out(self.backend) from error
            if done.returncode:
                raise loading.ended(self.backend, said)

    def start(self, fds: Sequence[int]) -> Process:
        folder = Path(tempfile.mkdtemp(prefix="harness-"))
        env = environment.clean(folder, self.backend, self.device)
        told = os.pipe()
        command = barrier.command(self.walls, folder, "child", *map(str, [told[1], *fds]))
        return Fresh(command, env, fds, folder, told)

    def dismiss(self) -> None:
        """Nothing was prepared."""

    def close(self) -> None:
        """Nothing outlives its step."""
