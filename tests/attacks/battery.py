"""What every attack needs: a place to run it, an honest step after it, and a look at the machine from outside."""

import os
import platform
import resource
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from threading import Event
from typing import Any

import pytest
from sandbox.noting import processes_of
from sandbox.students import bare, bare_step, check_step, student

from harness.records.models import Fault
from harness.sandbox import detect
from harness.sandbox.job import Input, Job, Outcome
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.supervise import run_job
from harness.sandbox.syscalls import NUMBERS
from harness.task import Step, Talk

LEVELS = (Level.LANDLOCK, Level.NAMESPACES, Level.BUBBLEWRAP)
SECRET = "HARNESS-TEST-SECRET-hunter2"
CALLS = NUMBERS.get(platform.machine(), {})
ENTRY = "work.py"

# What a student's file starts with here. `attempt` says of each deed whether it could be done, and goes on.
TOOLS = """\
import ctypes, errno, os, sys, threading, time
import keras
import numpy as np
from keras import layers
def say(*words):
    print(*words, flush=True)
def attempt(name, deed, *arguments, **more):
    try:
        value = deed(*arguments, **more)
    except BaseException as error:
        say(f"{name} | refused | {type(error).__name__} {getattr(error, 'errno', '')} {str(error)[:150]!r}")
    else:
        say(f"{name} | done | {str(value)[:300]!r}")
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def system_call(number, *arguments):
    answer = libc.syscall(*(ctypes.c_long(a) if isinstance(a, int) else a for a in (number, *arguments)))
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer
"""
BARE_TOOLS = TOOLS.replace("import keras\n", "").replace("from keras import layers\n", "")
BUILDER = """
def build(input_shape, units):
    model = keras.Sequential([keras.Input(input_shape), layers.Dense(units, activation="softmax")])
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""


def attacker(deeds: str, tools: str = TOOLS, builder: str = BUILDER) -> str:
    """Return a student's file that does `deeds` when it is imported and then builds what was asked for."""
    return tools + dedent(deeds) + builder


def bare_attacker(deeds: str) -> str:
    """Return a student's file that does `deeds` without a backend."""
    return BARE_TOOLS + dedent(deeds) + "\ndef work():\n    return 15\n"


@dataclass(frozen=True)
class Said:
    """What became of each attempt, as the student's own log tells it."""

    done: Mapping[str, str]
    refused: Mapping[str, str]

    def assert_none_done(self, at_least: int = 1) -> None:
        done = {name[:200]: value[:100] for name, value in list(self.done.items())[:20]}
        assert not done, f"{len(self.done)} of the attacks succeeded"
        assert len(self.refused) >= at_least, list(self.refused.items())[:20]


def said(outcome: Outcome) -> Said:
    lines = [line.split(" | ", 2) for line in outcome.log.splitlines() if line.count(" | ") >= 2]
    by = {word: {name: rest for name, what, rest in lines if what == word} for word in ("done", "refused")}
    return Said(by["done"], by["refused"])


@dataclass
class Arena:
    """One level with its fork servers. Where these have a backend, the usual step builds a model; else it does less."""

    level: Level
    launcher: ServerPool
    backend: bool = True
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2))

    def run(
        self,
        source: str | Mapping[str, bytes],
        step: Step | None = None,
        inputs: Mapping[str, Input] | None = None,
        lead: Talk | None = None,
        **changes: Any,
    ) -> Outcome:
        """Run a step, by default the usual one, beside a student's source."""
        files = {ENTRY: source.encode()} if isinstance(source, str) else source
        cpus = (min(os.sched_getaffinity(0)),)
        usual = check_step if self.backend else bare_step
        job = Job(step or usual(**changes), ENTRY, files, inputs or {}, 1, cpus, lead)
        return run_job(job, self.launcher, Event())

    def at_once(self, sources: Sequence[str], **changes: Any) -> list[Outcome]:
        """Run two steps side by side, in two fork servers that are ready beforehand.

        The threads are kept, since bubblewrap ends with the thread that started it.
        """
        list(self.threads.map(lambda _: self.goes_on(), range(2)))
        return list(self.threads.map(lambda source: self.run(source, **changes), sources))

    def attack(self, deeds: str, at_least: int = 1, **changes: Any) -> Outcome:
        """Run attempts of which none may succeed, and see the class go on; the step itself ends in order."""
        with nothing_changes():
            outcome = self.run(attacker(deeds) if self.backend else bare_attacker(deeds), **changes)
            assert outcome.fault is None, outcome.fault
            said(outcome).assert_none_done(at_least)
            assert SECRET not in outcome.log and "hunter2" not in outcome.log
            self.goes_on()
        return outcome

    def goes_on(self) -> None:
        """Assert that the next honest step works and sees nothing but its own."""
        look = "say(sorted(os.listdir('.')))"
        outcome = self.run(student(look) if self.backend else bare(look + "\nreturn 15"))
        assert outcome.fault is None, outcome.fault
        assert outcome.arrays["facts"].tolist() == [15, 0, 0]
        assert outcome.log.strip() == "['submission']"

    def settle(self) -> None:
        """Wait until servers are gone that ended with the thread that started them; they are started again by need."""
        for server in self.launcher._idle:
            if server._running is not None:
                server._running.ended(0.3)

    def processes(self) -> int:
        """Return how many processes this level's servers are and have below them, once all are there again."""
        self.goes_on()
        servers = [*self.launcher._all]
        for server in servers:
            server.check()
        return sum(len(processes_of(server)) for server in servers)


@dataclass
class Arenas:
    """The arenas by level, on the session's fork servers."""

    servers_at: Callable[[Level], ServerPool]
    backend: bool = True
    found: dict[Level, Arena] = field(default_factory=dict)

    def at(self, level: Level) -> Arena:
        """Return the arena of a level, or skip the test with the reason why there is none."""
        if level not in self.found:
            self.found[level] = Arena(level, self.servers_at(level), self.backend)
        return self.found[level]

    def strongest(self) -> Arena:
        level = detect.strongest("cpu").walls.level if sys.platform == "linux" else Level.NONE
        if level not in LEVELS:
            pytest.skip("no kernel filters hold on this machine")
        return self.at(level)

    def close(self) -> None:
        for arena in self.found.values():
            arena.threads.shutdown()


def fault_of(outcome: Outcome) -> Fault:
    """Return the fault, checked for what holds for every fault that reaches a student: one sentence, no secrets."""
    fault = outcome.fault
    assert fault is not None, outcome
    assert fault.owner == "student"
    assert not outcome.arrays and not outcome.blobs
    assert "\n" not in fault.message and 10 < len(fault.message) < 600
    assert fault.message.isprintable()
    assert "Traceback" not in fault.message and "/tmp" not in fault.message and SECRET not in fault.message
    return fault


def harness_facts() -> dict[str, Any]:
    """Return what student code could change about the process that grades."""
    limits = {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT_")}
    return {
        "affinity": os.sched_getaffinity(0),
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "scheduler": os.sched_getscheduler(0),
        "limits": limits,
        "oom": Path("/proc/self/oom_score_adj").read_text(),
        "folder": Path.cwd(),
        "environment": dict(os.environ),
    }


@contextmanager
def nothing_changes() -> Iterator[None]:
    """Assert that the harness's own process is after an attack as it was before."""
    before = harness_facts()
    yield
    assert harness_facts() == before


def picture(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Return everything about a folder and the files below it that a student could change."""
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        times = (status.st_mtime_ns, status.st_ctime_ns)
        found[str(path)] = (status.st_mode, status.st_uid, status.st_gid, status.st_nlink, times, content)
    return found
