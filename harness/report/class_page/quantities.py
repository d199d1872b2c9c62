"""What can be an axis: the measured quantity of every criterion and the mark of every task, student by student."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.grading.results import CriterionResult, StudentResult, TaskResult
from harness.report.class_page.axis import Axis, axis
from harness.report.words.marks import task_mark
from harness.report.words.text import is_drawable


@dataclass(frozen=True)
class Quantity:
    """One axis. `values` holds finite numbers by slug, `points` what its criteria are worth.

    `lines` is the label as it stands beside the axis; the last one goes with which way is better.
    """

    task: str
    label: str
    lines: list[str]
    better: str
    points: float
    hidden: bool
    values: dict[str, float]
    axis: Axis


@dataclass
class _Gathered:
    task: str
    first: CriterionResult
    points: float = 0.0
    values: dict[str, float] = field(default_factory=dict)


def quantities(students: Sequence[StudentResult]) -> list[Quantity]:
    """Return the quantities of a class, task by task: those of its criteria in order, then the mark in percent.

    Criteria that read the same measure share one quantity. One that was measured for nobody is left out.
    """
    names = list(dict.fromkeys(task.task for student in students for task in student.tasks))
    return [q for name in names for q in _of_task(name, students)]


def _of_task(name: str, students: Sequence[StudentResult]) -> list[Quantity]:
    found: dict[tuple[str, str], _Gathered] = {}
    marks: dict[str, float] = {}
    title = ""
    for student in students:
        for task in student.tasks:
            if task.task == name:
                title = task.title
                _gather(found, student.slug, task)
                if (share := task_mark(task).share) is not None:
                    marks[student.slug] = 100 * share
    return [*(_quantity(g) for g in found.values() if g.values), *_mark(title, marks)]


def _gather(found: dict[tuple[str, str], _Gathered], slug: str, task: TaskResult) -> None:
    for c in task.criteria:
        if c.measure:
            gathered = found.setdefault((c.measure, c.over), _Gathered(task.title, c))
            gathered.points = max(gathered.points, c.points)
            if c.value is not None and is_drawable(c.value):
                gathered.values[slug] = c.value


def _quantity(gathered: _Gathered) -> Quantity:
    first = gathered.first
    over = f" over {first.over}" if first.over else ""
    better = "higher" if first.over else first.better  # an advantage is positive whatever the direction of the measure
    unit = f", {first.unit}" if first.unit else ""
    target, floor, reference = (v if is_drawable(v) else None for v in (first.target, first.floor, first.reference))
    marked = [v for v in (target, floor, reference) if v is not None]
    return Quantity(
        task=gathered.task,
        label=f"{first.measure}{over}{unit}",
        lines=[f"{first.measure}{unit}", over.strip()] if over else [f"{first.measure}{unit}"],
        better=better,
        points=gathered.points,
        hidden=first.hidden,
        values=gathered.values,
        axis=axis(list(gathered.values.values()), marked, target=target, reference=reference),
    )


def _mark(title: str, marks: dict[str, float]) -> list[Quantity]:
    if not marks:
        return []
    return [Quantity(title, "mark, %", ["mark, %"], "higher", 0.0, False, marks, axis([], [0.0, 100.0]))]


def default_pair(of_task: Sequence[Quantity]) -> tuple[Quantity, Quantity] | None:
    """Return the quantities of the two heaviest criteria of a task, or of one and the mark; None if there are not two.

    A quantity that only the mark stands beside is still worth seeing.
    """
    ranked = sorted(of_task, key=lambda q: -q.points)  # stable: the rubric's order decides among equals
    return (ranked[0], ranked[1]) if len(ranked) > 1 else None
