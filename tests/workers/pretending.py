"""What a Dask worker of a test loads first: a sandbox that only pretends to train, and sources that harm the worker.

A comment in a source asks for it: `# kills` ends the worker's process whenever that source runs, `# kills once` the
first time only, `# waits` holds every step until a file says to go on.
"""

import os
import signal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from workflow.classes import FakeSandbox, NoLauncher, source, truth, undrawn

from harness.records.models import Fault
from harness.sandbox.job import Job, Outcome
from harness.sandbox.launch import Launcher
from harness.sandbox.supervise import Interrupted

FOLDER = "HARNESS_TEST_FOLDER"  # names the folder in which tests and workers leave each other signs


def sign(name: str) -> Path:
    return Path(os.environ[FOLDER]) / name


def harm(job: Job) -> Fault | None:
    said = source(job) if job.files else ""
    if "# kills once" in said and not sign("killed").exists():
        sign("killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if said.endswith("# kills\n"):
        os.kill(os.getpid(), signal.SIGKILL)
    if "# fails once" in said and not sign("failed").exists():
        sign("failed").touch()
        return Fault(owner="harness", kind="harness", step=job.step.name, message="It failed.")
    return None


class Harmful(FakeSandbox):
    """Answers at once, but for what is asked to wait, which ends when it is told to."""

    def __call__(self, job: Job, launcher: Launcher, stop: Event) -> Outcome:
        while job.files and "# waits" in source(job) and not sign("go on").exists():
            sign(f"waiting {os.getpid()}").touch()
            if stop.wait(0.02):
                raise Interrupted
        return super().__call__(job, launcher, stop)


def first() -> bool:
    """Say whether this is the first process that asks."""
    try:
        sign("first").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def dask_setup(worker: Any) -> None:
    """Let this process answer every step at once."""
    patch = pytest.MonkeyPatch()
    patch.setattr("harness.workflow.execute.run_job", Harmful(truth(), fails=harm))
    patch.setattr("harness.workflow.machine.launcher", lambda *_: NoLauncher())
    undrawn(patch)
    if sign("other processor").exists():
        patch.setattr("harness.workflow.machine.cpu_model", lambda: "another processor")
    if sign("two kinds").exists() and not first():
        patch.setattr("harness.workflow.machine.cpu_model", lambda: "another processor")
    sign(f"worker {os.getpid()}").touch()
