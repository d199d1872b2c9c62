"""Runs one job: starts it, holds it to its limits by the parent's clock, takes out what was declared."""

import builtins
import os
import re
import selectors
import signal
import time
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event
from typing import IO, Literal

import psutil

from harness.errors import SandboxError
from harness.records.models import Fault, Usage
from harness.sandbox import held, scratch, wire
from harness.sandbox.job import Job, Outcome
from harness.sandbox.launch import Ended, Launcher, Process
from harness.sandbox.talk import Talk
from harness.tasks.base import ArrayOutput, Arrays, FactsOutput

TICK_S = 0.04  # how often memory and the clock are looked at
FAMILY_TICKS = 10  # how many looks between two that count descendants too
MAX_SENTENCE = 400
MAX_THREADS = 500  # the backend starts a few dozen

LimitName = Literal["wall", "cpu", "memory", "disk", "threads"]


class Interrupted(Exception):
    """The run was asked to stop; the step was ended and has no result."""


@dataclass
class Watch:
    """What the parent has seen of a running step."""

    result: bytearray = field(default_factory=bytearray)
    log: bytearray = field(default_factory=bytearray)
    limit: LimitName | None = None
    overflow: bool = False
    ticks: int = 0
    peak_memory_mb: float = 0.0
    family: bool = True  # whether it could have descendants
    looked: float = 0.0  # when limits were looked at last
    talk: Talk | None = None


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
    )
    if stop.is_set():
        raise Interrupted
    return judge(job, watch, ended, usage)


@contextmanager
def descriptors(job: Job) -> Iterator[tuple[list[int], int, int]]:
    """Yield what the child gets, in the order it expects, and the parent's ends for result and log."""
    result_r, result_w = os.pipe()
    log_r, log_w = os.pipe()
    fds = [duplicate(wire.write_request(job)), result_w, log_w]
    for name in job.step.inputs:
        value = job.inputs[name]
        fds.append(duplicate(wire.as_file(value)) if isinstance(value, bytes) else os.open(value, os.O_RDONLY))
    for fd in (result_r, log_r):
        os.set_blocking(fd, False)
    try:
        yield fds, result_r, log_r
    finally:
        os.close(result_r)
        os.close(log_r)


@contextmanager
def talking(job: Job, fds: list[int]) -> Iterator[Talk | None]:
    """Yield a dialogue not yet begun, where the step has one, and add to `fds` what the child reads questions from."""
    if job.step.dialogue is None:
        yield None
        return
    assert job.lead is not None
    theirs, ours = os.pipe()
    fds.append(theirs)
    talk = Talk(job.step.dialogue, job.step.outputs, job.lead, ours)
    try:
        yield talk
    finally:
        talk.close()


def duplicate(file: IO[bytes]) -> int:
    with file:
        return os.dup(file.fileno())


def follow(process: Process, job: Job, watch: Watch, ends: tuple[int, int], started: float, stop: Event) -> Ended:
    """Collect output and lead a dialogue until the process has ended; end it when a limit is passed."""
    with selectors.DefaultSelector() as selector:
        for fd in ends:
            selector.register(fd, selectors.EVENT_READ)
        if watch.talk:
            watch.talk.begin()
        while True:
            exchange(selector, job, watch, ends)
            if selector.get_map() and time.monotonic() - watch.looked < TICK_S:
                continue
            watch.looked = time.monotonic()
            ended = process.wait(0.001 if selector.get_map() else TICK_S)
            if ended:
                for fd in ends:
                    while collect(fd, job, watch, ends):
                        pass
                return ended
            watch.limit = watch.limit or passed_limit(process, job, watch, started)
            if watch.limit or watch.overflow or stop.is_set():
                process.kill()


def exchange(selector: selectors.BaseSelector, job: Job, watch: Watch, ends: tuple[int, int]) -> None:
    """Wait a moment for bytes, or for room for those of a question, and pass on what there is."""
    if watch.talk:
        watch.talk.attend(selector)
    for key, events in selector.select(TICK_S):
        if watch.talk and events & selectors.EVENT_WRITE:
            watch.talk.send()
        elif not collect(key.fd, job, watch, ends):
            selector.unregister(key.fd)


