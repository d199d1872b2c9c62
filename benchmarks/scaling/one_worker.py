"""A Dask worker of one slot in a process of its own, which may be killed at any moment.

It trains for real; or it pretends, and answers after a moment what tests know beforehand, so that no backend is loaded;
or it only waits for so many seconds a unit, and nothing is made.
"""

import os
import random
import time
from pathlib import Path

import pytest
from distributed.cli.dask_worker import main as dask_worker
from workflow.classes import FakeSandbox, NoLauncher, truth, undrawn

from harness.sandbox.job import Job
from harness.workflow.execute import Executor, Made
from harness.workflow.plan import Unit
from scaling.made_up_class import passed

STEP_S = (0.02, 0.2)


def a_moment(job: Job) -> None:
    """Take another while each time: no mark may hang on it."""
    del job
    time.sleep(random.uniform(*STEP_S))


def pretend(patch: pytest.MonkeyPatch) -> None:
    undrawn(patch)
    patch.setattr("harness.workflow.execute.run_job", FakeSandbox(truth(), seen=a_moment))
    patch.setattr("harness.workflow.machine.launcher", lambda *_: NoLauncher())


def only_wait(patch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let units take so long, and pass."""

    def make(executor: Executor, unit: Unit, cpus: tuple[int, ...]) -> Made:
        del cpus
        time.sleep(seconds)
        return passed(unit, executor.contexts[unit.task])

    pretend(patch)
    patch.setattr(Executor, "make", make)


def main(scheduler_file: Path, folder: Path, how: str = "", seconds: str = "0") -> None:
    """Be a worker until the end; what it says goes into a log in its folder."""
    with (folder / "workers.log").open("ab") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    patch = pytest.MonkeyPatch()
    if how == "pretend":
        pretend(patch)
    elif how == "wait":
        only_wait(patch, float(seconds))
    place = ["--scheduler-file", str(scheduler_file), "--local-directory", str(folder), "--host", "127.0.0.1"]
    dask_worker([*place, "--nworkers", "1", "--nthreads", "1", "--no-nanny", "--no-dashboard"])
