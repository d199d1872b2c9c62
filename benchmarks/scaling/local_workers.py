"""What units cost beside themselves: many that only wait, led by the real driver over a few workers of this machine.

A unit waits 50 ms instead of training, so that a worker is a slot and no core: what is lost against units that follow
one another without a gap is the driver's. Planning, marking and pages are left out; records, the judge and the screen's
turn are not.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.records.store import Records
from harness.workflow.collect import Collection
from harness.workflow.execute import Made
from harness.workflow.measure import Watchers, measure
from harness.workflow.options import Options
from harness.workflow.place import Sources
from harness.workflow.plan import Unit
from harness.workflow.planned import PlannedTask
from harness.workflow.workers import LocalWorkers, Workers
from scaling.class_work import ClassWork
from scaling.made_up_class import Answers, answers_for, collected

VARIANTS = 9  # and a contract check: ten units of a submission


@dataclass(frozen=True)
class Waiting:
    """Makes a unit by waiting."""

    answers: Answers
    unit_s: float

    def make(self, unit: Unit, cpus: tuple[int, ...]) -> Made:
        del cpus
        time.sleep(self.unit_s)
        return self.answers.made(unit)


@dataclass(frozen=True)
class WaitingPlace:
    """Where nothing is trained: threads of this process that wait."""

    collection: Collection
    making: Waiting
    slots: int
    mixed: None = None

    @property
    def contexts(self) -> dict[str, PlannedTask]:
        return {**self.collection.contexts}

    @property
    def records(self) -> Records:
        return self.collection.records

    def workers(self, sources: Sources, options: Options) -> Workers:
        del sources, options
        return LocalWorkers(self.making.make, [()] * self.slots)


@dataclass(frozen=True)
class Efficiency:
    """How long `units` of `unit_s` seconds each took over some workers, and the CPU seconds of who leads them."""

    workers: int
    units: int
    unit_s: float
    took_s: float
    driver_s: float
    scheduler_s: float = 0.0

    @property
    def of_ideal(self) -> float:
        """Return the share of the time that the units alone account for, 0..1."""
        return self.units * self.unit_s / self.workers / self.took_s

    @property
    def overhead_s(self) -> float:
        """Return the seconds of a worker that a unit costs beside itself."""
        return self.took_s * self.workers / self.units - self.unit_s


def threads(workers: int, units: int, unit_s: float) -> Efficiency:
    """Measure units over the local pool; `units` is rounded to whole submissions."""
    with waiting_class(units) as (collection, options, answers):
        place = WaitingPlace(collection, Waiting(answers, unit_s), workers)
        began, cpu = time.perf_counter(), time.process_time()
        measure(collection, {}, place, options, Watchers(lambda board, plan: None))
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        return Efficiency(workers, len(collection.have), unit_s, took, cpu)


@contextmanager
def waiting_class(units: int) -> Iterator[tuple[Collection, Options, Answers]]:
    """Yield a class of about so many units, of ten units a submission, in a folder of its own."""
    work = ClassWork(max(1, round(units / (VARIANTS + 1))), {"waiting": {f"v{n}": [0.0] for n in range(VARIANTS)}})
    with tempfile.TemporaryDirectory() as folder, collected(work, Path(folder)) as (collection, options):
        yield collection, options, answers_for(collection, work)
