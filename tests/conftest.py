"""What tests of several rooms share: fork servers for the whole session, and a way to run a student's file in them."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from threading import Event

import pytest
from sandbox.students import RunStudent, check_step

from harness.errors import SandboxError
from harness.sandbox.detect import hold, strongest
from harness.sandbox.job import Input, Job, Outcome
from harness.sandbox.launch import ForkServer, Launcher
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.supervise import run_job
from harness.sandbox.talk import Lead
from harness.task import Step

pytest_plugins = ["pytester"]  # for the plugin that students load


def pytest_configure() -> None:
    """Give each of several processes that share the tests cores of its own.

    Steps of all would be pinned to the first one otherwise.
    """
    worker, of = os.environ.get("PYTEST_XDIST_WORKER", ""), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if worker and hasattr(os, "sched_setaffinity"):
        cores, n = sorted(os.sched_getaffinity(0)), int(worker.removeprefix("gw"))
        os.sched_setaffinity(0, cores[n::of] or {cores[n % len(cores)]})


ServersAt = Callable[[Level], ServerPool]


@pytest.fixture(scope="session")
def servers_at() -> Iterator[ServersAt]:
    """Return a function that gives the fork servers of a level: seconds to start, so they are kept for all tests.

    It skips the test where the level does not hold on this machine. The variable stands for the secrets of whoever
    runs the harness; nothing in the sandbox may see it.
    """
    if sys.platform != "linux":
        pytest.skip("the fork server needs Linux")
    pools: list[ServerPool] = []

    @cache
    def at(level: Level) -> ServerPool:
        try:
            walls = hold(level, "cpu")
        except SandboxError as error:
            pytest.skip(f"{level}: {error}")
        pools.append(ServerPool(lambda: ForkServer("tensorflow", "cpu", walls)))
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
def unwalled(servers_at: ServersAt) -> ServerPool:
    """Fork servers without a barrier, for what a barrier would not let a step try in the first place."""
    return servers_at(Level.NONE)


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
        lead: Lead | None = None,
    ) -> Outcome:
        files = {"work.py": source.encode()} if isinstance(source, str) else source
        cpus = (min(os.sched_getaffinity(0)),)
        job = Job(step or check_step(), "work.py", files, inputs or {}, seed, cpus, lead)
        return run_job(job, launcher, stop or Event())

    return run
