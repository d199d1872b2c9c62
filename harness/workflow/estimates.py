"""How long trainings will take, as far as that is known before: by the reference, and by how much a model computes."""

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from harness.records.models import Measurement
from harness.shipped import Rooms
from harness.workflow.dividing import START_S, examples_shown, expected_seconds, guess
from harness.workflow.plan import ClassPlan
from harness.workflow.planned import MULTIPLY_ADDS
from harness.workflow.standards import Standards
from harness.workflow.waiting import Span

MOST: Final = 4.0  # times as long, or as short, as the typical submission: what its process says may be a lie


@dataclass
class Estimates:
    """The expected `seconds` of variants by task, and how many examples a training is `shown` in each task.

    `work` is what contract checks say of how much submissions compute, by task and source, and `all_work` all of a task
    in ascending order. It moves trainings to an earlier or later place and changes no mark.
    """

    seconds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    shown: Mapping[str, int] = field(default_factory=dict)
    work: dict[tuple[str, str], float] = field(default_factory=dict)
    all_work: dict[str, list[float]] = field(default_factory=dict)

    def note(self, measurement: Measurement) -> None:
        """Take over what a record says of how much a submission computes, once."""
        if work := measurement.signs.get(MULTIPLY_ADDS):
            self.computes(measurement.task, measurement.source, work)

    def computes(self, task: str, source: str, multiply_adds: float) -> None:
        """Take note of how much a submission computes; what is said first counts."""
        if (task, source) not in self.work:
            self.work[task, source] = multiply_adds
            insort(self.all_work.setdefault(task, []), multiply_adds)

    def span(self, task: str, source: str, variant: str, more: Iterable[str]) -> Span | None:
        """Return how long a training is expected to take, and with the longest of what `more` may come after it."""
        if task not in self.seconds:
            return None
        known, times = self.seconds[task], self.times(task, source)
        own = times * known.get(variant, START_S)
        return Span(own, own + times * max((known.get(name, START_S) for name in more), default=0.0))

    def times(self, task: str, source: str) -> float:
        """Return how many times as long as the typical submission of the class so far this one is expected to take."""
        if (task, source) not in self.work:
            return 1.0
        some, shown = self.all_work[task], self.shown.get(task, 0)
        own, typical = guess(shown, self.work[task, source]), guess(shown, some[len(some) // 2])
        return min(MOST, max(1 / MOST, own / typical))


def estimates_of(plan: ClassPlan, standards: Standards, rooms: Rooms) -> Estimates:
    """Return what is expected of a class before anything is measured."""
    shown = {name: examples_shown(plan, task) for name, task in standards.tasks.items()}
    return Estimates(expected_seconds(plan, standards, rooms), shown)
