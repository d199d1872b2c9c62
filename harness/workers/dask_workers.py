"""Runs units on Dask workers: as many at once as there are slots, each on a worker that is named."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from distributed.scheduler import KilledWorker

from harness.errors import HarnessError
from harness.records.models import Fault
from harness.workers.connection import Answer, Joined, Left
from harness.workers.plugin import TakenOver, make
from harness.workers.registration import Registration
from harness.workers.runner import Leaving
from harness.workflow.execute import Made
from harness.workflow.pinning import Mixed
from harness.workflow.place import Sources
from harness.workflow.plan import Unit
from harness.workflow.planned import PlannedTask
from harness.workflow.ran import unmeasured

SHORT_S: Final = 0.5  # the way to a worker and back takes 0.01 s, and no more than a fiftieth of what is longer
LONG_S: Final = 2 * SHORT_S  # what a unit that is ahead stands behind at most
LAST: Final = 10


@dataclass
class DaskWorkers:
    """Takes units as `harness.workflow.workers.Workers` does.

    What a lost worker ran is offered again, and so is, once, what came back with a fault of the harness: on another
    worker where there is one. `calls` are the units that run, by call, and since when. `mean_s` are the seconds of the
    last ones by stage: behind short ones each worker has one more than it has slots, so that none waits for the way
    there and back; `ahead` has the last call to each worker. Where those before it take long after all, it is taken
    back and offered again.
    """

    registration: Registration
    contexts: Mapping[str, PlannedTask]
    sources: Sources
    mixed: Mixed | None = None
    calls: dict[int, tuple[Unit, float]] = field(default_factory=dict)
    mean_s: dict[int, float] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)
    ahead: dict[str, int] = field(default_factory=dict)

    @property
    def slots(self) -> int:
        return sum(one.slots for one in self.registration.assignments.values())

    def free(self, fingerprint: str = "") -> int:
        return self.registration.assignment(fingerprint).free()

    def submit(self, unit: Unit) -> None:
        if address := self.registration.assignment(unit.fingerprint).start(unit):
            self._send(unit, address)

    def expect(self, waiting: int) -> None:
        again = sum(len(one.waiting) for one in self.registration.assignments.values())
        self.registration.connection.want(waiting + again)

    def finished(self, timeout_s: float) -> Sequence[tuple[Unit, Made]]:
        found = list[tuple[Unit, Made]]()
        for news in self.registration.connection.news(timeout_s):
            if isinstance(news, Joined):
                self.registration.joined(news)
            elif isinstance(news, Left):
                found += [(unit, self._killer(unit)) for unit in self._left(news)]
            elif news.call in self.calls:
                found += self._ended(news)
            else:
                self.registration.reported(news)
        self._take_back()
        brief = frozenset(stage for stage, mean_s in self.mean_s.items() if mean_s < SHORT_S)
        for assignment in self.registration.assignments.values():
            assignment.brief = brief
            for unit, address in assignment.due():
                self._send(unit, address)
        self.registration.tell_if_alone()
        return found

    def close(self) -> None:
        for call in self.calls:
            self.registration.connection.forget(call)
        self.calls = {}
        self.registration.connection.want(0)

    def _send(self, unit: Unit, address: str) -> None:
        files = self.sources.get((unit.task, unit.source), {})
        call = self.registration.connection.call(address, make, unit, files)
        self.calls[call] = unit, time.monotonic()
        self.ahead.pop(address, None)  # so that they are in order of time
        self.ahead[address] = call

    def _take_back(self) -> None:
        """Offer again what was sent ahead and has stood behind others for long. What begins just now runs twice."""
        while self.ahead:
            address, call = next(iter(self.ahead.items()))
            unit, sent = self.calls.get(call, (None, 0.0))
            if unit and time.monotonic() - sent <= LONG_S:
                return
            del self.ahead[address]
            assignment = self.registration.assignment_at(address)
            if unit and assignment.crowded(address):
                del self.calls[call]
                self.registration.connection.forget(call)
                assignment.end(unit)
                assignment.again(unit)  # to whoever is free first

    def _left(self, news: Left) -> list[Unit]:
        units = self.registration.assignment_at(news.address).units
        for call in [c for c, (u, _) in self.calls.items() if u.key in units and units[u.key][1] == news.address]:
            del self.calls[call]
            self.registration.connection.forget(call)
        return self.registration.left(news)

    def _ended(self, answer: Answer) -> list[tuple[Unit, Made]]:
        unit, began = self.calls.pop(answer.call)
        assignment = self.registration.assignment(unit.fingerprint)
        if isinstance(answer.error, KilledWorker):
            return []  # the news that its worker is gone comes next
        if isinstance(answer.error, Leaving):
            self._left(Left(assignment.units[unit.key][1], orderly=True))
            return []
        address = assignment.end(unit)
        if isinstance(answer.error, TakenOver):
            raise answer.error
        first = unit.key not in self.repeated
        if first and (answer.error or is_harness_fault(answer.value)):
            self.repeated.add(unit.key)
            assignment.again(unit, address)
            return []
        if isinstance(answer.error, HarnessError):
            raise answer.error
        if answer.error:
            said = f"{type(answer.error).__name__}: {answer.error}"
            raise HarnessError(f"Expected a record of a unit, received twice an error of the worker: {said}.")
        if answer.value.measurement.key != unit.key:
            raise HarnessError(
                f"Expected the record of {unit.variant} in {unit.task} from {address}, received another one."
            )
        mean_s = self.mean_s.get(unit.stage, SHORT_S)
        self.mean_s[unit.stage] = mean_s + (time.monotonic() - began - mean_s) / LAST
        return [(unit, answer.value)]

    def _killer(self, unit: Unit) -> Made:
        """Return the record of a unit that ends whatever worker runs it, and tell the first of a submission."""
        context = (self.mixed.contexts[unit.fingerprint] if self.mixed else self.contexts)[unit.task]
        if self.registration.assignment(unit.fingerprint).guilty[unit.task, unit.source] == 1:
            self.registration.tell(
                f"every worker that ran a submission in {unit.task} ({unit.variant}) was lost, the last two while"
                " nothing else ran there: this is left open and costs no marks, and what else there is of that"
                " submission runs alone; look at what it does, and whether workers have the"
                f" {context.profile.limits.memory_mb:,} MB of memory that a step may take."
            )
        said = "Every machine that ran this was lost, the last two while nothing else ran there; nothing was measured."
        lost = Fault(owner="harness", kind="lost", step=unit.variant, message=said)
        return Made(unmeasured(unit, context, lost), {}, "")


def is_harness_fault(made: Made) -> bool:
    fault = made.measurement.fault
    return fault is not None and fault.owner == "harness"
