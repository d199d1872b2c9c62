"""Keeps the workers busy: units in order of priority, as many at once as there are slots."""

import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field

from harness.workflow.execute import Made
from harness.workflow.plan import TRAINING, Unit
from harness.workflow.waiting import Span, Waiting
from harness.workflow.workers import Workers

POLL_S = 0.25  # at least as often the screen is told


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


def run_units(
    units: Iterable[Unit],
    workers: Workers,
    follow: Callable[[Unit, Made], Iterable[Unit]],
    board: Board,
    show: Callable[[Board], None],
    expect: Callable[[Unit], Span | None] = lambda unit: None,
) -> None:
    """Run all units and whatever `follow` returns for each finished one, until none is left; then close the workers.

    They run in their order; by what `expect` says of them, long ones early enough not to be the last (`Waiting`).
    `follow`, `show` and `expect` are called in this thread only. When an exception ends the run, KeyboardInterrupt
    included, what is running is ended first.
    """
    waiting: dict[str, Waiting[Unit]] = {}  # by the fingerprint that they are pinned to; each may get all slots
    for unit in units:
        waiting.setdefault(unit.fingerprint, Waiting(expect)).push(unit)
    with closing(workers):
        while any(waiting.values()) or board.running:
            board.jobs = max(1, workers.slots)
            for fingerprint, pinned in waiting.items():
                for _ in range(min(len(pinned), workers.free(fingerprint))):
                    unit = pinned.pop(board.jobs)
                    workers.submit(unit)
                    board.running[unit] = time.monotonic()
            workers.expect(sum(map(len, waiting.values())))
            for unit, made in workers.finished(POLL_S):
                seconds = time.monotonic() - board.running.pop(unit)
                if unit.stage == TRAINING:  # checks and given variants are too short to tell anything
                    board.trained += 1
                    board.seconds += seconds
                board.done += 1
                for more in follow(unit, made):
                    waiting.setdefault(more.fingerprint, Waiting(expect)).push(more)
            show(board)
