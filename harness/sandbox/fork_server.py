"""How steps are usually started: forked from a server that has the backend loaded."""

import json
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from harness.errors import SandboxError
from harness.sandbox import cgroup, environment, loading, scratch
from harness.sandbox import walls as barrier
from harness.sandbox.ending import Elsewhere, Running, Started
from harness.sandbox.joining import Holder, start_waiting
from harness.sandbox.launch import Forked, ForkServerGone, Process, pid_of
from harness.sandbox.levels import Level
from harness.sandbox.loading import START_S
from harness.sandbox.preloading import Preloaded


@dataclass(frozen=True)
class Card:
    """What a step may use of a GPU: a share of its memory, and which one if there are several."""

    share: float = 1.0
    name: str = ""


class ForkServer:
    """Client of `harness.sandbox.server`, started on first use and again when it has died.

    It runs one step at a time; `pool.ServerPool` keeps several. With `preload` the server has the backend loaded and a
    step starts in milliseconds; with `preloaded` it is forked from a process that has, which servers share. Without,
    every child loads it for itself, as it must where a device makes forking afterwards unsafe. A backend whose import
    starts threads is found out, and then loaded in the children too. A control group holds a step to `memory_mb`.
    """

    def __init__(
        self,
        backend: str,
        device: str,
        walls: barrier.Walls,
        *,
        preload: bool = True,
        preloaded: Preloaded | None = None,
        memory_mb: int | None = None,
        card: Card = Card(),
    ) -> None:
        self.backend, self.device, self.walls, self.preload = backend, device, walls, preload
        self.preloaded, self.memory_mb, self.card = preloaded, memory_mb, card
        self._printed = loading.printed()
        self._root: scratch.Root | None = None
        self._ready = False
        self._lock = threading.Lock()
        self._holder: Holder | None = None
        self._running: Running | None = None
        self._starter: ThreadPoolExecutor | None = None
        self._control: socket.socket | None = None

    @property
    def name(self) -> str:
        return "fork server" if self.preload else "fork server, backend loaded in each step"

    @property
    def pid(self) -> int | None:
        """The number of the server's process, or of the one that stays outside of its barrier; None before it began."""
        return self._running.pid if self._running else None

    def begin(self, steps: int = 1) -> None:
        """Start the server without waiting for its backend, so that the caller can do other work meanwhile."""
        with self._lock:
            self._begin()

    def _begin(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._put_away()
        self._printed.seek(0)
        self._printed.truncate()
        self._root = scratch.make_root()
        barrier.prepare_scratch(self.walls, self._root.folder)
        with theirs:
            self._holder = barrier.held(self.walls, self._root.folder, self._hold)
            if self._forked:
                self._fork(theirs)
            else:
                self._start(theirs)
        if self._holder:
            self._holder.handed_over()
        self._control, self._ready = ours, False

    @property
    def _forked(self) -> bool:
        return self.preload and self.preloaded is not None

    def _fork(self, control: socket.socket) -> None:
        assert self._root is not None and self.preloaded is not None
        told = [self._holder.told] if self._holder else []
        inside = barrier.scratch_inside(self.walls, self._root.folder)
        self.preloaded.fork(self.walls, inside, [control.fileno(), self._printed.fileno(), *told])

    def _start(self, control: socket.socket) -> None:
        assert self._root is not None
        inside = barrier.scratch_inside(self.walls, self._root.folder)
        arguments = [str(control.fileno()), str(inside), "preload" if self.preload else ""]
        fds = [control.fileno()]
        if self._holder:
            arguments.append(str(self._holder.told))
            fds.append(self._holder.told)
        command = barrier.command(self.walls, self._root.folder, "server", *arguments)
        env = environment.clean(inside, self.backend, self.device, self.card.share, self.card.name)
        env |= cgroup.environment() if self.memory_mb else {}
        env |= environment.shared() if self.walls.level == Level.NONE else {}
        whole, null = cgroup.wrap(command, self.memory_mb), subprocess.DEVNULL
        process = self._in_thread(
            lambda: subprocess.Popen(
                whole, env=env, stdin=null, stdout=null, stderr=self._printed, pass_fds=fds, start_new_session=True
            )
        )
        self._running = Started(process)

    def _hold(self, command: list[str], telling: int) -> "subprocess.Popen[bytes]":
        return self._in_thread(lambda: start_waiting(self._printed, command, telling))

    def _in_thread(self, start: Callable[[], "subprocess.Popen[bytes]"]) -> "subprocess.Popen[bytes]":
        """Start a process from a thread that lasts as long as this server.

        What is to die with its parent, as bwrap is, dies with the thread that started it: prctl(2), PR_SET_PDEATHSIG.
        """
        self._starter = self._starter or ThreadPoolExecutor(1, "fork server")
        return self._starter.submit(start).result()

    def ready(self) -> socket.socket:
        """Return the control socket of a server that has its backend loaded."""
        if self._control is None or (self._running is not None and self._running.ended()):
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
        """Wait for the server to be there; return how many threads it has, or what it would have been forked from."""
        assert self._control is not None
        self._control.settimeout(START_S)
        threads = 0
        try:
            while not threads or (threads == 1 and self._running is None):
                data, fds, _, _ = socket.recv_fds(self._control, 4096, 1)
                if fds:
                    self._running = Elsewhere(fds[0], pid_of(fds[0]))
                threads = threads or int(json.loads(data).get("threads", 0))
        except TimeoutError as error:
            raise loading.timed_out(self.backend) from error
        except (ValueError, OSError) as error:
            raise self._unloaded() from error
        return threads

    def _unloaded(self) -> SandboxError:
        """Return the error for a server that has ended, or for what it was to be forked from."""
        if self.preloaded is not None and not loading.last_line(self._printed):
            return self.preloaded.unloaded()
        return loading.ended(self.backend, self._printed)

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

    def _end(self) -> None:
        self.dismiss()
        if self._running is not None and self._ready:  # a server that still loads its backend has nothing to tidy up
            self._running.ended(5)
        self._put_away()

    def _put_away(self) -> None:
        """End the server and what held its barrier, and remove scratch that it had no time to remove itself."""
        if self._running is not None:
            self._running.end()
        self._running = self._control = None
        if self._holder is not None:
            self._holder.close()
            self._holder = None
        if self._root is not None:
            self._root.clear()
            self._root = None
