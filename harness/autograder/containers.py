"""What fits into which of Gradescope's containers, from what the references of the tasks took."""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from harness.autograder.settings import Settings
from harness.course.found import Course
from harness.grading.baselines import Baseline, load_baseline
from harness.task import Task

# Sizes that the settings of an assignment offer, as CPUs and MB; the first is what it begins with.
SIZES = ((0.5, 768), (1.0, 1_536), (2.0, 3_072), (4.0, 6_144))
LONGEST_MIN = 40
# Measured on Linux as the sum over all processes of a check of network_training, one step at a time and what they share
# counted once: MB and CPU seconds of start-up and checks before training, and MB that are there beside the step that
# trains.
CONTRACT = {"tensorflow": (670, 20), "jax": (780, 70)}
OWN_MB = 220
SPARE = 1.5  # a student's models may take so much more than the reference


@dataclass(frozen=True)
class Needs:
    """CPU seconds and MB of one run."""

    cpu_s: float
    memory_mb: float

    def minutes(self, cpus: float) -> float:
        """Return how long a run takes; a step has one core at most."""
        return self.cpu_s / min(1.0, cpus) / 60


def fits(settings: Settings, course: Course) -> str:
    """Return one sentence on the smallest container and the time that a run needs there."""
    what = "The checks before training" if settings.contract else f"{', '.join(settings.tasks)} ({settings.profile})"
    needs = needs_of(settings, course)
    if needs is None:
        return f"{what}: no baseline of the reference says what it takes, so try it with the largest container first."
    for cpus, memory_mb in SIZES:
        minutes = math.ceil(needs.minutes(cpus))
        if memory_mb >= needs.memory_mb and minutes <= LONGEST_MIN:
            return (
                f"{what}: about {needs.memory_mb / 1000:.1f} GB and {needs.cpu_s:,.0f} CPU seconds; set the"
                f" container to {cpus:g} CPU with {memory_mb / 1024:g} GB and the timeout to"
                f" {min(LONGEST_MIN, minutes + 5)} minutes (about {minutes} are used)."
            )
    return (
        f"{what}: about {needs.memory_mb / 1000:.1f} GB and {needs.cpu_s:,.0f} CPU seconds, which fits none of"
        f" Gradescope's containers within {LONGEST_MIN} minutes: pack it with --contract, or with fewer tasks."
    )


def needs_of(settings: Settings, course: Course) -> Needs | None:
    """Return what a run needs; None where no baseline was measured with its backend."""
    memory_mb, cpu_s = CONTRACT[settings.backend]
    before = Needs(cpu_s * len(settings.tasks), memory_mb)
    if settings.contract:
        return before
    found = [_baseline(course, course.tasks[name], settings.profile) for name in settings.tasks]
    steps = list(_steps([b for b in found if b and b.provenance.backend == settings.backend]))
    if not steps or not all(b and b.provenance.backend == settings.backend for b in found):
        return None
    trained_s = SPARE * max(1, len(settings.seeds)) * sum(cpu for cpu, _ in steps)
    return Needs(before.cpu_s + trained_s, max(before.memory_mb, OWN_MB + SPARE * max(mb for _, mb in steps)))


def _baseline(course: Course, task: Task, profile: str) -> Baseline | None:
    folders = course.rooms.folders("baselines", task.name)
    return next((b for folder in folders if (b := load_baseline(folder, task, profile, "cpu"))), None)


def _steps(baselines: list[Baseline]) -> Iterator[tuple[float, float]]:
    """Yield CPU seconds and MB of every step of every variant, on the machine that limits are set by."""
    for baseline in baselines:
        for usage in baseline.usage.values():
            cpu_s = statistics.fmean(usage.cpu_s) * baseline.provenance.speed
            yield cpu_s, max(usage.peak_memory_mb, default=0.0)
