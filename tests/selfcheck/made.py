"""A student's folder with the toy task, checked by a sandbox that only pretends to train."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.special  # noqa: F401  (a run of pytest inside a test unloads what it loads, and NumPy cannot come back)
import toy
from numpy.typing import NDArray
from workflow.classes import FakeSandbox, NoLauncher, truth, undrawn

from harness.course.found import Course
from harness.sandbox.job import Job
from harness.selfcheck.slices import EPOCHS, LETTERS, WEIGHTS
from harness.workflow.options import Options

SELF_CHECK = "harness_self_check = True\n"
MOVED = 2


@dataclass
class Pretended(FakeSandbox):
    """Answers the trial of a training too: by default the loss falls and both weights move.

    `said` are flags of its models; `pace` is what timing gives: seconds of the first steps, of each later one, and how
    many these are.
    """

    losses: Sequence[float] = tuple(np.linspace(2, 1, EPOCHS))
    weights: dict[str, int] = field(default_factory=lambda: {"dense/kernel": MOVED, "dense/bias": MOVED})

    said: tuple[str, ...] = ()
    pace: tuple[float, float, float] = (1.0, 0.01, 100)

    def array(self, name: str, shape: tuple[int, ...], job: Job) -> NDArray[Any]:
        if name == "losses":
            return np.array(self.losses)
        if name == "moved":
            return np.array([*self.weights.values()] + [0] * (WEIGHTS - len(self.weights)), np.int32)
        if name == "names":
            table = np.zeros((WEIGHTS, LETTERS), np.int32)
            for row, word in zip(table, self.weights, strict=False):
                row[: len(word)] = [ord(c) for c in word]
            return table
        if name in ("frozen", "bounded", "half"):
            return np.full(shape, name in self.said, np.int32)
        if name == "pace":
            return np.array(self.pace)
        if name.startswith("p_") and len(self.truth[name.replace("p_", "y_", 1)]) != shape[0]:
            return np.full(shape, 0.1)
        return super().array(name, shape, job)

    def steps(self) -> list[str]:
        return [job.step.name for job in self.jobs]


class Loaded(NoLauncher):
    """A launcher whose backend is there, though nothing is ever started."""

    begun = 0

    def begin(self, steps: int = 1) -> None:
        self.begun += 1

    def check(self) -> None:
        """It is there."""


def pretend(patch: pytest.MonkeyPatch) -> Pretended:
    """Let the toy task be the only one, and answer every step at once."""
    fake = Pretended(truth())
    patch.setattr("harness.workflow.execute.run_job", fake)
    patch.setattr("harness.workflow.machine.launcher", lambda *_: Loaded())
    undrawn(patch)
    patch.setattr("harness.report.drawing.figures.draw", lambda figure: "<svg></svg>")
    patch.setattr("harness.course.found.find_course", lambda *_: Course(tasks=toy.REGISTRY))
    patch.setattr("harness.workflow.options.Options", partial(Options, registry=toy.REGISTRY, device="cpu"))
    return fake


def write_work(folder: Path, source: str = toy.GOOD, rubric: str = toy.RUBRIC) -> Path:
    """Write a student's folder `folder/work` with a self-check, and rubrics beside it; return it."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    (work / "toy.py").write_text(source)
    (work / "test_self_check.py").write_text(SELF_CHECK)
    toy.write_rubrics(folder / "rubrics", rubric)
    return work
