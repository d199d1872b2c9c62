"""Workers that are killed at random moments while a class is graded, and whether a mark changes.

While `harness grade` measures a class of the toy task on three workers of one slot, some are ended by SIGKILL and
others started in their place, at moments that follow from a seed. What was measured and marked is then compared, to the
last digit, with the same class graded undisturbed. Workers pretend to train, so that a run takes seconds.
"""

import json
import random
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import toy

from scaling.class_on_disk import ClassOnDisk
from scaling.worker_processes import WorkerProcesses

WORKERS = 3
STUDENTS = 8
TOGETHER = 0.2  # of the moments at which workers are killed: two of them at once
MOST = 15  # workers that a run loses: where they take long to start, none would live long enough otherwise
PATIENCE_S = 300.0  # for a run to end


@dataclass(frozen=True)
class Run:
    """A class that was graded while workers were killed; `changed` says what is other than undisturbed."""

    number: int
    seconds: float
    code: int
    killed_at: list[float]
    changed: list[str]


@dataclass
class Killer:
    """Has a worker lost, or two, every `mean_s` on average, and keeps when. Everything follows from `seed`."""

    among: WorkerProcesses
    seed: int
    mean_s: float
    killed_at: list[float] = field(default_factory=list)

    def watch(self, grading: subprocess.Popen[bytes]) -> int:
        """Do so until a command has ended, and return its exit code."""
        rng, began = random.Random(self.seed), time.monotonic()
        while len(self.killed_at) < MOST:
            try:
                return grading.wait(timeout=rng.expovariate(1 / self.mean_s))
            except subprocess.TimeoutExpired:
                for _ in range(2 if rng.random() < TOGETHER else 1):
                    self.among.lose(rng)
                    self.killed_at.append(round(time.monotonic() - began, 2))
        return grading.wait(timeout=PATIENCE_S)


def submissions() -> dict[str, str]:
    """Return what is handed in, by student: good work, one that learns nothing, two with mistakes."""
    good = {f"s{n}": f"{toy.GOOD}\n# {n}\n" for n in range(STUDENTS - 3)}
    return {**good, "lazy": toy.UNTRAINABLE, "misnamed": toy.MISNAMED, "broken": toy.SYNTAX_ERROR}


def graded(class_: ClassOnDisk, out: Path, among: WorkerProcesses, killer: Killer | None) -> int:
    """Grade the class into a new folder and return the exit code; what is said goes into a file beside that."""
    with (out.parent / f"{out.name}.log").open("wb") as log:
        grading = subprocess.Popen(class_.grading(out, str(among.file)), stdout=log, stderr=log)
    try:
        return killer.watch(grading) if killer else grading.wait(timeout=PATIENCE_S)
    finally:
        grading.kill()
        grading.wait()


def marks(out: Path) -> dict[str, Any]:
    """Return everything of a graded class that must not change, by student, task and what it is."""
    result = json.loads((out / "results.json").read_text())
    found: dict[str, Any] = {}
    for student in result["students"]:
        for task in student["tasks"]:
            name = f"{student['name']}/{task['task']}"
            for criterion in task["criteria"]:
                found[f"{name}/{criterion['id']}"] = [criterion[k] for k in ("status", "earned", "value")]
            for run in task["measurements"]:
                measured = {k: v["value"] for k, v in run["measures"].items()}
                found[f"{name}/{run['variant']}/{run['seed']}"] = [measured, run["curve"], run["fault"]]
    return found


def differences(undisturbed: dict[str, Any], now: dict[str, Any]) -> list[str]:
    names = sorted(undisturbed.keys() | now.keys())
    return [f"{n}: {undisturbed.get(n)} -> {now.get(n)}" for n in names if undisturbed.get(n) != now.get(n)]


def losses(runs: range, folder: Path, mean_s: float) -> Iterator[Run]:
    """Yield as many runs as are asked for, after one undisturbed; a worker is lost every `mean_s` on average."""
    class_ = ClassOnDisk(folder)
    class_.write(submissions())
    with WorkerProcesses(folder, ["pretend"], WORKERS) as among:
        yield from on_workers(class_, runs, mean_s, among)


def on_workers(class_: ClassOnDisk, runs: range, mean_s: float, among: WorkerProcesses) -> Iterator[Run]:
    undisturbed = class_.folder / "undisturbed"
    code = graded(class_, undisturbed, among, None)
    if code not in (0, 1):
        raise SystemExit(f"The undisturbed run ended with {code}:\n{undisturbed.with_suffix('.log').read_text()}")
    expected = marks(undisturbed)
    for number in runs:
        killer, out, began = Killer(among, number, mean_s), class_.folder / f"run-{number}", time.monotonic()
        code = graded(class_, out, among, killer)
        changed = differences(expected, marks(out)) if (out / "results.json").exists() else ["no results"]
        yield Run(number, time.monotonic() - began, code, killer.killed_at, changed)
