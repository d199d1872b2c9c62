"""Ways to grade a class of the toy task: for real, and with a sandbox that only pretends to train."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import toy
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.load import load
from harness.errors import SandboxError
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.records.models import Fault, Measurement, Usage
from harness.sandbox import detect
from harness.sandbox.detect import Found
from harness.sandbox.job import Job, Outcome
from harness.sandbox.launch import Launcher, Process
from harness.sandbox.levels import Level
from harness.sandbox.spool import Blob
from harness.sandbox.view import view
from harness.sandbox.walls import Walls, make
from harness.task import BytesOutput, FactsOutput, Task
from harness.workflow.candidates import OUTPUT
from harness.workflow.grade import grade
from harness.workflow.options import Options
from harness.workflow.protection import Protection

WIDE = 64  # units of the variant `wide`
WRONG_BY = 1  # a wrong answer names the next class


def options(folder: Path, **changes: Any) -> Options:
    """Return how to grade the toy task into `folder/out`, one step at a time."""
    values: dict[str, Any] = {
        "out": folder / "out",
        "registry": toy.REGISTRY,
        "rubrics": toy.write_rubrics(folder / "rubrics"),
        "device": "cpu",
        "jobs": 1,
        "key": toy.KEY,  # so that what is measured is the same every time
        "protection": Protection(trusted=True),  # tests pass where no barrier holds, too
    }
    return Options(**{**values, **changes})


def graded(submissions: Path, chosen: Options) -> ClassResult:
    return grade(submissions, chosen, lambda board, plan: None)


def student(result: ClassResult, name: str) -> StudentResult:
    return next(s for s in result.students if s.name == name)


def task_of(result: ClassResult, name: str) -> TaskResult:
    (task,) = student(result, name).tasks
    return task


def criterion(result: ClassResult, name: str, wanted: str) -> CriterionResult:
    return next(c for c in task_of(result, name).criteria if c.id == wanted)


def fault_of(result: ClassResult, name: str) -> Fault:
    """Return the first fault there is for a student, whatever it stopped."""
    task = task_of(result, name)
    faults = [task.fault, *(m.fault for m in task.measurements)]
    return next(f for f in faults if f)


def numbers(measurements: Sequence[Measurement]) -> dict[tuple[str, int], Any]:
    """Return everything of the measurements that must not differ between two runs, bit for bit."""
    return {
        (m.variant, m.seed): ({n: v.value for n, v in m.measures.items()}, m.curve, m.parameters, m.fault)
        for m in measurements
    }


def marks(result: ClassResult) -> dict[str, list[tuple[str, str, float | None, float | None]]]:
    return {s.name: [(c.id, c.status, c.earned, c.value) for t in s.tasks for c in t.criteria] for s in result.students}


def files_below(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder` but SQLite's own bookkeeping, by relative path."""
    paths = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("records.sqlite"))
    return {str(p.relative_to(folder)): p.read_bytes() for p in paths}


def reaches(patch: pytest.MonkeyPatch, level: Level, refused: Mapping[Level, str] | None = None) -> Walls:
    """Let this machine's strongest level be `level`, and return its walls."""
    walls = make(level, view("cpu"))
    patch.setattr(detect, "strongest", lambda device: Found(walls, refused or {}))
    return walls


@cache
def open_walls() -> Walls:
    """Return what stands around a step where there is no barrier; finding out what a step may see takes a while."""
    return make(Level.NONE, view("cpu"))


@dataclass
class NoLauncher:
    """A launcher that cannot start anything, for runs in which nothing may be started."""

    name: str = "none"
    walls: Walls = field(default_factory=open_walls)
    starts: int = 0

    def begin(self, steps: int = 1) -> None:
        """Nothing begins."""

    def check(self) -> None:
        raise SandboxError("Expected nothing to be started.")

    def start(self, fds: Sequence[int]) -> Process:
        self.starts += 1
        raise SandboxError("Expected a process, received none.")

    def dismiss(self) -> None:
        """Nothing began."""

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class KeptLauncher:
    """A launcher that outlives the run it is lent to, so that a backend is loaded once for all tests."""

    real: Launcher

    @property
    def name(self) -> str:
        return self.real.name

    @property
    def walls(self) -> Walls:
        return self.real.walls

    def begin(self, steps: int = 1) -> None:
        """It has begun already."""

    def check(self) -> None:
        self.real.check()

    def start(self, fds: Sequence[int]) -> Process:
        return self.real.start(fds)

    def dismiss(self) -> None:
        """Kept for the next run."""

    def close(self) -> None:
        """Left open for the next run."""


