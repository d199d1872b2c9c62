"""Verbs on a class of the toy task, in a process that is forked and killed.

The folder holds `class`, `rubrics` and `out`. Steps are answered without a process, after a moment.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
import toy
from workflow.classes import FakeSandbox, answered_by, options, truth

from harness.cli.ending import INTERRUPTED, Endings
from harness.errors import HarnessError
from harness.sandbox.job import Job
from harness.serve import run as serving
from harness.workflow.grade import Regrading, grade, regrade
from harness.workflow.graded_class import opened
from harness.workflow.publish import publish

STEP_S = 0.03


def pretend(patch: pytest.MonkeyPatch) -> FakeSandbox:
    """Let every step be answered after a moment; pictures are not drawn."""
    return answered_by(patch, FakeSandbox(truth(), seen=pause))


def pause(_: Job) -> None:
    time.sleep(STEP_S)


def do(verb: str, folder: Path) -> None:
    """Do what a verb of the command line does."""
    chosen = options(folder)
    if verb == "grade":
        grade(folder / "class", chosen, lambda board, plan: None)
    elif verb == "regrade":
        regrade(chosen.out, Regrading(chosen.rubrics, tasks=toy.REGISTRY))
    elif verb == "publish":
        with opened(chosen.out, tasks=toy.REGISTRY) as there:
            publish(there, grader="Grace", force=True)
    else:
        quiet = serving.Options(port=0, grader="Grace", open_browser=False, tasks=toy.REGISTRY)
        serving.serve(chosen.out, quiet, lambda said: None)


def killed_after(verb: str, folder: Path, after_s: float, number: int) -> int:
    """Do a verb in a forked process and send it a signal so long after it began; return its wait status."""
    pid = os.fork()
    if pid == 0:
        code = 3
        try:
            with Endings() as endings:
                code = endings.code(ended(verb, folder))
        finally:
            os._exit(code)
    time.sleep(after_s)
    with suppress(ProcessLookupError):
        os.kill(pid, number)
    return os.waitpid(pid, 0)[1]


def ended(verb: str, folder: Path) -> int:
    try:
        do(verb, folder)
    except KeyboardInterrupt:
        return INTERRUPTED
    except HarnessError as error:
        return error.exit_code
    return 0
