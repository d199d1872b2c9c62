"""What a class has to be trained: as many seconds as references took under the quick profile, drawn for each student.

Every student hands in every task. The seconds of a variant under a seed are those that the reference took under one of
its seeds, times how much more work this submission is; students of one seed are the same in a class of any size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.grading.baselines import Baseline, read_baseline

BASELINES = Path(__file__).resolve().parents[2] / "reference_models" / "baselines"
TYPICAL, SHOWN = 1e6, 30_000  # multiply-adds of one example, and examples of a training: 9 s as the driver guesses
SEEDS = 3  # the first, and two more where that leaves a doubt


def recorded(folder: Path = BASELINES) -> dict[str, dict[str, list[float]]]:
    """Return the CPU seconds, one a seed, of every variant of every task: all its steps together."""
    files = sorted(folder.glob("*.quick.cpu.json"))
    return {found.task: seconds_of(found) for found in map(read_baseline, files)}


def seconds_of(baseline: Baseline) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for name, usage in baseline.usage.items():
        variant = name.rpartition(".")[0]
        if variant != "contract":
            known = found.get(variant, [0.0] * len(usage.cpu_s))
            found[variant] = [a + b for a, b in zip(known, usage.cpu_s, strict=True)]
    return found


@dataclass(frozen=True)
class ClassWork:
    """The units of a class, by number of student, task, variant in that task, and seed (0, 1, 2).

    `table` maps tasks to variants to seconds. `doubted`, `broken`, `spread` and `misjudged` are as in
    `simulation.Assumed`.
    """

    students: int
    table: Mapping[str, Mapping[str, list[float]]]
    doubted: float = 0.0
    broken: float = 0.0
    spread: float = 0.0
    misjudged: float = 0.0
    seed: int = 1
    offsets: list[int] = field(init=False)

    def __post_init__(self) -> None:
        sizes = [len(variants) for variants in self.table.values()]
        object.__setattr__(self, "offsets", [sum(sizes[:n]) for n in range(len(sizes) + 1)])

    @property
    def tasks(self) -> list[str]:
        return [*self.table]

    def variants(self, task: int) -> int:
        return self.offsets[task + 1] - self.offsets[task]

    @cached_property
    def expected_s(self) -> list[list[float]]:
        """Known before anything is trained, by task and variant: the mean seconds of the reference."""
        return [[fmean(seconds) for seconds in variants.values()] for variants in self.table.values()]

    def longest_first(self, task: int, slots: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return variants with their seeds, those first that are expected to take longest; else in their order."""
        return sorted(slots, key=lambda slot: -self.expected_s[task][slot[0]])

    def trained_s(self, student: int, task: int, variant: int, seed: int) -> float:
        return float(self._drawn.seconds[student, self.offsets[task] + variant, seed])

    def in_doubt(self, student: int, task: int) -> list[int]:
        """Return the variants that run under the other seeds as well."""
        rows = self._drawn.doubted[student, self.offsets[task] : self.offsets[task + 1]]
        return [int(n) for n in np.flatnonzero(rows)]

    def is_broken(self, student: int, task: int) -> bool:
        return bool(self._drawn.broken[student, task])

    def multiply_adds(self, student: int, task: int) -> float:
        """Return what the contract check says of how much a submission computes."""
        return float(self._drawn.multiply_adds[student, task])

    @cached_property
    def _drawn(self) -> "Drawn":
        rows = [self._student(number) for number in range(self.students)]
        return Drawn(*(np.stack(some) for some in zip(*rows, strict=True)))

    def _student(self, number: int) -> tuple[NDArray[Any], ...]:
        rng = np.random.default_rng((self.seed, number))
        per_task = [self.variants(task) for task in range(len(self.table))]
        times = rng.lognormal(0.0, self.spread, len(per_task))
        factor = np.repeat(times, per_task)[:, None]
        picks = (rng.random((len(factor), SEEDS)) * self._lengths[:, None]).astype(int)
        seconds = (np.take_along_axis(self._values, picks, axis=1) * factor).astype(np.float32)
        doubted, broken = rng.random(len(factor)) < self.doubted, rng.random(len(per_task)) < self.broken
        return seconds, doubted, broken, TYPICAL * times * rng.lognormal(0.0, self.misjudged, len(times))

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        return np.array([len(seconds) for variants in self.table.values() for seconds in variants.values()])

    @cached_property
    def _values(self) -> NDArray[np.float64]:
        """Return the recorded seconds (variants, most seeds), filled up with zeros that nobody draws."""
        rows = [seconds for variants in self.table.values() for seconds in variants.values()]
        return np.array([[*row, *[0.0] * (max(map(len, rows)) - len(row))] for row in rows])


@dataclass(frozen=True)
class Drawn:
    """`seconds` (students, variants, seeds), `doubted` (students, variants), the others (students, tasks)."""

    seconds: NDArray[np.float32]
    doubted: NDArray[np.bool_]
    broken: NDArray[np.bool_]
    multiply_adds: NDArray[np.float64]