def collect(fd: int, job: Job, watch: Watch, ends: tuple[int, int]) -> bool:
    """Read once from a pipe; return False at its end or when nothing is there."""
    try:
        data = os.read(fd, 1 << 20)
    except BlockingIOError:
        return False
    if fd == ends[0]:
        most = watch.talk.most if watch.talk else wire.capacity(job.step.outputs)
        watch.result += data[: most + 1 - len(watch.result)]
        watch.overflow = len(watch.result) > most
        if watch.talk and not watch.overflow:
            watch.talk.take(watch.result)
    else:
        watch.log += data[: wire.LOG_BYTES - len(watch.log)]
    return bool(data)


def passed_limit(running: Process, job: Job, watch: Watch, started: float) -> LimitName | None:
    """Return the limit this process and its descendants have passed, if any; what the lead took is not theirs."""
    lead_s = watch.talk.lead_s if watch.talk else 0
    if time.monotonic() - started - lead_s > job.step.limits.wall_s:
        return "wall"
    watch.ticks += 1
    try:
        process = psutil.Process(running.pid)
        used, threads = process.memory_info().rss, process.num_threads()
        if watch.family and watch.ticks % FAMILY_TICKS == 0:  # that looks at every process there is
            used += sum(p.memory_full_info().uss for p in process.children(recursive=True))
    except psutil.Error:
        return None
    watch.peak_memory_mb = max(watch.peak_memory_mb, used / 1e6)
    if used / 1e6 > job.step.limits.memory_mb:
        return "memory"
    if threads > MAX_THREADS:
        return "threads"
    if running.scratch and watch.ticks % FAMILY_TICKS == 0:
        return "disk" if held.bytes_without_name(running.pid, running.scratch) > scratch.MAX_BYTES else None
    return None


def judge(job: Job, watch: Watch, ended: Ended, usage: Usage) -> Outcome:
    """Decide what the bytes are worth: outputs that hold what was declared, or one fault."""
    log = clean_text(watch.log.decode("utf-8", "replace"), keep_lines=True)
    try:
        if fault := process_fault(job, watch, ended):
            return Outcome(fault=fault, usage=usage, log=log)
        if watch.talk:
            return Outcome(answered(watch.talk), usage=usage, log=log)
        arrays, blobs = wire.read_result(watch.result, job.step.outputs)
        for output in job.step.outputs:
            if isinstance(output, ArrayOutput):
                wire.check_values(output, arrays[output.name])
    except wire.WireError as error:
        return Outcome(fault=student_fault(job, "output", str(error)), usage=usage, log=log)
    if facts := next((o for o in job.step.outputs if isinstance(o, FactsOutput)), None):
        usage = usage.model_copy(update={"fit_s": facts.named(arrays[facts.name])["fit_s"]})
    return Outcome(arrays, blobs, usage=usage, log=log)


def answered(talk: Talk) -> Arrays:
    """Return what the lead made of the answers; raises WireError if they ended early or one was not as declared."""
    if talk.fault:
        raise wire.WireError(talk.fault)
    if talk.outputs is None:
        raise wire.WireError("Expected an answer to every question, received none to the last.")
    return talk.outputs


def process_fault(job: Job, watch: Watch, ended: Ended) -> Fault | None:
    """Return the fault that the way the process ended or its own message amounts to."""
    limit = watch.limit or limit_of(job, ended)
    error = wire.read_error(bytes(watch.result))
    if error and error[0] == "memory":
        limit = limit or "memory"
    if error and error[0] == "device memory" and not limit:
        return student_fault(job, "limit", device_memory_sentence(job), "memory")
    if limit:
        return student_fault(job, "limit", limit_sentence(job, limit), limit)
    if watch.overflow:
        return student_fault(job, "output", "Expected only the declared outputs, received far more bytes.")
    if error:
        kind, message = error
        return student_fault(job, *exception_sentence(job, kind, message))
    done = watch.talk and (watch.talk.fault or watch.talk.outputs is not None)
    if not done and (watch.result[:1] != b"R" or len(watch.result) < 2):
        how = f"signal {os.WTERMSIG(ended.code)}" if os.WIFSIGNALED(ended.code) else "an exit of its own"
        return student_fault(
            job, "crash", f"The process ended by {how} during {job.step.name} before handing anything back."
        )
    return None


