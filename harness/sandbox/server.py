"""The fork server: imports the backend once, then forks a child for every step.

Forking is safe while this process has a single thread, which holds until the backend runs its first operation;
that is checked before every fork. The server never runs student code and never holds an answer.

Protocol on the control socket: a message `job` with the descriptors channel, request, result, log, inputs. On the
job's own channel the server answers `{"pid": n}` with a pidfd (or `{"refused": why}`), and, once the child has ended,
`{"code": wait status, "cpu_s": seconds, "peak_memory_mb": MB}`.
"""

import json
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from harness.sandbox import child, limits
from harness.training import backend

MAX_FDS = 64


@dataclass
class Running:
    channel: socket.socket
    scratch: Path


@dataclass
class Server:
    control: socket.socket
    root: Path
    wakeup: int
    preload: bool
    running: dict[int, Running] = field(default_factory=dict)

    def serve(self) -> None:
        """Handle jobs until the other end closes the control socket."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(self.wakeup, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self.control and not self.accept():
                        return
                    if key.fileobj == self.wakeup:
                        os.read(self.wakeup, 4096)
                        self.reap()

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
        threads = len(os.listdir("/proc/self/task"))
        if threads != 1:
            channel.send(json.dumps({"refused": f"the fork server has {threads} threads"}).encode())
            channel.close()
            return
        scratch = Path(tempfile.mkdtemp(dir=self.root))
        pid = os.fork()
        if pid == 0:
            self.become_child(channel, scratch, fds)
        pidfd = os.pidfd_open(pid)
        with suppress(OSError):  # the harness gave up on the job already
            socket.send_fds(channel, [json.dumps({"pid": pid}).encode()], [pidfd])
        os.close(pidfd)
        self.running[pid] = Running(channel, scratch)

    def become_child(self, channel: socket.socket, scratch: Path, fds: list[int]) -> NoReturn:
        try:
            limits.die_with_parent()
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            close_all_but({0, 1, 2, *fds})
            os.chdir(scratch)
            os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
            if not self.preload:
                backend.load()
            child.run(fds[0], fds[1], fds[2], fds[3:])
        finally:
            os._exit(1)

    def reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            job = self.running.pop(pid, None)
            if job is None:  # an inherited daemon, which may have children of its own
                end_leftovers(0, self.running)
                continue
            end_leftovers(pid, self.running)
            used = {"cpu_s": usage.ru_utime + usage.ru_stime, "peak_memory_mb": usage.ru_maxrss * 1024 / 1e6}
            with suppress(OSError):
                job.channel.send(json.dumps({"code": status, **used}).encode())
            job.channel.close()
            shutil.rmtree(job.scratch, ignore_errors=True)

    def stop(self) -> None:
        for pid in self.running:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        end_leftovers(0, {})
        shutil.rmtree(self.root, ignore_errors=True)


def close_all_but(keep: set[int]) -> None:
    """Close the server's sockets and whatever else is open: the child keeps its own descriptors only."""
    for fd in [int(name) for name in os.listdir("/proc/self/fd")]:
        if fd not in keep:
            with suppress(OSError):
                os.close(fd)


def end_leftovers(group: int, running: dict[int, Running]) -> None:
    """Kill what a job left behind: its process group, and daemons, which this process has inherited."""
    if group:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    for pid in map(int, children):
        if pid not in running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def main() -> NoReturn:
    """Entry point; arguments: descriptor of the control socket, folder for scratch, `preload` or nothing."""
    control, root, preload = socket.socket(fileno=int(sys.argv[2])), Path(sys.argv[3]), sys.argv[4] == "preload"
    limits.adopt_orphans()
    if preload:
        backend.load()
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    server = Server(control, root, read, preload)
    try:
        control.send(json.dumps({"ready": True, **backend.describe()}).encode())
        server.serve()
    finally:
        server.stop()
        os._exit(0)
