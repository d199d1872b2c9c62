"""The process that has a backend loaded, from which fork servers are forked: one import for all, and nothing left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sandbox.bare import BOOT, BarePreloaded, bare_pool
from sandbox.noting import gone, kill, processes_of, processes_that_name
from sandbox.students import RunStudent

from harness.errors import SandboxError
from harness.sandbox import detect
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.preloading import Preloaded
from harness.sandbox.walls import Walls

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server needs Linux")

LEVELS = (Level.NONE, Level.LANDLOCK, Level.NAMESPACES, Level.BUBBLEWRAP)
WITH_THREADS = BOOT.replace(
    "backend.load = ",
    "import threading\n"
    "backend.load = lambda: threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    "backend.unused = ",
)


@pytest.fixture(params=LEVELS)
def walls(request: pytest.FixtureRequest) -> Walls:
    try:
        return detect.hold(request.param, "cpu")
    except SandboxError as error:
        pytest.skip(f"{request.param}: {error}")


@pytest.fixture
def pool(walls: Walls) -> Iterator[ServerPool]:
    made = bare_pool(walls)
    yield made
    made.close()


def zygote(pool: ServerPool) -> int:
    assert pool._preloaded is not None and pool._preloaded._process is not None
    return pool._preloaded._process.pid


def servers(pool: ServerPool, n: int) -> list[ForkServer]:
    """Begin so many servers, wait for them and return them."""
    pool.begin(n)
    for server in pool._idle:
        server.check()
    return [*pool._idle]


def test_all_servers_are_forked_from_one_process(pool: ServerPool) -> None:
    parents = {psutil.Process(server.pid).ppid() for server in servers(pool, 3)}
    assert parents == {zygote(pool)}


def test_a_server_that_takes_the_place_of_another_loads_no_backend(run_bare: RunStudent, pool: ServerPool) -> None:
    (first,) = servers(pool, 1)
    before = first.pid
    assert run_bare("os.abort()", launcher=pool).fault is not None
    (second,) = servers(pool, 1)
    assert second.pid != before
    assert psutil.Process(second.pid).ppid() == zygote(pool)


def test_a_server_that_was_closed_begins_anew_when_it_is_asked_for(pool: ServerPool) -> None:
    (server,) = servers(pool, 1)
    server.close()
    assert server.pid is None
    server.check()
    assert server.pid is not None and psutil.Process(server.pid).ppid() == zygote(pool)


def test_when_it_is_killed_the_next_step_has_another(run_bare: RunStudent, pool: ServerPool) -> None:
    (server,) = servers(pool, 1)
    before, below = zygote(pool), processes_of(server)
    kill(before)
    assert gone(below[:1], 20), "a server ends with what it was forked from"
    assert run_bare(launcher=pool).fault is None
    assert zygote(pool) != before


def test_closing_leaves_no_process_and_no_folder(walls: Walls, open_folder: Path) -> None:
    pool = bare_pool(walls)
    processes = [pid for server in servers(pool, 2) for pid in processes_of(server)]
    processes.append(zygote(pool))
    assert len(list(open_folder.iterdir())) >= 3
    pool.close()
    assert gone(processes)
    assert not list(open_folder.iterdir())


def test_closing_at_any_moment_leaves_no_process(walls: Walls, open_folder: Path) -> None:
    for seconds in (0, 0.002, 0.008, 0.03, 0.06, 0.1, 0.15, 0.2):
        pool = bare_pool(walls)
        pool.begin(2)
        before = zygote(pool)
        time.sleep(seconds)
        pool.close()
        assert gone([before], 20)
    assert gone(processes_that_name(open_folder), 20)
    assert not list(open_folder.iterdir())


def test_what_is_dismissed_ends_of_itself(walls: Walls, open_folder: Path) -> None:
    pool = bare_pool(walls)
    processes = [pid for server in servers(pool, 2) for pid in processes_of(server)[:1]] + [zygote(pool)]
    pool.dismiss()
    assert gone(processes, 20)
    pool.close()
    assert not list(open_folder.iterdir())


def test_an_import_that_starts_threads_is_not_forked_from(walls: Walls) -> None:
    class Threaded(BarePreloaded):
        def _command(self, control: int) -> list[str]:
            return [WITH_THREADS if part == BOOT else part for part in super()._command(control)]

    preloaded = Threaded(walls)
    server = ForkServer("none", "cpu", walls, preloaded=preloaded)
    try:
        server.check()
        assert not server.preload, "each step loads its backend itself"
        assert psutil.Process(server.pid).ppid() == os.getpid()
    finally:
        server.close()
        preloaded.close()


def test_why_a_backend_cannot_be_loaded_is_told_of_every_server(walls: Walls) -> None:
    preloaded = Preloaded("no_such_backend", walls)
    both = [ForkServer("no_such_backend", "cpu", walls, preloaded=preloaded) for _ in range(2)]
    try:
        for server in both:
            server.begin()
        for server in both:
            with pytest.raises(SandboxError, match=r"no_such_backend backend.*no_such_backend"):
                server.check()
    finally:
        for server in both:
            server.close()
        preloaded.close()


ENVIRONMENT = """
try:
    print(open("/proc/self/environ").read().split(chr(0)))
except PermissionError:
    print("closed")
"""


def test_the_environment_of_a_step_names_no_folder_of_this_machine(
    run_bare: RunStudent, pool: ServerPool, open_folder: Path
) -> None:
    outcome = run_bare(ENVIRONMENT, launcher=pool)
    assert outcome.fault is None, outcome.fault
    assert "HOME=/nonexistent" in outcome.log or outcome.log.strip() == "closed"
    assert str(open_folder) not in outcome.log and "harness-" not in outcome.log


DRIVER = """
import sys, time
sys.path[:0] = [{tests!r}]
from sandbox.bare import bare_pool
from sandbox.noting import processes_of
from harness.sandbox.walls import Walls
pool = bare_pool(Walls.parse({walls!r}))
pool.begin(2)
for server in pool._idle:
    server.check()
print(pool._preloaded._process.pid, *(pid for s in pool._idle for pid in processes_of(s)), flush=True)
time.sleep(600)
"""


def test_all_end_with_whoever_began_them_even_if_that_is_killed(walls: Walls, open_folder: Path) -> None:
    code = DRIVER.format(tests=str(Path(__file__).parents[1]), walls=walls.dump())
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as driver:
        assert driver.stdout is not None
        processes = [int(pid) for pid in driver.stdout.readline().split()]
        driver.send_signal(signal.SIGKILL)
    assert len(processes) >= 3
    assert gone(processes, 20)
