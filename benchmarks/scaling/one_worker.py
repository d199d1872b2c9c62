"""A Dask worker of one slot in a process of its own, which may be killed at any moment.

    python -m scaling.one_worker SCHEDULER_FILE FOLDER [pretend | wait SECONDS]

With `pretend` every step takes a moment and answers what tests know beforehand, so that no backend is loaded. With
`wait` a unit takes so long and nothing is made.
"""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

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
        return passed(unit, executor.contexts[unit.task].provenance)

    pretend(patch)
    patch.setattr(Executor, "make", make)


def main(scheduler_file: str, folder: str, how: str = "", seconds: str = "0") -> None:
    patch = pytest.MonkeyPatch()
    if how == "pretend":
        pretend(patch)
    elif how == "wait":
        only_wait(patch, float(seconds))
    arguments = ["--scheduler-file", scheduler_file, "--local-directory", folder, "--nworkers", "1", "--nthreads", "1"]
    dask_worker([*arguments, "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"])


if __name__ == "__main__":
    main(*sys.argv[1:])
