"""What starts a step's process, and how that is done usually: forked from a server that has the backend loaded."""

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.errors import SandboxError
from harness.sandbox import cgroup, environment, loading, scratch
from harness.sandbox import walls as barrier
from harness.sandbox.levels import Level
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


def end_family(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process that leads a group, with what it has started in it, and wait for it.

    A barrier that is still being built has processes that do not die with their parent yet; they are in its group.
    """
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class ForkServer:
    """Client of `harness.sandbox.server`, started on first use and again when it has died.

    It runs one step at a time; `pool.ServerPool` keeps several. With `preload` the server has the backend loaded and a
    step starts in milliseconds. Without, every child loads it for itself, as it must where a device makes forking
    afterwards unsafe. A backend whose import starts threads is found out, and then loaded in the children too. `share`
    is how much of the device's memory a step may take, and `card` the one that it uses, if there are several.
    """

    def __init__(
        self,
        backend: str,
        device: str,
        walls: barrier.Walls,
        *,
        preload: bool = True,
        memory_mb: int | None = None,
        share: float = 1.0,
        card: str = "",
    ) -> None:
        self.backend, self.device, self.walls, self.preload = backend, device, walls, preload
        self.memory_mb, self.share, self.card = memory_mb, share, card
        self._printed = loading.printed()
        self._root: scratch.Root | None = None
        self._ready = False
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._starter: ThreadPoolExecutor | None = None
        self._control: socket.socket | None = None

    @property
    def name(self) -> str:
        return "fork server" if self.preload else "fork server, backend loaded in each step"

    def begin(self, steps: int = 1) -> None:
        """Start the server without waiting for its backend, so that the caller can do other work meanwhile."""
        with self._lock:
            self._begin()

    def _begin(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._clear()
        self._printed.seek(0)
        self._printed.truncate()
        self._root = scratch.make_root()
        inside = barrier.scratch_inside(self.walls, self._root.folder)
        barrier.prepare_scratch(self.walls, self._root.folder)
        arguments = (str(theirs.fileno()), str(inside), "preload" if self.preload else "")
        command = barrier.command(self.walls, self._root.folder, "server", *arguments)
        env = environment.clean(inside, self.backend, self.device, self.share, self.card)
        env |= cgroup.environment() if self.memory_mb else {}
        env |= environment.shared() if self.walls.level == Level.NONE else {}
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
                command, env=env, stdin=null, stdout=null, stderr=self._printed, pass_fds=[fd], start_new_session=True
            )
        ).result()

    def ready(self) -> socket.socket:
        """Return the control socket of a server that has its backend loaded."""
        if self._control is None or self._process is None or self._process.poll() is not None:
            self._begin()
        if not self._ready and self._threads() > 1:  # of which a fork would take one along
            self.preload = False
            self._end()
            self._begin()
            self._threads()
        assert self._control is not None
        self._ready = True
        return self._control

    def _threads(self) -> int:
        """Wait for the server to be there; return how many threads it has."""
        assert self._control is not None
        self._control.settimeout(START_S)
        try:
            return int(json.loads(self._control.recv(4096))["threads"])
        except TimeoutError as error:
            raise loading.timed_out(self.backend) from error
        except (ValueError, OSError) as error:
            raise loading.ended(self.backend, self._printed) from error

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
        root = None if self.walls.sized or self._root is None else self._root.folder
        return Forked(ours, root, lambda: loading.ended(self.backend, self._printed))

    def dismiss(self) -> None:
        """Let the server end of itself, without waiting for it."""
        if self._control is not None:
            self._control.close()  # the server ends its children and itself on this

    def close(self) -> None:
        self._end()
        if self._starter is not None:
            self._starter.shutdown()
            self._starter = None
        self._clear()

    def _end(self) -> None:
        self.dismiss()
        if self._process is not None:
            if self._ready:  # a server that still loads its backend has nothing to tidy up
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(5)
            end_family(self._process)

    def _clear(self) -> None:
        """Remove the scratch folders of a server that had no time to do so itself."""
        if self._root is not None:
            self._root.clear()
            self._root = None
