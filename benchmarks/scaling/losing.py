"""Workers that are killed at random moments while a class is graded, and whether a mark changes.

A scheduler and three workers of one slot run as processes of their own. While `harness grade` measures a class of the
toy task on them, some are ended by SIGKILL and others started in their place, at moments that follow from a seed. What
was measured and marked is then compared, to the last digit, with the same class graded on the same workers undisturbed.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

import toy

WORKERS = 3
STUDENTS = 8
TOGETHER = 0.2  # of the moments at which workers are killed: two of them at once
PATIENCE_S = 300.0  # for a run in which nothing is left but to wait
HARNESS = [sys.executable, "-m", "harness.cli"]


@dataclass
class Crew:
    """A scheduler and its workers, as processes; `pretending` workers load no backend."""

    folder: Path
    pretending: bool
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "scheduler.json"

    def begin(self) -> None:
        """Start the scheduler, and workers once it can be reached."""
        dask = [sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        with (self.folder / "scheduler.log").open("wb") as log:
            self.scheduler = subprocess.Popen([*dask, "--scheduler-file", str(self.file)], stdout=log, stderr=log)
        while not self.file.exists():
            time.sleep(0.1)
        for _ in range(WORKERS):
            self.start()

    def start(self) -> None:
        """Start one more worker."""
        script = Path(__file__).with_name("one_worker.py")
        command = [sys.executable, str(script), str(self.file), str(self.folder), *["--pretend"] * self.pretending]
        with (self.folder / "workers.log").open("ab") as log:
            self.workers.append(subprocess.Popen(command, stdout=log, stderr=log))

    def kill(self, number: int) -> None:
        """End a worker without a word, and start another."""
        worker = self.workers.pop(number)
        worker.kill()
        worker.wait()
        self.start()

    def end(self) -> None:
        for process in (*self.workers, *([self.scheduler] if self.scheduler else [])):
            process.kill()
            process.wait()


@contextmanager
def crew(folder: Path, *, pretending: bool) -> Iterator[Crew]:
    """Yield a scheduler and workers that run as long as they are needed."""
    found = Crew(folder, pretending)
    try:
        found.begin()
        yield found
    finally:
        found.end()


@dataclass(frozen=True)
class Class:
    """A class of the toy task on disk, and how it is graded."""

    folder: Path

    def write(self) -> None:
        """Write course, rubric, submissions and key: good ones, one that learns nothing, two with mistakes."""
        course = self.folder / "course"
        (course / "tasks").mkdir(parents=True)
        (course / "course.yaml").write_text(f"name: Losses\ntasks: [{toy.TASK.name}]\n")
        (course / "tasks" / "toy.py").write_bytes(Path(toy.__file__).read_bytes())
        toy.write_rubrics(course / "rubrics")
        good = {f"s{n}": f"{toy.GOOD}\n# {n}\n" for n in range(STUDENTS - 3)}
        more = {"lazy": toy.UNTRAINABLE, "misnamed": toy.MISNAMED, "broken": toy.SYNTAX_ERROR}
        toy.write_class(self.folder / "class", {**good, **more})
        self.key.write_text(toy.KEY.value)

    @property
    def key(self) -> Path:
        return self.folder / "class.key"

    def grading(self, out: Path, scheduler: Path) -> list[str]:
        """Return the command that grades the class on the workers of a scheduler."""
        chosen = ["--course", str(self.folder / "course"), "--key", str(self.key), "--workers", str(scheduler)]
        quiet = ["--device", "cpu", "--trust-submissions", "--no-search", "--json"]
        return [*HARNESS, "grade", str(self.folder / "class"), "--out", str(out), *chosen, *quiet]


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
    """Kills a worker, or two, every `mean_s` on average, and keeps when. Everything follows from `seed`."""

    seed: int
    mean_s: float
    killed_at: list[float] = field(default_factory=list)

    def watch(self, grading: subprocess.Popen[bytes], among: Crew) -> int:
        """Do so until a command has ended, and return its exit code."""
        rng, began = random.Random(self.seed), time.monotonic()
        while time.monotonic() - began < PATIENCE_S:
            try:
                return grading.wait(timeout=rng.expovariate(1 / self.mean_s))
            except subprocess.TimeoutExpired:
                for _ in range(2 if rng.random() < TOGETHER else 1):
                    among.kill(rng.randrange(len(among.workers)))
                    self.killed_at.append(round(time.monotonic() - began, 2))
        raise SystemExit(f"Grading has not ended within {PATIENCE_S:.0f} s of losing workers.")


def graded(class_: Class, out: Path, among: Crew, killer: Killer | None) -> int:
    """Grade the class into a new folder and return the exit code; what is said goes into a file beside that."""
    with (out.parent / f"{out.name}.log").open("wb") as log:
        grading = subprocess.Popen(class_.grading(out, among.file), stdout=log, stderr=log)
    try:
        return killer.watch(grading, among) if killer else grading.wait(timeout=PATIENCE_S)
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


def losses(runs: range, folder: Path, mean_s: float, *, pretending: bool) -> Iterator[Run]:
    """Yield as many runs as are asked for, after one undisturbed; a worker is killed every `mean_s` on average."""
    class_ = Class(folder)
    class_.write()
    with crew(folder, pretending=pretending) as among:
        code = graded(class_, folder / "undisturbed", among, None)
        if code not in (0, 1):
            raise SystemExit(f"The undisturbed run ended with {code}:\n{(folder / 'undisturbed.log').read_text()}")
        undisturbed = marks(folder / "undisturbed")
        for number in runs:
            killer, out, began = Killer(number, mean_s), folder / f"run-{number}", time.monotonic()
            code = graded(class_, out, among, killer)
            there = (out / "results.json").exists()
            changed = differences(undisturbed, marks(out)) if there else ["no results"]
            yield Run(number, time.monotonic() - began, code, killer.killed_at, changed)
