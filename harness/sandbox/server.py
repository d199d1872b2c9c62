"""The fork server: has the backend loaded and forks a child for every step, one at a time.

Forking is safe while this process has a single thread, which holds until the backend runs its first operation;
that is checked before every fork. The server stands behind the outer barrier already, never runs student code and
never holds an answer. It was forked from the zygote, which loaded the backend, or loads it itself.

Protocol on the control socket: first the server says `{"threads": number}` of its own, once it is there; then comes a
message `job` with the descriptors channel, request, result, log, inputs. On the
job's own channel the server answers `{"refused": why}`, or a pidfd with `{}` and, once the child has ended,
`{"code": wait status, "cpu_s": seconds, "peak_memory_mb": MB, "full": whether it filled its scratch, "clean": whether
nothing of it is left, "loaded": whether it got as far as student code}`.
"""

import json
import os
import selectors
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from harness.sandbox import child, limits, loading, namespaces, scratch
from harness.sandbox import walls as barrier
from harness.training import backend

MAX_FDS = 64
LOOK_S = 0.2  # how often scratch is looked at


@dataclass
class Running:
    pid: int
    channel: socket.socket
    scratch: Path
    told: int  # where it says that it is about to run student code
    full: bool = False


@dataclass
class Server:
    control: socket.socket
    root: Path
    wakeup: int
    preload: bool
    walls: barrier.Walls
    job: Running | None = None

    def serve(self) -> None:
        """Handle jobs until the other end closes the control socket."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(self.wakeup, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select(LOOK_S if self.job else None):
                    if key.fileobj is self.control and not self.accept():
                        return
                    if key.fileobj == self.wakeup:
                        os.read(self.wakeup, 4096)
                        self.reap()
                self.look()

    def accept(self) -> bool:
        data, fds, _, _ = socket.recv_fds(self.control, 64, MAX_FDS)
        if not data:
            return False
        channel = socket.socket(fileno=fds[0])
        try:
            self.start(channel, fds[1:])
        finally:
            for fd in fds[1:]:
                os.close(fd)
        return True

    def start(self, channel: socket.socket, fds: list[int]) -> None:
        threads = own_threads()
        if threads != 1 or self.job:
            why = "a step is running" if self.job else f"the fork server has {threads} threads"
            channel.send(json.dumps({"refused": why}).encode())
            channel.close()
            return
        folder = Path(tempfile.mkdtemp(dir=self.root))
        told = os.pipe()
        pid = os.fork()
        if pid == 0:
            self.become_child(folder, fds, told[1])
        os.close(told[1])
        pidfd = os.pidfd_open(pid)
        with suppress(OSError):  # the harness gave up on the job already
            socket.send_fds(channel, [b"{}"], [pidfd])
        os.close(pidfd)
        self.job = Running(pid, channel, folder, told[0])

    def become_child(self, folder: Path, fds: list[int], told: int) -> NoReturn:
        try:
            limits.die_with_parent()
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            close_all_but({0, 1, 2, *fds, told})
            os.chdir(folder)
            at_home(folder)
            child.run(self.walls, told, fds[0], fds[1], fds[2], fds[3:], preloaded=self.preload)
        finally:
            os._exit(1)

    def look(self) -> None:
        """End a step that fills its scratch."""
        if self.job and not self.job.full and scratch.too_full(self.job.scratch):
            self.job.full = True
            with suppress(ProcessLookupError):
                os.kill(self.job.pid, signal.SIGKILL)

    def reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self.job and pid == self.job.pid:
                self.finish(self.job, status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)
            elif self.job is None:  # an inherited daemon, which may have children of its own
                self.end_leftovers(0)

    def finish(self, job: Running, status: int, cpu_s: float, peak_memory_mb: float) -> None:
        """Clear away what the step left behind, then say how it ended."""
        self.job = None
        self.end_leftovers(job.pid)
        ended = {"code": status, "cpu_s": cpu_s, "peak_memory_mb": peak_memory_mb, "full": job.full}
        ended["loaded"] = loading.heard(job.told)
        with suppress(OSError):
            job.channel.send(json.dumps({**ended, "clean": scratch.clear(job.scratch)}).encode())
        job.channel.close()

    def end_leftovers(self, group: int) -> None:
        """Kill what a job left behind: its process group, and daemons, which this process has inherited."""
        if group:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        if self.walls.level.own_processes:
            namespaces.end_all()
            return
        children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        for pid in map(int, children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        self.end_leftovers(self.job.pid if self.job else 0)
        if self.job:
            scratch.clear(self.job.scratch)


def deserted(control: socket.socket) -> bool:
    """Say whether the other end is closed already: whoever ended while the barrier was built may not have ended it."""
    try:
        return not control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False


def own_threads() -> int:
    return len(os.listdir("/proc/self/task"))


def at_home(folder: Path) -> None:
    """Have libraries that are still to be imported keep what they write, and read back, in the step's own folder.

    Nothing else of scratch can be read once the walls are closed. TensorFlow, where it is installed beside another
    backend, looks for Keras's settings only when a layer first asks for it.
    """
    os.environ["HOME"] = os.environ["TMPDIR"] = os.environ["MPLCONFIGDIR"] = tempfile.tempdir = str(folder)
    os.environ["KERAS_HOME"] = str(folder / ".keras")


def close_all_but(keep: set[int]) -> None:
    """Close the server's sockets and whatever else is open: the child keeps its own descriptors only."""
    for fd in [int(name) for name in os.listdir("/proc/self/fd")]:
        if fd not in keep:
            with suppress(OSError):
                os.close(fd)


def main() -> NoReturn:
    """Entry point of a server that loads its backend itself.

    Arguments: walls, descriptor of the control socket, folder for scratch, `preload` or nothing, and where the holder
    of a barrier tells, if there is one.
    """
    walls, control = barrier.Walls.parse(sys.argv[2]), socket.socket(fileno=int(sys.argv[3]))
    told = int(sys.argv[6]) if len(sys.argv) > 6 else None
    run(walls, control, Path(sys.argv[4]), told, load=backend.load if sys.argv[5] == "preload" else None)


def run(
    walls: barrier.Walls, control: socket.socket, root: Path, told: int | None, *, load: Callable[[], None] | None
) -> NoReturn:
    """Close the barrier and serve until the other end of `control` closes.

    `load` loads what steps are to have loaded; without it each of them does.
    """
    barrier.enter(walls, root, told)
    limits.adopt_orphans()
    if deserted(control):
        os._exit(0)
    if load:
        load()
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    server = Server(control, root, read, load is not None, walls)
    try:
        control.send(json.dumps({"threads": own_threads()}).encode())
        server.serve()
    finally:
        server.stop()
        os._exit(0)
