"""Runs one job: starts its process, has it watched to its end, and has its end judged."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import IO

from harness.errors import SandboxError
from harness.records.models import Usage
from harness.sandbox import sending
from harness.sandbox.job import Job, Outcome
from harness.sandbox.judge import judge
from harness.sandbox.launch import Launcher
from harness.sandbox.talk import DialogueState
from harness.sandbox.watch import Watch, follow


class Interrupted(Exception):
    """The run was asked to stop; the step was ended and has no result."""


def run_job(job: Job, launcher: Launcher, stop: Event) -> Outcome:
    """Run `job` and return its checked outputs or a fault; never raises for what student code does.

    Raises SandboxError when the walls themselves fail and Interrupted when `stop` is set meanwhile.
    """
    watch = Watch(family=not launcher.walls.level.filtered)
    with ExitStack() as stack:
        fds, result_fd, log_fd = stack.enter_context(descriptors(job))
        watch.talk = stack.enter_context(talking(job, fds))
        try:
            process = launcher.start(fds)
        finally:
            for fd in fds:
                os.close(fd)
        started = time.monotonic()  # whoever has to wait for a fork server does not pay for that
        try:
            ended = follow(process, job, watch, (result_fd, log_fd), started, stop)
        except BaseException as error:
            process.kill()
            with suppress(SandboxError, OSError):
                process.wait(5)
            if stop.is_set() and isinstance(error, SandboxError):
                raise Interrupted from error
            raise
    usage = Usage(
        wall_s=time.monotonic() - started,
        cpu_s=ended.cpu_s,
        peak_memory_mb=max(ended.peak_memory_mb, watch.peak_memory_mb),
        predicts=job.step.predicts is not None,
    )
    if stop.is_set():
        raise Interrupted
    return judge(job, watch, ended, usage)


@contextmanager
def descriptors(job: Job) -> Iterator[tuple[list[int], int, int]]:
    """Yield what the child gets, in the order it expects, and the parent's ends for result and log."""
    result_r, result_w = os.pipe()
    log_r, log_w = os.pipe()
    fds = [duplicate(sending.write_request(job)), result_w, log_w]
    for name in job.step.inputs:
        value = job.inputs[name]
        fds.append(os.open(value, os.O_RDONLY) if isinstance(value, Path) else duplicate(sending.as_file(value)))
    for fd in (result_r, log_r):
        os.set_blocking(fd, False)
    try:
        yield fds, result_r, log_r
    finally:
        os.close(result_r)
        os.close(log_r)


@contextmanager
def talking(job: Job, fds: list[int]) -> Iterator[DialogueState | None]:
    """Yield a dialogue not yet begun, where the step has one, and add to `fds` what the child reads questions from."""
    if job.step.dialogue is None:
        yield None
        return
    assert job.lead is not None
    theirs, ours = os.pipe()
    fds.append(theirs)
    talk = DialogueState(job.step.dialogue, job.step.outputs, job.lead, ours)
    try:
        yield talk
    finally:
        talk.close()


def duplicate(file: IO[bytes]) -> int:
    with file:
        return os.dup(file.fileno())
