"""Two ways to start a step's process: forked from a server that has the backend loaded, or from nothing."""

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.errors import SandboxError
from harness.sandbox import environment

START_S = 120.0  # a cold backend import on a slow disk


@dataclass(frozen=True)
class Ended:
    """How a process ended: its wait status, CPU seconds, and peak resident memory in MB."""

    code: int
    cpu_s: float
    peak_memory_mb: float


class Process(Protocol):
    """A running step. `pid` is valid until `wait` has returned its end."""

    pid: int

    def wait(self, timeout: float) -> Ended | None: ...

    def kill(self) -> None: ...


class Launcher(Protocol):
    """Starts processes for steps; `fds` are request, result, log and inputs, which stay the caller's to close."""

    name: str
    facts: dict[str, str]

    def begin(self) -> None:
        """Prepare in the background for steps that are sure to come."""

    def check(self) -> None:
        """Raise SandboxError if the backend cannot be loaded."""

    def start(self, fds: Sequence[int]) -> Process: ...

    def close(self) -> None: ...


class ForkServerGone(SandboxError):
    """The fork server ended or refused; a new one or a fresh process can do the job."""


def no_backend(backend: str) -> SandboxError:
    return SandboxError(
        f"Expected Keras to load with the {backend} backend, but it did not within {START_S:.0f} s;"
        f' try `python -c "import keras"` with KERAS_BACKEND={backend} to see why.'
    )


class Forked:
    """A child of the fork server, held by a descriptor that cannot come to mean another process."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        channel.settimeout(START_S)
        data, fds, _, _ = socket.recv_fds(channel, 4096, 1)
        reply = json.loads(data or b"{}")
        if "pid" not in reply:
            raise ForkServerGone(f"Expected a child process, received: {reply.get('refused', 'nothing')}.")
        self.pid, self.pidfd = int(reply["pid"]), fds[0]

    def wait(self, timeout: float) -> Ended | None:
        self.channel.settimeout(max(timeout, 0.001))
        try:
            data = self.channel.recv(4096)
        except TimeoutError:
            return None
        self._let_go()
        if not data:
            raise ForkServerGone("Expected the end of a step, received none: the fork server is gone.")
        return Ended(**json.loads(data))

    def _let_go(self) -> None:
        os.close(self.pidfd)
        self.pidfd = -1  # the number may come to mean another file
        self.channel.close()

    def kill(self) -> None:
        if self.pidfd < 0:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)


class ForkServer:
    """Client of `harness.sandbox.server`, started on first use and again when it has died.

    With `preload` the server has the backend loaded and a step starts in milliseconds. Without, every child loads
    it for itself, as it must where a device or the backend's threads make forking afterwards unsafe.
    """

    def __init__(self, backend: str, device: str, *, preload: bool = True) -> None:
        self.backend, self.device, self.preload = backend, device, preload
        self.name = "fork server" if preload else "fork server, backend loaded in each step"
        self._root: Path | None = None
        self.facts: dict[str, str] = {}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def begin(self) -> None:
        """Start the server without waiting for its backend, so that the caller can do other work meanwhile."""
        with self._lock:
            self._begin()

    def _begin(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._clear()
        self._root = Path(tempfile.mkdtemp(prefix="harness-"))
        arguments = (str(theirs.fileno()), str(self._root), "preload" if self.preload else "")
        self._process = subprocess.Popen(
            environment.command("server", *arguments),
            env=environment.clean(self._root, self.backend, self.device),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self._control = ours
        self.facts = {}

    def ready(self) -> socket.socket:
        """Return the control socket of a server that has its backend loaded."""
        if self._control is None or self._process is None or self._process.poll() is not None:
            self._begin()
        assert self._control is not None
        if not self.facts:
            self._control.settimeout(START_S)
            try:
                self.facts = json.loads(self._control.recv(4096))
            except (TimeoutError, ValueError) as error:
                raise no_backend(self.backend) from error
        return self._control

    def check(self) -> None:
        with self._lock:
            self.ready()

    def start(self, fds: Sequence[int]) -> Process:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with self._lock, theirs:
            try:
                socket.send_fds(self.ready(), [b"job"], [theirs.fileno(), *fds])
            except OSError as error:
                raise ForkServerGone("Expected a running fork server, but it is gone.") from error
        return Forked(ours)

    def close(self) -> None:
        if self._control is not None:
            self._control.close()  # the server ends its children and itself on this
        if self._process is not None:
            if self.facts:  # a server that still loads its backend has nothing to tidy up
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(5)
            self._process.kill()
            self._process.wait()
        self._clear()

    def _clear(self) -> None:
        """Remove the scratch folders of a server that had no time to do so itself."""
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)


class Fresh:
    """A process started for one step."""

    def __init__(self, command: list[str], env: dict[str, str], fds: Sequence[int], scratch: Path) -> None:
        self.scratch = scratch
        self._popen = subprocess.Popen(
            command, env=env, pass_fds=fds, cwd=scratch, start_new_session=True, stdin=subprocess.DEVNULL
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
            time.sleep(0.01)

    def _ended(self, status: int, usage: resource.struct_rusage) -> Ended:
        self._popen.returncode = status
        self.kill()
        shutil.rmtree(self.scratch, ignore_errors=True)
        unit = 1 if sys.platform == "darwin" else 1024
        return Ended(status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6)

    def kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


class FreshProcesses:
    """Starts a new interpreter per step, with what every POSIX system has: for macOS.

    Weaker than the fork server: a daemon that student code leaves behind survives its step.
    """

    name = "fresh process"

    def __init__(self, backend: str, device: str) -> None:
        self.backend, self.device = backend, device
        self.facts: dict[str, str] = {}

    def begin(self) -> None:
        """Nothing can be prepared."""

    def check(self) -> None:
        home = Path(tempfile.gettempdir())
        env = environment.clean(home, self.backend, self.device)
        done = subprocess.run(environment.command("probe"), env=env, capture_output=True, timeout=START_S, check=False)
        if done.returncode:
            raise no_backend(self.backend)

    def start(self, fds: Sequence[int]) -> Process:
        scratch = Path(tempfile.mkdtemp(prefix="harness-"))
        env = environment.clean(scratch, self.backend, self.device)
        return Fresh(environment.command("child", *map(str, fds)), env, fds, scratch)

    def close(self) -> None:
        """Nothing outlives its step."""
