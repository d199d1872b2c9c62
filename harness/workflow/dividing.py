"""Divides a class into shards that take about as long, the same way wherever it is done."""

import heapq
import statistics
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from harness.errors import ResultsError
from harness.grading.baselines import Baseline, find_baselines
from harness.shipped import Rooms
from harness.task import Task
from harness.workflow.plan import ClassPlan, TaskEntry, asking
from harness.workflow.shard import Shard
from harness.workflow.standards import Standards

CHECK_S: Final = 1.0  # of the contract check of a submission in a task
START_S: Final = 3.0  # of what a variant takes beside what its size explains; shipped baselines on one core
TRAINED_A_SECOND: Final = 5e9  # parameters times examples, likewise
PARAMETERS: Final = 100_000  # of a model of which nothing is known


def divided(costs: Mapping[str, float], of: int) -> list[list[str]]:
    """Return the names in `of` parts whose costs are about equal, the first part first; same costs, same parts.

    The dearest first, each to the part that has least by then: at most 4/3 of the best there is (Graham 1969, Bounds on
    multiprocessing timing anomalies).
    """
    parts = [list[str]() for _ in range(of)]
    loads = [(0.0, number) for number in range(of)]
    for name in sorted(costs, key=lambda n: (-costs[n], n)):
        load, number = loads[0]
        parts[number].append(name)
        heapq.heapreplace(loads, (load + costs[name], number))
    return parts


def part_of(shard: Shard, plan: ClassPlan, seconds: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the submissions in a task that a shard measures, by the names that `plan.asking` gives."""
    return divided(costs_of(plan, seconds), shard.of)[shard.number - 1]


def costs_of(plan: ClassPlan, seconds: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the expected CPU seconds of every submission in a task that can run, by the name `plan.asking` gives.

    `seconds` are those of each variant by task. Those that are the same work share a name, and are measured once.
    """
    return {
        asking(entry): cost_of(entry, seconds[entry.task])
        for student in plan.everyone
        for entry in student.tasks
        if entry.fault is None and entry.task in seconds
    }


def expected_seconds(plan: ClassPlan, standards: Standards, rooms: Rooms) -> dict[str, dict[str, float]]:
    """Return the expected CPU seconds of each variant by task."""
    return {name: variant_seconds(plan, standards, rooms, task) for name, task in standards.tasks.items()}


def cost_of(entry: TaskEntry, seconds: Mapping[str, float]) -> float:
    """Return what the variants of a submission take under its first seeds; more seeds are not known beforehand."""
    return CHECK_S + len(entry.seeds) * sum(seconds.get(name, START_S) for name in entry.variants)


def variant_seconds(plan: ClassPlan, standards: Standards, rooms: Rooms, task: Task) -> dict[str, float]:
    """Return the CPU seconds of each variant: as the reference took, else by parameters, examples and epochs."""
    recorded = standards.baselines.get(task.name)
    found = recorded_seconds(recorded) if recorded else {}
    missing = [v.name for v in task.variants if v.name not in found and not v.given]
    parameters = known_parameters(task, rooms) if missing else {}
    shown = examples_shown(plan, task)
    return {**found, **{name: guess(shown, parameters.get(name, PARAMETERS)) for name in missing}}


def recorded_seconds(baseline: Baseline) -> dict[str, float]:
    """Return the mean CPU seconds, over seeds, that all steps of each variant took."""
    found: dict[str, float] = {}
    for name, usage in baseline.usage.items():
        variant = name.rpartition(".")[0]
        found[variant] = found.get(variant, 0.0) + statistics.fmean(usage.cpu_s)
    return found


def known_parameters(task: Task, rooms: Rooms) -> dict[str, int]:
    """Return how many parameters each variant of the reference had at most, under whichever profile."""
    found = {v.name: task.max_parameters for v in task.variants if task.max_parameters}
    for folder in rooms.folders("baselines", task.name):
        for profile in sorted(task.profiles):
            with suppress(ResultsError):  # one of an older version of the task
                for baseline in find_baselines(folder, task, profile).values():
                    found |= {name: max(n, found.get(name, 0)) for name, n in baseline.parameters.items()}
    return found


def examples_shown(plan: ClassPlan, task: Task) -> int:
    """Return how many examples a training is shown, each in every epoch."""
    return task.profile(plan.profile).epochs * plan.provenance[task.name].data_sizes.get("train", 0)


def guess(shown: int, parameters: float) -> float:
    """Return about how many seconds one core takes that is shown so many examples of a model so large."""
    return START_S + shown * parameters / TRAINED_A_SECOND
