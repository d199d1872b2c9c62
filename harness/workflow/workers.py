"""Who runs units: threads of this machine, or whatever else can take a unit and hand back what was made of it.

A run plans, judges and writes in one thread; it hands out units as long as slots are free and takes what was made.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from harness.workflow.execute import Made
from harness.workflow.plan import Unit

Cpus = tuple[int, ...]


class Workers(Protocol):
    """Takes units and hands back what was made of each, once. All of it is called in one thread."""

    @property
    def slots(self) -> int:
        """How many units run at once when all is well; 0 as long as nobody is there."""

    def free(self, fingerprint: str = "") -> int:
        """Return how many more units that are pinned to a fingerprint can be started now."""

    def submit(self, unit: Unit) -> None:
        """Start a unit; as many as are `free` only."""

    def expect(self, waiting: int) -> None:
        """Take note that so many units wait for a slot: some start more workers for them."""

    def finished(self, timeout_s: float) -> Sequence[tuple[Unit, Made]]:
        """Wait so long at most, and return what has been made since. Raises what went wrong beside a unit."""

    def close(self) -> None:
        """End what is running, and wait for that."""


@dataclass
class LocalWorkers:
    """Threads of this process, one a slot, each of which keeps its own cores. `make` sees `stop` and ends."""

    make: Callable[[Unit, Cpus], Made]
    places: Sequence[Cpus]
    stop: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(len(self.places), "slot")
        self._free = [*self.places]
        self._running: dict[Future[Made], tuple[Unit, Cpus]] = {}

    @property
    def slots(self) -> int:
        return len(self.places)

    def free(self, fingerprint: str = "") -> int:
        del fingerprint  # there is one machine
        return len(self._free)

    def submit(self, unit: Unit) -> None:
        cpus = self._free.pop()
        self._running[self._pool.submit(self.make, unit, cpus)] = unit, cpus

    def expect(self, waiting: int) -> None:
        """There are as many threads as there will be."""

    def finished(self, timeout_s: float) -> Sequence[tuple[Unit, Made]]:
        ended, _ = wait(self._running, timeout=timeout_s, return_when=FIRST_COMPLETED)
        found = []
        for future in ended:
            unit, cpus = self._running.pop(future)
            self._free.append(cpus)
            found.append((unit, future.result()))
        return found

    def close(self) -> None:
        self.stop.set()
        self._pool.shutdown()


def slots(jobs: int, pinned: bool) -> list[Cpus]:
    """Return the cores of each slot: one each, shared only if there are more jobs than cores."""
    if not pinned or not hasattr(os, "sched_getaffinity"):
        return [()] * jobs
    cores = sorted(os.sched_getaffinity(0))
    return [(cores[i % len(cores)],) for i in range(jobs)]
