"""Draws the figures of a whole class on all cores, where many are still to be drawn."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context

from harness.grading.results import ClassResult, TaskResult
from harness.records.store import Records
from harness.report.drawing.figures import DrawnFigure, drawn
from harness.report.words.marks import as_shown
from harness.task import Task
from harness.workflow.pictures import keep, name_of, recorded

FEW = 24  # submissions that one process has drawn before others have started
BATCH = 64  # submissions whose pictures are in memory at once

Drawing = list[Future[DrawnFigure]]


def draw_class(records: Records, tasks: Mapping[str, Task], result: ClassResult, processes: int) -> None:
    """Draw what the records have no picture of yet, and keep it.

    Leaves to the report a few, which are sooner drawn there, and what cannot be drawn. Only the data of figures goes
    to the other processes, which run no student code and load no backend.
    """
    missing = list(_missing(records, result))
    if processes < 2 or len(missing) <= FEW:
        return
    with suppress(BrokenExecutor), ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for start in range(0, len(missing), BATCH):
            _draw(pool, records, tasks, missing[start : start + BATCH])


def _draw(pool: Executor, records: Records, tasks: Mapping[str, Task], batch: Sequence[TaskResult]) -> None:
    for one, waiting in [(one, _begin(pool, records, tasks[one.task], one)) for one in batch]:
        if waiting and not any(future.exception() for future in waiting):
            keep(records, one.measurements, [future.result() for future in waiting])


def _begin(pool: Executor, records: Records, task: Task, one: TaskResult) -> Drawing:
    """Hand the figures of one submission in one task to other processes; nothing where their data cannot be had."""
    try:
        figures = task.figures(recorded(records, task, one.measurements))
    except Exception:  # the report meets it again and says so in place of the pictures
        return []
    return [pool.submit(drawn, figure) for figure in figures]


def _missing(records: Records, result: ClassResult) -> Iterator[TaskResult]:
    """Yield one result for each set of measurements without pictures."""
    seen = set()
    every = (as_shown(t, revealed=result.revealed) for student in result.students for t in student.tasks)
    for task in (t for t in every if t.measurements):
        name = name_of(task.measurements)
        if name not in seen and not records.is_drawn(name):
            seen.add(name)
            yield task