@cache
def digits() -> Dataset:
    """Return the toy task's data set, read once."""
    return load(toy.QUICK.dataset, (), toy.QUICK.sizes)


def truth() -> Mapping[str, NDArray[Any]]:
    """Return the toy task's arrays, hidden ones included."""
    return toy.prepare(digits(), toy.QUICK).arrays


def undrawn(patch: pytest.MonkeyPatch) -> None:
    """Let data and seeds be the same under every key, so that tests know the answers; data is read once."""
    patch.setattr("harness.workflow.context.load", lambda name, folder, sizes, key: replace(digits(), key=key))
    patch.setattr("harness.workflow.context.TaskContext.drawn_seed", lambda context, seed: seed)


@dataclass
class FakeSandbox:
    """Stands in for `run_job`: trains nothing and answers with an accuracy that tests know beforehand.

    A submission gets 50 % right plus one per seed, 20 more if it is wide; UNTRAINABLE gets 10 %. `fails` may
    return what happens to a job instead: a fault, or an exception to raise. `chosen` says what a contract check
    hands back as candidates.
    """

    truth: Mapping[str, NDArray[Any]]
    jobs: list[Job] = field(default_factory=list)
    fails: Callable[[Job], Fault | BaseException | None] = lambda job: None
    seen: Callable[[Job], None] = lambda job: None
    chosen: Callable[[Job], bytes] = lambda job: b"{}"
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, job: Job, launcher: Launcher, stop: Event) -> Outcome:
        with self.lock:
            self.jobs.append(job)
        self.seen(job)
        wrong = self.fails(job)
        usage = Usage(
            wall_s=0.1, cpu_s=0.1, peak_memory_mb=100, fit_s=fit_seconds(job), predicts=job.step.predicts is not None
        )
        if isinstance(wrong, BaseException):
            raise wrong
        if wrong:
            return Outcome(fault=wrong, usage=usage)
        blobs = {o.name: Blob.of(b"weights") for o in job.step.outputs if isinstance(o, BytesOutput)}
        if OUTPUT in blobs:
            blobs[OUTPUT] = Blob.of(self.chosen(job))
        arrays = {o.name: self.array(o.name, o.shape, job) for o in job.step.outputs if o.name not in blobs}
        return Outcome(arrays, blobs, usage=usage)

    def array(self, name: str, shape: tuple[int, ...], job: Job) -> NDArray[Any]:
        if name.startswith("p_"):
            return self.probabilities(self.truth[name.replace("p_", "y_", 1)], share_right(job))
        if name == "curve":
            return np.linspace(2, 1, shape[0])[:, None] * np.ones(shape)
        return np.array([1_000.0, 0.1, 60.0]) if name == "facts" else np.zeros(shape)

    def probabilities(self, labels: NDArray[Any], right: float) -> NDArray[Any]:
        answers = labels.astype(int).copy()
        answers[round(right * len(labels)) :] += WRONG_BY
        return np.eye(toy.CLASSES, dtype=np.float32)[answers % toy.CLASSES]

    def trained(self) -> list[tuple[str, int, int]]:
        """Return (source, units, seed) of every training so far, in order."""
        return [(source(job), units(job), job.seed) for job in self.jobs if job.step.name == "train"]


def answered_by(patch: pytest.MonkeyPatch, fake: FakeSandbox) -> FakeSandbox:
    """Let every step be answered by `fake`, without a process; data is read once, and pictures are not drawn."""
    patch.setattr("harness.workflow.execute.run_job", fake)
    patch.setattr("harness.workflow.machine.launcher", lambda *_: NoLauncher())
    undrawn(patch)
    patch.setattr("harness.report.drawing.figures.draw", lambda figure: "<svg></svg>")
    return fake


def source(job: Job) -> str:
    return job.files[job.entry].decode()


def fit_seconds(job: Job) -> float | None:
    return 0.1 if any(isinstance(o, FactsOutput) for o in job.step.outputs) else None


def units(job: Job) -> int:
    """Return how many hidden units the job's call asks for; 0 for the contract check."""
    return int(job.step.settings["call"]["arguments"]["units"]) if "call" in job.step.settings else 0


def share_right(job: Job) -> float:
    if "SGD(0.0)" in source(job):
        return 0.1
    return 0.5 + 0.01 * job.seed + (0.2 if units(job) == WIDE else 0.0)


def with_tasks(*tasks: Task) -> dict[str, Task]:
    return {task.name: task for task in tasks}
