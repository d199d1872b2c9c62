"""As many fork servers as steps run at once, so that no two steps share a scratch or a process table.

A server is used again only after a step that ended of itself and left nothing behind; otherwise a new one takes its
place, so that nothing of one submission can be there for the next.
"""

import os
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from harness.errors import SandboxError
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.launch import Ended, Process
from harness.sandbox.preloading import Preloaded
from harness.sandbox.walls import Walls


class Pooled:
    """A running step; its end decides what becomes of its server."""

    def __init__(self, process: Process, server: ForkServer, give_back: Callable[[ForkServer, bool], None]) -> None:
        self._process, self._server, self._give_back = process, server, give_back
        self._killed = self._over = False
        self.pid, self.scratch = process.pid, process.scratch

    def wait(self, timeout: float) -> Ended | None:
        try:
            ended = self._process.wait(timeout)
        except BaseException:
            self._finish(False)
            raise
        if ended:
            orderly = os.WIFEXITED(ended.code) and os.WEXITSTATUS(ended.code) == 0 and ended.clean
            self._finish(orderly and not self._killed)
        return ended

    def _finish(self, usable: bool) -> None:
        """Give the server back, once: whoever waits again for a step whose end was an error must not do it twice."""
        if not self._over:
            self._over = True
            self._give_back(self._server, usable)

    def kill(self) -> None:
        self._killed = True
        self._process.kill()


class ServerPool:
    """Starts each step from a server of its own, made on demand by `make`; `preloaded` is what they are forked from."""

    def __init__(self, make: Callable[[], ForkServer], preloaded: Preloaded | None = None) -> None:
        self._make, self._preloaded = make, preloaded
        self._idle: list[ForkServer] = []
        self._all: set[ForkServer] = set()
        self._lock = threading.Lock()
        first = make()
        self.name, self.walls = first.name, first.walls
        self._idle.append(first)
        self._all.add(first)

    def begin(self, steps: int = 1) -> None:
        """Start servers for that many steps at once without waiting for their backends."""
        with self._lock:
            while len(self._idle) < steps:
                self._add(self._make())
            servers = self._idle[:steps]
        if self._preloaded:
            self._preloaded.begin()  # it takes longest, and what holds a server's barrier can be made meanwhile
        for server in servers:
            server.begin()

    def _add(self, server: ForkServer) -> None:
        self._idle.append(server)
        self._all.add(server)

    def check(self) -> None:
        server = self._take()
        try:
            server.check()
        finally:
            self._put(server, True)

    def start(self, fds: Sequence[int]) -> Process:
        server = self._take()
        try:
            return Pooled(server.start(fds), server, self._put)
        except BaseException:
            self._put(server, False)
            raise

    def _take(self) -> ForkServer:
        with self._lock:
            if not self._idle:
                self._add(self._make())
            return self._idle.pop()

    def _put(self, server: ForkServer, usable: bool) -> None:
        if not usable:
            server.close()
        with self._lock:
            if server not in self._all:  # the pool was closed meanwhile
                return
            if not usable:
                with suppress(OSError, SandboxError):  # it is tried again, and reported, when a step needs it
                    server.begin()
            self._idle.insert(len(self._idle) if usable else 0, server)  # the next step takes one that is ready

    def dismiss(self) -> None:
        """Let all servers end at once, without waiting for any."""
        with self._lock:
            for server in self._all:
                server.dismiss()
        if self._preloaded:
            self._preloaded.dismiss()

    def close(self) -> None:
        self.dismiss()
        with self._lock:
            servers, self._all, self._idle = self._all, set(), []
        for server in servers:
            server.close()
        if self._preloaded:
            self._preloaded.close()


def on_cpu(backend: str, walls: Walls) -> ServerPool:
    """Return a pool for steps on the CPU, whose servers share one import of the backend."""
    preloaded = Preloaded(backend, walls)
    return ServerPool(lambda: ForkServer(backend, "cpu", walls, preloaded=preloaded), preloaded)
