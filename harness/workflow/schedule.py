"""Keeps the cores busy: units in order of priority, one per slot, each pinned to its own core."""

import heapq
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event

from harness.workflow.execute import Made
from harness.workflow.plan import TRAINING, Unit

Cpus = tuple[int, ...]


@dataclass
class Board:
    """What is going on, for whoever shows it; `trained` variants took `seconds` so far."""

    running: dict[Unit, float] = field(default_factory=dict)
    done: int = 0
    expected: int = 0
    trained: int = 0
    seconds: float = 0.0
    jobs: int = 1

    def seconds_left(self) -> float | None:
        """Estimate from the mean duration of the variants trained so far; None before there is one."""
        if not self.trained:
            return None
        return max(0, self.expected - self.done) * self.seconds / self.trained / self.jobs


def slots(jobs: int, pinned: bool) -> list[Cpus]:
    """Return the cores of each slot: one each, shared only if there are more jobs than cores."""
    if not pinned or not hasattr(os, "sched_getaffinity"):
        return [()] * jobs
    cores = sorted(os.sched_getaffinity(0))
    return [(cores[i % len(cores)],) for i in range(jobs)]


def run_units(
    units: Iterable[Unit],
    make: Callable[[Unit, Cpus], Made],
    follow: Callable[[Unit, Made], Iterable[Unit]],
    places: list[Cpus],
    board: Board,
    show: Callable[[Board], None],
    stop: Event,
) -> None:
    """Run all units and whatever `follow` returns for each finished one, until none is left.

    `follow` and `show` are called in this thread only. When an exception ends the run, KeyboardInterrupt included,
    `stop` is set and what is running is ended first.
    """
    waiting = list(units)
    heapq.heapify(waiting)
    free, running = list(places), dict[Future[Made], tuple[Unit, Cpus]]()
    board.jobs = len(places)
    with ThreadPoolExecutor(len(places), "slot") as pool:
        try:
            while waiting or running:
                while waiting and free:
                    unit, cpus = heapq.heappop(waiting), free.pop()
                    running[pool.submit(make, unit, cpus)] = unit, cpus
                    board.running[unit] = time.monotonic()
                finished, _ = wait(running, timeout=0.25, return_when=FIRST_COMPLETED)
                for future in finished:
                    unit, cpus = running.pop(future)
                    free.append(cpus)
                    seconds = time.monotonic() - board.running.pop(unit)
                    if unit.stage == TRAINING:  # checks and given variants are too short to tell anything
                        board.trained += 1
                        board.seconds += seconds
                    board.done += 1
                    for more in follow(unit, future.result()):
                        heapq.heappush(waiting, more)
                show(board)
        except BaseException:
            stop.set()
            raise
