"""No two steps share a fork server, and nothing of a step that went wrong is there for the next."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from harness.errors import SandboxError
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.launch import Ended, ForkServerGone
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.view import view
from harness.sandbox.walls import make

ORDERLY, ABORTED, KILLED = 0, int(signal.SIGABRT), int(signal.SIGKILL)


@dataclass
class FakeProcess:
    ends: list[Ended | Exception | None]
    pid: int = 7
    scratch: Path | None = None
    killed: bool = False

    def wait(self, timeout: float) -> Ended | None:
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    def kill(self) -> None:
        self.killed = True


@dataclass(eq=False)
class FakeServer:
    """Stands in for a fork server: counts what is asked of it."""

    number: int
    ends: list[Ended | Exception | None]
    name: str = "fake"
    walls: Any = field(default_factory=lambda: make(Level.NONE, view("cpu")))
    checked: int = 0
    begun: int = 0
    started: int = 0
    dismissed: int = 0
    closed: int = 0
    broken: bool = False
    on_close: Callable[[], None] = lambda: None

    def begin(self, steps: int = 1) -> None:
        self.begun += 1
        if self.broken:
            raise SandboxError("Expected bwrap, found none.")

    def check(self) -> None:
        self.checked += 1

    def start(self, fds: Sequence[int]) -> FakeProcess:
        if self.broken:
            raise ForkServerGone("gone")
        self.started += 1
        return FakeProcess(list(self.ends))

    def dismiss(self) -> None:
        self.dismissed += 1

    def close(self) -> None:
        self.on_close()
        self.closed += 1


@dataclass
class Made:
    ends: list[Ended | Exception | None]
    servers: list[FakeServer] = field(default_factory=list)

    def __call__(self) -> ForkServer:
        self.servers.append(FakeServer(len(self.servers), self.ends))
        return cast(ForkServer, self.servers[-1])


def pool_of(*ends: Ended | Exception | None) -> tuple[ServerPool, list[FakeServer]]:
    made = Made(list(ends))
    return ServerPool(cast(Callable[[], ForkServer], made)), made.servers


def ended(code: int = ORDERLY, *, clean: bool = True) -> Ended:
    return Ended(code, 0.1, 100.0, clean=clean)


def test_a_server_is_used_again_after_an_orderly_end() -> None:
    pool, servers = pool_of(None, ended())
    for _ in range(3):
        step = pool.start([])
        assert step.wait(0) is None
        assert step.wait(0) == ended()
    assert len(servers) == 1
    assert servers[0].closed == 0


@pytest.mark.parametrize(
    "end",
    [
        ended(ABORTED),
        ended(KILLED),
        ended(256 * 3),  # an exit code of its own
        ended(clean=False),
        ForkServerGone("gone"),
    ],
    ids=["aborted", "killed", "exit code", "something is left", "server gone"],
)
def test_a_server_is_replaced_after_any_other_end(end: Ended | Exception) -> None:
    pool, servers = pool_of(end)
    step = pool.start([])
    if isinstance(end, Exception):
        with pytest.raises(ForkServerGone):
            step.wait(0)
    else:
        assert step.wait(0) == end
    assert (servers[0].closed, servers[0].begun) == (1, 1)


def test_a_server_is_replaced_after_a_step_that_was_killed_however_that_ended() -> None:
    pool, servers = pool_of(ended())
    step = pool.start([])
    step.kill()
    step.wait(0)
    assert servers[0].closed == 1


def test_steps_at_once_use_different_servers() -> None:
    pool, servers = pool_of(ended())
    steps = [pool.start([]) for _ in range(3)]
    assert len(servers) == 3
    for step in steps:
        step.wait(0)
    for _ in range(3):
        pool.start([])
    assert len(servers) == 3, "those that are free again are used before new ones are made"


def test_a_step_whose_end_was_an_error_gives_its_server_back_once() -> None:
    """Who runs a step waits once more to tidy up; a server that is there twice would get two steps at once."""
    pool, servers = pool_of(ForkServerGone("gone"), OSError("closed"))
    step = pool.start([])
    for error in (ForkServerGone, OSError):
        with pytest.raises(error):
            step.wait(0)
    pool.start([])
    pool.start([])
    assert len(servers) == 2


def test_a_new_server_is_taken_last_because_it_has_to_load_its_backend() -> None:
    pool, servers = pool_of(ended())
    first, second = pool.start([]), pool.start([])
    first.wait(0)
    second.kill()
    second.wait(0)
    assert [s.closed for s in servers] == [0, 1]
    pool.start([])
    assert [s.started for s in servers] == [2, 1]


def test_a_server_that_cannot_start_a_step_is_replaced_and_the_error_told() -> None:
    pool, servers = pool_of(ended())
    servers[0].broken = True
    with pytest.raises(ForkServerGone):
        pool.start([])
    assert servers[0].closed == 1
    servers[0].broken = False
    assert pool.start([]).wait(0) == ended(), "it is tried again when a step needs it"


def test_servers_for_all_steps_at_once_are_begun_together() -> None:
    pool, servers = pool_of(ended())
    pool.begin(3)
    assert [s.begun for s in servers] == [1, 1, 1]


def test_closing_closes_servers_in_use_too_and_starts_none_afterwards() -> None:
    pool, servers = pool_of(ForkServerGone("gone"))
    step = pool.start([])
    pool.begin(2)
    begun = [s.begun for s in servers]
    pool.close()
    assert all(s.closed for s in servers)
    with pytest.raises(ForkServerGone):
        step.wait(0)
    assert [s.begun for s in servers] == begun


def test_no_server_waits_for_another_to_end() -> None:
    pool, servers = pool_of(ended())
    pool.begin(2)
    for server in servers:
        server.on_close = lambda: told.append([s.dismissed for s in servers])
    told: list[list[int]] = []
    pool.close()
    assert told == [[1, 1], [1, 1]]


def test_a_check_asks_a_server_that_is_not_at_work() -> None:
    pool, servers = pool_of(ended())
    running = pool.start([])
    pool.check()
    assert running.pid == 7
    assert [server.checked for server in servers] == [0, 1]
