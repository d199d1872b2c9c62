"""Watches a running step: takes what it hands out, and holds it to its limits by the parent's clock."""

import os
import selectors
import time
from dataclasses import dataclass, field
from threading import Event
from typing import Literal

from harness.sandbox import held, look, receiving, scratch, wire
from harness.sandbox.job import Job
from harness.sandbox.launch import Ended, Process
from harness.sandbox.spool import Spool
from harness.sandbox.talk import DialogueState

TICK_S = 0.04  # how often memory and the clock are looked at
FAMILY_TICKS = 10  # how many looks between two that count descendants too
MAX_THREADS = 500  # the backend starts a few dozen

LimitName = Literal["wall", "cpu", "memory", "disk", "threads"]


@dataclass
class Watch:
    """What the parent has seen of a running step."""

    result: Spool = field(default_factory=Spool)
    answers: bytearray = field(default_factory=bytearray)  # of a dialogue, in place of a result
    log: bytearray = field(default_factory=bytearray)
    limit: LimitName | None = None
    overflow: bool = False
    ticks: int = 0
    peak_memory_mb: float = 0.0
    family: bool = True  # whether it could have descendants
    looked: float = 0.0  # when limits were looked at last
    talk: DialogueState | None = None

    @property
    def start(self) -> bytes:
        """The first of the bytes that came: enough for any message, and to see that there is a result."""
        return bytes(self.answers) if self.talk else self.result.read(0, wire.MAX_MESSAGE + 2)


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
        take(data, job, watch)
    else:
        watch.log += data[: wire.LOG_BYTES - len(watch.log)]
    return bool(data)


def take(data: bytes, job: Job, watch: Watch) -> None:
    """Keep a piece of the result, or lead the dialogue on with it; what is too much is not kept."""
    if watch.talk:
        watch.answers += data[: watch.talk.most + 1 - len(watch.answers)]
        watch.overflow = len(watch.answers) > watch.talk.most
        if not watch.overflow:
            watch.talk.take(watch.answers)
    else:
        most = receiving.capacity(job.step.outputs)
        watch.result.add(data[: most + 1 - watch.result.size])
        watch.overflow = watch.result.size > most


def passed_limit(running: Process, job: Job, watch: Watch, started: float) -> LimitName | None:
    """Return the limit this process and its descendants have passed, if any.

    Time that the lead took is not theirs, nor is what they had to wait for a core while others ran on it.
    """
    lead_s = watch.talk.lead_s if watch.talk else 0
    over_s = time.monotonic() - started - lead_s - job.step.limits.wall_s
    if over_s > 0 and over_s > look.delayed_s(running.pid):
        return "wall"
    watch.ticks += 1
    seen = look.seen(running.pid)
    if seen is None:
        return None
    used = seen.resident
    if watch.family and watch.ticks % FAMILY_TICKS == 0:
        used += look.below(running.pid)
    watch.peak_memory_mb = max(watch.peak_memory_mb, used / 1e6)
    if used / 1e6 > job.step.limits.memory_mb:
        return "memory"
    if seen.threads > MAX_THREADS:
        return "threads"
    if running.scratch and watch.ticks % FAMILY_TICKS == 0:
        return "disk" if held.bytes_without_name(running.pid, running.scratch) > scratch.MAX_BYTES else None
    return None