def limit_of(job: Job, ended: Ended) -> LimitName | None:
    """Return the limit for which somebody else than the parent ended the process, told from how it ended.

    SIGXCPU, or SIGKILL where that is ignored, is the kernel's word for CPU; SIGKILL near the memory limit its word
    for a control group that is full.
    """
    limits, how = job.step.limits, os.WTERMSIG(ended.code) if os.WIFSIGNALED(ended.code) else 0
    if ended.full:
        return "disk"
    if how == signal.SIGXCPU or (how == signal.SIGKILL and ended.cpu_s >= limits.cpu_s):
        return "cpu"
    return "memory" if how == signal.SIGKILL and ended.peak_memory_mb >= 0.8 * limits.memory_mb else None


def limit_sentence(job: Job, limit: LimitName) -> str:
    limits = job.step.limits
    name = job.step.name
    return {
        "wall": f"The step {name} was ended after {limits.wall_s:g} s; look for an endless loop or a model too large.",
        "cpu": f"The step {name} used up its {limits.cpu_s:g} s of CPU; look for an endless loop or a model too large.",
        "memory": f"The step {name} needed more than {limits.memory_mb / 1000:g} GB of memory; build a smaller model"
        " or smaller arrays.",
        "threads": f"The step {name} ran more than {MAX_THREADS} threads; a model needs none of its own.",
        "disk": f"The step {name} wrote more or larger files than it may; a model needs none.",
    }[limit]


def device_memory_sentence(job: Job) -> str:
    return (
        f"The step {job.step.name} needed more memory than a step may take on the GPU; build a smaller model or smaller"
        " arrays."
    )


def exception_sentence(
    job: Job, kind: str, message: str
) -> tuple[Literal["import", "contract", "exception", "output"], str]:
    """Word an exception for the student; where hidden data is at hand, nothing the student worded is passed on."""
    text = clean_text(message)
    if job.step.hidden:
        return "exception", hidden_sentence(job, kind, text)
    if kind == "contract":
        return "contract", text
    if kind == "output":
        return "output", text
    if kind == "import":
        return "import", f"{job.entry} could not be imported: {text}"
    return "exception", f"The step {job.step.name} stopped with an error: {text}"


def hidden_sentence(job: Job, kind: str, text: str) -> str:
    """Say what went wrong beside test data in words of ours: a built-in exception's name at most."""
    if kind == "contract":
        return (
            f"In the step {job.step.name} the builder returned another model than before;"
            " it must return the same model each time it is called with the same arguments."
        )
    if kind == "output":
        return f"The step {job.step.name} handed back another shape than the contract says."
    words = re.findall(r"[A-Z]\w+(?:Error|Exit|Interrupt|Exception)\b", text)
    name = next((w for w in words if isinstance(getattr(builtins, w, None), type)), "an error")
    return f"The step {job.step.name} stopped with {name}; details are kept from cards because test data was at hand."


def student_fault(
    job: Job,
    kind: Literal["import", "contract", "exception", "limit", "output", "crash"],
    message: str,
    limit: LimitName | Literal[""] = "",
) -> Fault:
    return Fault(owner="student", kind=kind, step=job.step.name, message=message, limit=limit)


def clean_text(text: str, keep_lines: bool = False) -> str:
    """Drop control, format and bidirectional characters; cap single sentences in length."""
    keep = "\n\t" if keep_lines else ""
    cleaned = "".join(c for c in text if c in keep or not unicodedata.category(c).startswith("C"))
    return cleaned if keep_lines or len(cleaned) <= MAX_SENTENCE else cleaned[: MAX_SENTENCE - 1] + "…"
