"""What tests of several rooms share: one fork server for the whole session, and a way to run a student's file in it."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event

import pytest
from sandbox.students import RunStudent, check_step

from harness.sandbox.job import Job, Outcome
from harness.sandbox.launch import ForkServer, Launcher
from harness.sandbox.supervise import run_job
from harness.tasks.base import Step


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    """A fork server with TensorFlow loaded: seconds to start, so it is started once.

    The variable stands for the secrets of whoever runs the harness; nothing in the sandbox may see it.
    """
    if sys.platform != "linux":
        pytest.skip("the fork server needs Linux")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARNESS_TEST_SECRET", "hunter2")
        server = ForkServer("tensorflow", "cpu")
        try:
            server.check()
            yield server
        finally:
            server.close()


@pytest.fixture
def run_student(fork_server: ForkServer) -> RunStudent:
    """Return a function that runs a step beside a student's source; the step is the contract check unless given."""

    def run(
        source: str | Mapping[str, bytes],
        step: Step | None = None,
        *,
        launcher: Launcher = fork_server,
        inputs: Mapping[str, Path | bytes] | None = None,
        seed: int = 1,
        stop: Event | None = None,
    ) -> Outcome:
        files = {"work.py": source.encode()} if isinstance(source, str) else source
        cpus = (min(os.sched_getaffinity(0)),)
        job = Job(step or check_step(), "work.py", files, inputs or {}, seed, cpus)
        return run_job(job, launcher, stop or Event())

    return run
