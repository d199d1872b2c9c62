"""What a class costs beside its trainings: planning, bookkeeping, live page, marking and pages, by number of units.

Every unit is answered at once. A submission in a task has a contract check and three variants, whose first seed leaves
all in doubt, so that two more run; a student has up to 15 tasks. Pictures are not drawn: that is work, not bookkeeping.

    python benchmarks/driver.py [--units 100 1000 10000] [--profile]

Each size runs in a process of its own. Prints CPU seconds a stage, the peak of resident memory once all is marked and
once all is written, and by which power of the number of units each stage grew since the size before (1: linear).
`--profile` names the dearest functions.
"""

import argparse
import cProfile
import json
import math
import os
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import pytest
import toy
from workflow.classes import NoLauncher, open_walls, undrawn

from harness.intake.facts import facts_of
from harness.intake.submission import Submission
from harness.records.store import Records
from harness.report.pages import write_reports
from harness.scoring.score import Score
from harness.task import Task, Variant
from harness.workflow import measure as measuring
from harness.workflow.class_plan import HandedIn
from harness.workflow.context import TaskContext
from harness.workflow.execute import Made
from harness.workflow.live import LivePages, Snapshot
from harness.workflow.machine import Machine
from harness.workflow.marking import mark_class
from harness.workflow.measure import Watchers, measure_here, plan_of
from harness.workflow.options import Options
from harness.workflow.plan import ClassPlan, Unit
from harness.workflow.planned import CONTRACT
from harness.workflow.ran import unmeasured
from harness.workflow.schedule import Board
from harness.workflow.standards import load_rubrics, standards_for
from harness.workflow.workshop import Workshop, contexts_of

TASKS, SEEDS, TRAINED = 15, 3, ("plain", "wide", "deep")
EACH = SEEDS * len(TRAINED)  # units of a submission in a task, beside its contract check
CRITERION = """\
  - {{id: {0}, text: The {0} network classifies digits., points: 30, measure: {0}.test_accuracy, better: higher,
     profiles: {{quick: {{target: 0.6, floor: 0.2}}}}}}
"""
STAGES = ("plan", "follow", "live page", "mark", "pages")


def tasks() -> dict[str, Task]:
    variants = tuple(Variant(name, f"the {name} one", toy.BUILDER.name, {"units": 8}) for name in TRAINED)
    return {name: replace(toy.TASK, name=name, variants=variants) for name in (f"task_{n:02}" for n in range(TASKS))}


def rubrics(folder: Path) -> Path:
    folder.mkdir()
    for name in tasks():
        text = f"task: {name}@1\ncriteria:\n" + "".join(CRITERION.format(v) for v in TRAINED)
        (folder / f"{name}.yaml").write_text(text)
    return folder


def students(units: int) -> list[Submission]:
    """Return as many students as have about so many units, every source another."""
    left, found = max(1, round(units / EACH)), list[Submission]()
    while left > 0:
        number, some = len(found), min(left, TASKS)
        files = {f"{name}.py": f"{toy.GOOD}\n# {number}\n".encode() for name in [*tasks()][:some]}
        facts = {path: facts_of(path, source, files) for path, source in files.items()}
        found.append(
            Submission(f"Student {number}", f"student-{number}", files, facts=facts, entry=f"student-{number}")
        )
        left -= some
    return found


@dataclass(frozen=True)
class Answering:
    """Stands in for `Executor`: measures nothing, and answers with what leaves one seed in doubt."""

    contexts: dict[str, TaskContext]
    sources: Any
    launcher: Any
    stop: Event
    work: Path

    def make(self, unit: Unit, cpus: tuple[int, ...]) -> Made:
        score = Score(value=0.4 + unit.seed / 1000, signature="accuracy|n:100|v:1", sampling_error=0.05)
        known = unmeasured(unit, self.contexts[unit.task], None)
        if unit.variant == CONTRACT:
            return Made(known.model_copy(update={"parameters": 1_000}), {}, "")
        curve = {"loss": [2.0, 1.5, 1.0], "accuracy": [0.2, 0.4, 0.5]}
        measured = {"measures": {"test_accuracy": score}, "curve": curve, "parameters": 1_000}
        return Made(known.model_copy(update=measured), {}, "")


