"""A Dask worker of one slot in a process of its own, which may be killed at any moment.

    python benchmarks/scaling/one_worker.py SCHEDULER_FILE FOLDER [--pretend]

With `--pretend` every step takes a moment and answers what tests know beforehand, so that no backend is loaded.
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

STEP_S = (0.02, 0.2)


def wait(job: Job) -> None:
    """Take a moment, another one each time: no mark may hang on it."""
    del job
    time.sleep(random.uniform(*STEP_S))


def pretend(patch: pytest.MonkeyPatch) -> None:
    undrawn(patch)
    patch.setattr("harness.workflow.execute.run_job", FakeSandbox(truth(), seen=wait))
    patch.setattr("harness.workflow.machine.launcher", lambda *_: NoLauncher())


def main(scheduler_file: str, folder: str, *options: str) -> None:
    if "--pretend" in options:
        pretend(pytest.MonkeyPatch())
    arguments = ["--scheduler-file", scheduler_file, "--local-directory", folder, "--nworkers", "1", "--nthreads", "1"]
    dask_worker([*arguments, "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"])


if __name__ == "__main__":
    main(*sys.argv[1:])
