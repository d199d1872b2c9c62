"""What isolation costs: a step behind each barrier against an unprotected fork, and a class with and without.

    python benchmarks/sandbox.py [--steps 40] [--repeats 3] [--questions 2000] [--json]

The step builds a small model and ends. Levels take turns, so that a busy machine is unfair to none of them. Questions
are 100 rows of 4 numbers to a small dense model: `question_us` is one with its answer, seen from the harness, and
`answer_us` the model's share, `predict_on_batch` on the other side of the wall.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Event

import numpy as np
from class_grading import write_class
from one_class import task_of_one_variant, write_rubric

from harness.errors import SandboxError
from harness.sandbox import detect
from harness.sandbox.fork_server import ForkServer
from harness.sandbox.job import Job
from harness.sandbox.levels import Level
from harness.sandbox.pool import ServerPool
from harness.sandbox.supervise import run_job
from harness.sandbox.walls import Walls
from harness.task import ArrayOutput, Dialogue, Limits, Step, Talk, facts_of_training, maps
from harness.workflow import machine
from harness.workflow.grade import grade
from harness.workflow.options import Options
from harness.workflow.protection import Protection

SOURCE = b"""
import keras

def build(units):
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
"""
MODEL = asdict(maps((4,), (3,)))
CALL = {
    "builder": "build",
    "arguments": {"units": 3},
    "returns": [MODEL],
}
STEP = Step(
    name="contract",
    run="harness.training.contract:check",
    inputs=(),
    outputs=(facts_of_training(),),
    limits=Limits(30, 30, 2_000),
    settings={"calls": [CALL], "build": [CALL]},
)


ANSWERS = b"""
import keras, statistics, time

def build(questions):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(2)])
    times, answer = [], model.predict_on_batch
    def timed(question):
        began = time.perf_counter()
        answers = answer(question)
        times.append(time.perf_counter() - began)
        if len(times) == questions:
            print(1e6 * statistics.median(times))
        return answers
    model.predict_on_batch = timed
    return model
"""
WEIGHTS = bytes(4 * (4 * 32 + 32 + 32 * 2 + 2))
STATE, VALUES = ArrayOutput("state", (4,)), ArrayOutput("values", (2,), low=-10, high=10)


@dataclass(frozen=True)
class Forced(Protection):
    """Takes one level, whatever the machine could do."""

    level: Level = Level.NONE

    def walls(self, device: str) -> Walls:
        return detect.hold(self.level, device)


def levels() -> list[Level]:
    """Return no isolation and every level that holds here."""
    found = [Level.NONE]
    for level in detect.ON_LINUX:
        try:
            detect.hold(level, "cpu")
            found.append(level)
        except SandboxError as error:
            print(f"{level} is left out: {error}")
    return sorted(found, key=lambda level: level.rank)


def servers(level: Level) -> ServerPool:
    walls = detect.hold(level, "cpu")
    return ServerPool(lambda: ForkServer("tensorflow", "cpu", walls))


def step(pool: ServerPool) -> float:
    """Return the milliseconds of one step."""
    started = time.perf_counter()
    outcome = run_job(Job(STEP, "work.py", {"work.py": SOURCE}, {}, 1, (min(os.sched_getaffinity(0)),)), pool, Event())
    assert outcome.fault is None, outcome.fault
    return (time.perf_counter() - started) * 1000


def steps_by_level(count: int) -> dict[str, float]:
    """Return the median milliseconds of a step by level."""
    with ExitStack() as stack:
        pools = {level: servers(level) for level in levels()}
        for pool in pools.values():
            stack.callback(pool.close)
            step(pool)
        taken: dict[Level, list[float]] = {level: [] for level in pools}
        for _ in range(count):
            for level, pool in pools.items():
                taken[level].append(step(pool))
    return {level: statistics.median(times) for level, times in taken.items()}


def asking(questions: int, taken: list[float]) -> Talk:
    """Ask the same again and again; note the seconds that each answer took."""
    for _ in range(questions):
        began = time.perf_counter()
        yield np.ones((100, 4), np.float32)
        taken.append(time.perf_counter() - began)
    return {}


def question(level: Level, questions: int) -> dict[str, float]:
    """Return the median microseconds of a question with its answer, the model's share in it, and their ratio."""
    taken: list[float] = []
    call = {"builder": "build", "arguments": {"questions": questions}, "returns": [asdict(maps((4,), (2,)))]}
    dialogue = Dialogue(lambda *_: asking(questions, taken), STATE, VALUES, 100)
    play = Step("play", "harness.training.answering:answering", ("weights",), (), STEP.limits, {"call": call})
    job = Job(
        replace(play, dialogue=dialogue), "work.py", {"work.py": ANSWERS}, {"weights": WEIGHTS}, 1,
        (min(os.sched_getaffinity(0)),), asking(questions, taken),
    )  # fmt: skip
    with ExitStack() as stack:
        pool = servers(level)
        stack.callback(pool.close)
        outcome = run_job(job, pool, Event())
    assert outcome.fault is None, outcome.fault
    whole, share = 1e6 * statistics.median(taken), float(outcome.log)
    return {"question_us": whole, "answer_us": share, "question_ratio": whole / share}


def class_seconds(level: Level, folder: Path) -> float:
    """Return the seconds that grading eight small models takes at `level`, reports included."""
    students = write_class(folder / "class")
    rubrics = write_rubric(folder)
    protection = Forced(trusted=True, level=level)
    options = Options(out=folder / "out", registry=task_of_one_variant(), rubrics=rubrics, protection=protection)
    started = time.perf_counter()
    grade(students[0].parent, options, lambda *_: None)
    return time.perf_counter() - started


def class_ratio(repeats: int) -> float:
    """Return the seconds at the strongest level over the seconds without isolation, each the least of `repeats`."""
    strongest = detect.strongest("cpu").walls.level
    least: dict[Level, float] = {}
    for _ in range(repeats):
        for level in (Level.NONE, strongest):
            with tempfile.TemporaryDirectory() as folder:
                seconds = class_seconds(level, Path(folder))
            least[level] = min(seconds, least.get(level, seconds))
    return least[strongest] / least[Level.NONE]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--repeats", type=int, default=3, help="of the class at either level")
    parser.add_argument("--questions", type=int, default=2000, help="to a model behind the strongest barrier")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    medians = steps_by_level(arguments.steps)
    numbers: dict[str, object] = {"machine": f"{machine.cores()} cores, {machine.cpu_model()}"}
    numbers |= {f"step_{level}_ms": ms for level, ms in medians.items()}
    numbers |= {f"over_fork_{level}_ms": ms - medians["none"] for level, ms in medians.items() if level != "none"}
    if arguments.questions:
        numbers |= question(detect.strongest("cpu").walls.level, arguments.questions)
    if arguments.repeats:
        numbers["class_ratio"] = class_ratio(arguments.repeats)
    if arguments.json:
        print(json.dumps(numbers))
    else:
        for name, value in numbers.items():
            print(f"{name:24} {value:.3f}" if isinstance(value, float) else f"{name:24} {value}")


if __name__ == "__main__":
    main()
