"""A process that has a backend loaded, for fork servers to be forked from, as many as there are."""

import json
import socket
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from harness.errors import SandboxError
from harness.sandbox import environment, loading, scratch
from harness.sandbox.ending import Started
from harness.sandbox.levels import Level
from harness.sandbox.walls import Walls

NOWHERE = Path("/nonexistent")  # in the environment that steps can read: it names no folder of this machine


class Preloaded:
    """Client of `harness.sandbox.zygote`, started on first use and again when it has died.

    It is for steps on the CPU behind `walls`: a GPU's variables differ from one server to the next.
    """

    def __init__(self, backend: str, walls: Walls) -> None:
        self.backend = backend
        self._shared = environment.shared() if walls.level == Level.NONE else {}
        self._printed = loading.printed()
        self._lock = threading.Lock()
        self._root: scratch.Root | None = None
        self._process: Started | None = None
        self._control: socket.socket | None = None

    def begin(self) -> None:
        """Start the process without waiting for its backend."""
        with self._lock:
            self._there()

    def fork(self, walls: Walls, folder: Path, fds: Sequence[int]) -> None:
        """Have a server forked that goes behind `walls`, without waiting for it.

        `folder` is the one for its scratch, inside, and `fds` are its control socket, what it prints to, and where the
        holder of its barrier tells, if there is one; they stay the caller's to close.
        """
        message = json.dumps({"walls": walls.dump(), "scratch": str(folder)}).encode()
        with self._lock:
            control = self._there()
            with suppress(OSError):  # it has just ended: nobody answers on the server's socket
                socket.send_fds(control, [message], list(fds))

    def _there(self) -> socket.socket:
        if self._control is None or self._process is None or self._process.ended():
            self._end()
            self._begin()
        assert self._control is not None
        return self._control

    def _begin(self) -> None:
        self._printed.close()
        self._printed = loading.printed()
        self._root = scratch.make_root()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.send(json.dumps({"home": str(self._root.folder)}).encode())
        with theirs:
            self._process = Started(self._popen(self._command(theirs.fileno()), theirs.fileno()))

    def _command(self, control: int) -> list[str]:
        return environment.command("zygote", str(control))

    def _popen(self, command: list[str], fd: int) -> "subprocess.Popen[bytes]":
        null = subprocess.DEVNULL
        env = environment.clean(NOWHERE, self.backend, "cpu") | self._shared
        return subprocess.Popen(
            command, env=env, stdin=null, stdout=null, stderr=self._printed, pass_fds=[fd], start_new_session=True
        )

    def unloaded(self) -> SandboxError:
        """Return the error for a backend that was not loaded."""
        return loading.ended(self.backend, self._printed)

    def dismiss(self) -> None:
        """Let it end of itself, once all that were forked from it have ended, without waiting for it."""
        if self._control is not None:
            self._control.close()

    def close(self) -> None:
        """End it at once, and what is left of all that were forked from it."""
        with self._lock:
            self._end()
            self._printed.close()

    def _end(self) -> None:
        self.dismiss()
        self._control = None
        if self._process is not None:
            self._process.end()
            self._process = None
        if self._root is not None:
            self._root.clear()
            self._root = None