@dataclass
class Costs:
    """CPU seconds of this process by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        began = time.process_time()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - began


def one_size(units: int, folder: Path) -> dict[str, Any]:
    """Lead a class of no-op units through all stages; return what each took."""
    registry, costs = tasks(), Costs()
    options = Options(folder / "out", registry=registry, rubrics=rubrics(folder / "rubrics"), jobs=1)
    machine = Machine("tensorflow", "cpu", "none", open_walls(), "none")
    loaded = load_rubrics(options.rubrics, registry)
    records = Records(options.out)
    (folder / "work").mkdir()
    contexts = contexts_of(registry, machine, folder / "work", options)
    place = Workshop(contexts, NoLauncher(), folder / "work", machine, records)
    class_ = HandedIn("driver", students(units))
    with costs.of("plan"):
        plan = plan_of(place, class_, options, loaded, lambda said: None)
    with costs.of("follow"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(measuring, "plan_of", lambda *_: plan)
        measured = measure_here(place, class_, options, Watchers(estimate), loaded)
    live = LivePages(options.out, records, registry, loaded)
    with costs.of("live page"):
        live.write(Snapshot(measured, None))
    del live  # as `grade` does before it marks: it has marks of its own
    standards = standards_for(measured.plan, registry, loaded)
    with costs.of("mark"):
        result = mark_class(measured, standards, revealed=False)
    marked_mb = peak_mb()
    with costs.of("pages"):
        write_reports(result, lambda student, task: [], options.out)
    records.close()
    made = sum(m.variant != CONTRACT for m in measured.have.values())
    return {"units": made, **costs.seconds, "marked": marked_mb, "written": peak_mb()}


def estimate(board: Board, plan: ClassPlan) -> None:
    """Work out what a screen shows."""
    del plan
    board.seconds_left()


def peak_mb() -> float:
    """Return the most memory that was resident so far, in MB (10^6 bytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def measured_alone(units: int, profile: bool) -> dict[str, Any]:
    """Return what a size took, of a new process on one core."""
    command = [sys.executable, __file__, "--one", str(units), *(["--profile"] if profile else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    *told, last = done.stdout.splitlines()
    print(*told, sep="\n", end="\n" if told else "")
    return dict(json.loads(last))


def one(units: int, profile: bool) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    profiler = cProfile.Profile()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        undrawn(patch)
        patch.setattr("harness.workflow.workshop.Executor", Answering)
        patch.setattr("harness.report.drawing.figures.draw", lambda figure: "<svg></svg>")
        if profile:
            profiler.enable()
        found = one_size(units, Path(folder))
        profiler.disable()
    if profile:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)
    print(json.dumps(found))


def exponent(before: dict[str, Any], now: dict[str, Any], stage: str) -> str:
    if not before or min(before[stage], now[stage]) < 0.02:
        return ""
    return f"^{math.log(now[stage] / before[stage]) / math.log(now['units'] / before['units']):.2f}"


def show(sizes: Sequence[int], profile: bool) -> None:
    heads = (*STAGES, "all")
    print(f"{'units':>8}" + "".join(f"{stage:>17}" for stage in heads) + f"{'MB marked':>12}{'MB written':>12}")
    before: dict[str, Any] = {}
    for units in sizes:
        now = measured_alone(units, profile)
        now["all"] = sum(now[stage] for stage in STAGES)
        cells = (f"{now[s]:9.2f} s {exponent(before, now, s):6}" for s in (*STAGES, "all"))
        print(f"{now['units']:8,}" + "".join(cells) + f"{now['marked']:12.0f}{now['written']:12.0f}", flush=True)
        before = now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one, asked.profile)
    else:
        show(asked.units, asked.profile)


if __name__ == "__main__":
    main()
