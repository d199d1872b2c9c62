"""What units cost beside themselves on Dask workers: many that only wait, led by the real driver.

A unit waits on its worker instead of training; workers are processes of this machine. The clock runs from when all of
them are there until the last unit is recorded, live pages included.
"""

import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import toy

from harness.workers.asked import parse_workers
from harness.workers.cluster import DaskCluster
from harness.workflow.execute import Made
from harness.workflow.grade import grade
from harness.workflow.plan import Unit
from harness.workflow.schedule import Board, run_units
from harness.workflow.waiting import Span
from harness.workflow.workers import Workers
from scaling.class_on_disk import ClassOnDisk
from scaling.local_workers import Efficiency
from scaling.worker_processes import WorkerProcesses

EACH = 3  # units of a submission: contract check and two variants
RUBRIC = """\
task: toy@1
criteria:
  - {id: plain, text: It classifies digits., points: 10, measure: plain.test_accuracy, better: higher,
     profiles: {quick: {target: 0.35, floor: 0.15}}}
"""


@dataclass
class Timed:
    """Leads units as the driver does, once so many workers are there, and keeps the seconds that this takes.

    Beside those of the wall, CPU seconds: of this process, and of a scheduler's.
    """

    count: int
    scheduler: psutil.Process
    took_s: float = 0.0
    driver_s: float = 0.0
    scheduler_s: float = 0.0
    done: int = 0

    def __call__(
        self,
        units: Iterable[Unit],
        workers: Workers,
        follow: Callable[[Unit, Made], Iterable[Unit]],
        board: Board,
        show: Callable[[Board], None],
        expect: Callable[[Unit], Span | None],
    ) -> None:
        while workers.slots < self.count:
            workers.finished(0.1)
        began, cpu, scheduled = time.perf_counter(), time.process_time(), self._scheduled_s()
        run_units(units, workers, follow, board, show, expect)
        self.took_s, self.driver_s = time.perf_counter() - began, time.process_time() - cpu
        self.scheduler_s, self.done = self._scheduled_s() - scheduled, board.done

    def _scheduled_s(self) -> float:
        used = self.scheduler.cpu_times()
        return used.user + used.system


def over_dask(workers: int, units: int, unit_s: float) -> Efficiency:
    """Measure units over as many Dask workers of one slot; `units` is rounded to whole submissions."""
    with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        folder = Path(made)
        class_ = ClassOnDisk(folder)
        class_.write({f"s{n}": f"{toy.GOOD}\n# {n}\n" for n in range(max(1, round(units / EACH)))}, RUBRIC)
        with WorkerProcesses(folder, ["wait", str(unit_s)], workers) as among:
            assert among.scheduler is not None
            timed = Timed(workers, psutil.Process(among.scheduler.pid))
            patch.setattr("harness.workflow.measure.run_units", timed)
            elsewhere = DaskCluster(parse_workers(str(among.file)))
            grade(class_.submissions, class_.options(folder / "out"), lambda board, plan: None, cluster=elsewhere)
    return Efficiency(workers, timed.done, unit_s, timed.took_s, timed.driver_s, timed.scheduler_s)
