"""What tests of several rooms share: fork servers for the whole session, and a way to run a student's file in them."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from threading import Event
from typing import Any

import pytest
from sandbox.bare import bare_pool
from sandbox.students import RunStudent, bare, bare_step, check_step

from harness.errors import SandboxError
from harness.sandbox import pool
from harness.sandbox.detect import hold, strongest
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.job import Input, Job, Outcome
from harness.sandbox.launch import Launcher
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.preloading import Preloaded
from harness.sandbox.supervise import run_job
from harness.sandbox.walls import Walls, make
from harness.task import Step, Talk

pytest_plugins = ["pytester"]  # for the plugin that students load


def pytest_configure() -> None:
    """Give each of several processes that share the tests cores of its own.

    Steps of all would be pinned to the first one otherwise. Where this began in the background of a shell, Ctrl-C is
    ignored, and what is begun here would ignore it too.
    """
    os.environ.setdefault("HARNESS_SEARCH", "0")  # through gigabytes of libraries, where a test is not about it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    worker, of = os.environ.get("PYTEST_XDIST_WORKER", ""), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if worker and hasattr(os, "sched_setaffinity"):
        cores, n = sorted(os.sched_getaffinity(0)), int(worker.removeprefix("gw"))
        os.sched_setaffinity(0, cores[n::of] or {cores[n % len(cores)]})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it: files with slow tests, tasks first.

    Files stay whole, for the sake of what their tests share.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, item.path.parent.name != "tasks"))


@pytest.fixture(scope="session", autouse=True)
def one_import() -> Iterator[None]:
    """Let all that this process runs share one import of each backend, which takes seconds, at every level."""
    loaded: dict[str, Preloaded] = {}

    def on_cpu(backend: str, walls: Walls) -> ServerPool:
        preloaded = loaded.setdefault(backend, Preloaded(backend, make(Level.LANDLOCK, walls.view)))
        return ServerPool(lambda: ForkServer(backend, "cpu", walls, preloaded=preloaded))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "on_cpu", on_cpu)
        yield
    for preloaded in loaded.values():
        preloaded.close()


ServersAt = Callable[[Level], ServerPool]


@pytest.fixture(scope="session")
def servers_at(one_import: None) -> Iterator[ServersAt]:
    """Return a function that gives the fork servers of a level: seconds to start, so they are kept for all tests.

    It skips the test where the level does not hold on this machine.
    """
    with kept_servers(partial(pool.on_cpu, "tensorflow")) as at:
        yield at


@pytest.fixture(scope="session")
def bare_at() -> Iterator[ServersAt]:
    """Return a function that gives the fork servers of a level that load no backend."""
    with kept_servers(bare_pool) as at:
        yield at


@contextmanager
def kept_servers(pool_of: Callable[[Walls], ServerPool]) -> Iterator[ServersAt]:
    """The variable stands for the secrets of whoever runs the harness; nothing in the sandbox may see it."""
    if sys.platform != "linux":
        pytest.skip("the fork server needs Linux")
    pools: list[ServerPool] = []

    @cache
    def at(level: Level) -> ServerPool:
        try:
            walls = hold(level, "cpu")
        except SandboxError as error:
            pytest.skip(f"{level}: {error}")
        pools.append(pool_of(walls))
        pools[-1].check()
        return pools[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARNESS_TEST_SECRET", "hunter2")
        try:
            yield at
        finally:
            for pool in pools:
                pool.close()


@pytest.fixture(scope="session")
def fork_server(servers_at: ServersAt) -> ServerPool:
    """Fork servers behind the strongest barrier here."""
    return servers_at(strongest("cpu").walls.level)


@pytest.fixture(scope="session")
def bare_server(bare_at: ServersAt) -> ServerPool:
    """Fork servers without a backend behind the strongest barrier here."""
    return bare_at(strongest("cpu").walls.level)


@pytest.fixture(scope="session")
def unwalled(servers_at: ServersAt) -> ServerPool:
    """Fork servers without a barrier, for what a barrier would not let a step try in the first place."""
    return servers_at(Level.NONE)


@pytest.fixture
def run_bare(run_student: RunStudent, bare_server: ServerPool) -> RunStudent:
    """Return a function that runs the body of a function as a student's code, without a backend."""

    def run(body: str = "pass", step: Step | None = None, *, launcher: Launcher = bare_server, **more: Any) -> Outcome:
        return run_student(bare(body), step or bare_step(), launcher=launcher, **more)

    return run


@pytest.fixture
def run_student(fork_server: ServerPool) -> RunStudent:
    """Return a function that runs a step beside a student's source; the step is the contract check unless given."""

    def run(
        source: str | Mapping[str, bytes],
        step: Step | None = None,
        *,
        launcher: Launcher = fork_server,
        inputs: Mapping[str, Input] | None = None,
        seed: int = 1,
        stop: Event | None = None,
        lead: Talk | None = None,
    ) -> Outcome:
        files = {"work.py": source.encode()} if isinstance(source, str) else source
        cpus = (min(os.sched_getaffinity(0)),)
        job = Job(step or check_step(), "work.py", files, inputs or {}, seed, cpus, lead)
        return run_job(job, launcher, stop or Event())

    return run
