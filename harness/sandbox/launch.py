"""What starts a step's process, and how that is done usually: forked from a server that has the backend loaded."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.errors import SandboxError
from harness.sandbox import cgroup, environment, scratch
from harness.sandbox import walls as barrier

START_S = 120.0  # a cold backend import on a slow disk


@dataclass(frozen=True)
class Ended:
    """How a process ended: its wait status, CPU seconds, and peak resident memory in MB.

    `full` says that it filled its scratch, and `clean` that nothing of it is left.
    """

    code: int
    cpu_s: float
    peak_memory_mb: float
    full: bool = False
    clean: bool = True


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

    def __init__(self, channel: socket.socket, scratch: Path | None) -> None:
        self.channel, self.scratch = channel, scratch
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
        return Ended(**json.loads(data))

    def kill(self) -> None:
        """End the child; the server ends whatever it may have started."""
        if self.pidfd >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)


def pid_of(pidfd: int) -> int:
    """Return the number a process has here, which is another one inside its own process table; 0 if it has ended."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    return max(0, next(int(line.split()[1]) for line in lines if line.startswith("Pid:")))


class ForkServer:
    """Client of `harness.sandbox.server`, started on first use and again when it has died.

    It runs one step at a time; `pool.ServerPool` keeps several. With `preload` the server has the backend loaded and a
    step starts in milliseconds. Without, every child loads it for itself, as it must where a device or the backend's
    threads make forking afterwards unsafe.
    """

    def __init__(
        self, backend: str, device: str, walls: barrier.Walls, *, preload: bool = True, memory_mb: int | None = None
    ) -> None:
        self.backend, self.device, self.walls, self.preload = backend, device, walls, preload
        self.memory_mb = memory_mb
        self.name = "fork server" if preload else "fork server, backend loaded in each step"
        self._root: Path | None = None
        self._ready = False
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._starter: ThreadPoolExecutor | None = None
        self._control: socket.socket | None = None

    def begin(self, steps: int = 1) -> None:
        """Start the server without waiting for its backend, so that the caller can do other work meanwhile."""
        with self._lock:
            self._begin()

    def _begin(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._clear()
        self._root = Path(tempfile.mkdtemp(prefix="harness-"))
        inside = barrier.scratch_inside(self.walls, self._root)
        barrier.prepare_scratch(self.walls, self._root)
        arguments = (str(theirs.fileno()), str(inside), "preload" if self.preload else "")
        command = barrier.command(self.walls, inside, "server", *arguments)
        env = environment.clean(inside, self.backend, self.device) | (cgroup.environment() if self.memory_mb else {})
        self._process = self._popen(cgroup.wrap(command, self.memory_mb), env, theirs.fileno())
        theirs.close()
        self._control = ours
        self._ready = False

    def _popen(self, command: list[str], env: dict[str, str], fd: int) -> "subprocess.Popen[bytes]":
        """Start a process from a thread that lasts as long as this server.

        What is to die with its parent, as bwrap is, dies with the thread that started it: prctl(2), PR_SET_PDEATHSIG.
        """
        self._starter = self._starter or ThreadPoolExecutor(1, "fork server")
        null = subprocess.DEVNULL
        return self._starter.submit(
            lambda: subprocess.Popen(
                command, env=env, stdin=null, stdout=null, stderr=null, pass_fds=[fd], start_new_session=True
            )
        ).result()

    def ready(self) -> socket.socket:
        """Return the control socket of a server that has its backend loaded."""
        if self._control is None or self._process is None or self._process.poll() is not None:
            self._begin()
        assert self._control is not None
        if not self._ready:
            self._control.settimeout(START_S)
            try:
                self._ready = bool(json.loads(self._control.recv(4096)))
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
        return Forked(ours, None if self.walls.sized else self._root)

    def close(self) -> None:
        if self._control is not None:
            self._control.close()  # the server ends its children and itself on this
        if self._process is not None:
            if self._ready:  # a server that still loads its backend has nothing to tidy up
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(5)
            self._process.kill()
            self._process.wait()
        if self._starter is not None:
            self._starter.shutdown()
            self._starter = None
        self._clear()

    def _clear(self) -> None:
        """Remove the scratch folders of a server that had no time to do so itself."""
        if self._root is not None:
            scratch.clear(self._root)
