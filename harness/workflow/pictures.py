"""Draws the figures of a submission once; re-marking takes them from the records."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from harness.grading.results import StudentResult, TaskResult
from harness.records.models import WITHHELD, Measurement
from harness.records.store import Records
from harness.report.drawing.figures import DrawnFigure, drawn, restored
from harness.task import Recorded, Task

DRAWING = 2  # raised when pictures of the same records are to be drawn anew


def figures_of(records: Records, task: Task, measurements: Sequence[Measurement]) -> list[DrawnFigure]:
    """Return the drawn figures of one submission in one task; those kept are drawn again if they were changed."""
    if not measurements:
        return []
    name = name_of(measurements)
    kept = restored(records.drawn(name))
    if kept is not None:
        return kept
    try:
        made = [drawn(f) for f in task.figures(recorded(records, task, measurements))]
    except Exception as error:  # marks must not wait for a picture; it is tried again next time
        if whole := [m for m in measurements if m.evidence != WITHHELD]:
            if len(whole) < len(measurements):
                return figures_of(records, task, whole)
            return [DrawnFigure("Figures", f"The figures could not be drawn ({type(error).__name__}).")]
        return []  # nothing may be seen of what they show
    keep(records, measurements, made)
    return made


def keep(records: Records, measurements: Sequence[Measurement], figures: Sequence[DrawnFigure]) -> None:
    """Keep the drawn figures of one submission in one task for the next report."""
    records.keep_drawn(name_of(measurements), [asdict(figure) for figure in figures])


def drawn_before(records: Records, measurements: Sequence[Measurement]) -> list[DrawnFigure] | None:
    """Return the figures of one submission in one task if they are kept; None if they have still to be drawn."""
    return restored(records.drawn(name_of(measurements))) if measurements else []


def name_of(measurements: Sequence[Measurement]) -> str:
    """Return the name under which the figures of these measurements are kept."""
    keys = "".join(sorted(f"{m.key}/{m.seed}{withheld(m)}" for m in measurements))
    return hashlib.sha256(f"{DRAWING}|{keys}".encode()).hexdigest()[:32]


def withheld(measurement: Measurement) -> str:
    """Return what tells pictures without the hidden values of a measurement from those with them."""
    return f"-{','.join(sorted(measurement.measures))}" if measurement.evidence == WITHHELD else ""


def recorded(records: Records, task: Task, measurements: Sequence[Measurement]) -> Mapping[str, Recorded]:
    """Return the variants under the first seed, in the task's order and form."""
    first = min(m.seed for m in measurements)
    by_name = {m.variant: m for m in measurements if m.seed == first}
    return {
        v.name: Recorded(
            v.name,
            {k: s.value for k, s in m.measures.items()},
            m.curve,
            records.evidence(m),
            learns=v.learns,
            settings=m.settings,
            cpu_s=sum(used.cpu_s for used in m.usage.values()),
        )
        for v in task.variants
        if (m := by_name.get(v.name))
    }


def drawer(records: Records, tasks: Mapping[str, Task]) -> Callable[[StudentResult, TaskResult], list[DrawnFigure]]:
    """Return the function that the report asks for figures."""
    return lambda _, result: figures_of(records, tasks[result.task], result.measurements)
