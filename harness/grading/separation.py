"""Whether a rubric tells a good submission from one that does nothing, and from known mistakes. Pure functions.

The reference must earn full marks, the starting template none, and a flawed submission must earn less than the
reference on every criterion meant for its mistake; textbook designs earn what `harness.grading.designs` says. What a
person marks does not count. A fault that nobody expects is a failure too: a submission with a slip of the pen loses
every mark, which says nothing about its mistake.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from pydantic import Field

from harness.grading.designs import BANDS, disorder, outside, percent_of
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.records.models import Fault, Frozen, Status

NOTHING_MARKED = "no criterion is marked by the harness under this profile"
SEEN = 0.005  # points: a smaller difference is hidden by the two decimals that cards show


class Role(StrEnum):
    REFERENCE = "reference"
    TEMPLATE = "template"
    FLAWED = "flawed"
    DESIGN = "design"


class Expected(Frozen):
    """What one submission, called `name` in the class, ought to earn in a task.

    A flawed one has its `mistake` in a sentence, a textbook design, called as in `BANDS`, in whose manner it is;
    `loses` are the criteria meant for it, and `fault` is the kind of fault that it ends in, if it does.
    """

    name: str
    task: str
    role: Role
    mistake: str = ""
    loses: list[str] = Field(default_factory=list)
    fault: str = ""


class SeparationCell(Frozen):
    """What a submission earned by one criterion; None if that is open.

    `meant` says that something is expected of it: of every cell of the reference and the template, and of those that
    are meant for a mistake. `failure` is what is wrong with it, in a few words.
    """

    criterion: str
    points: float
    earned: float | None
    meant: bool
    failure: str = ""


class SeparationRow(Frozen):
    """One submission against all criteria of its task. `slug` names its card; `fault` is what stopped it, if anything.

    `surprise` says that this is another fault than expected, `percent` what was earned of the points measured, and
    `outside` that this is not what is expected of a textbook design. `verdict` is one sentence.
    """

    name: str
    slug: str
    role: Role
    mistake: str
    status: Status
    fault: str
    surprise: str
    percent: float | None = None
    outside: str = ""
    cells: list[SeparationCell]
    verdict: str

    @property
    def failures(self) -> list[str]:
        found = [self.surprise, self.outside, *(cell.failure for cell in self.cells)]
        return [f"{self.name} {failure}" for failure in found if failure]


class TaskSeparation(Frozen):
    """All submissions of one task. `criteria` maps those that the harness marks to their points.

    `untried` are the criteria that no flawed submission is meant for.
    """

    task: str
    title: str
    criteria: dict[str, float]
    rows: list[SeparationRow]
    untried: list[str]
    failures: list[str]

    @property
    def mistakes(self) -> int:
        return sum(row.role is Role.FLAWED for row in self.rows)

    @property
    def designs(self) -> int:
        return sum(row.role is Role.DESIGN for row in self.rows)


class Separation(Frozen):
    """What preflight found for every task. `failures` empty means that every rubric separates."""

    created: str
    profile: str
    seeds: list[int]
    tasks: list[TaskSeparation]

    @property
    def failures(self) -> list[str]:
        return [f"{task.task}: {failure}" for task in self.tasks for failure in task.failures]

    @property
    def harness_fault(self) -> bool:
        """Say whether anything was not measured for a fault of the harness."""
        return any(row.status is Status.HARNESS_ERROR for task in self.tasks for row in task.rows)


def separate(result: ClassResult, expected: Sequence[Expected]) -> Separation:
    """Hold the marks of a class against what its submissions ought to earn, task by task.

    `expected` names one reference a task; its rows keep that order. Raises KeyError for a submission that is not in the
    class, which has a result in each task it is expected in.
    """
    found = {(student.name, task.task): (student, task) for student in result.students for task in student.tasks}
    names = dict.fromkeys(e.task for e in expected)
    return Separation(
        created=result.created,
        profile=result.profile,
        seeds=result.seeds,
        tasks=[_separate_task([e for e in expected if e.task == name], found) for name in names],
    )


def _separate_task(
    expected: Sequence[Expected], found: Mapping[tuple[str, str], tuple[StudentResult, TaskResult]]
) -> TaskSeparation:
    reference = next(e for e in expected if e.role is Role.REFERENCE)
    _, best = found[reference.name, reference.task]
    reached = {c.id: c.earned for c in _automatic(best)}
    rows = [_row(e, *found[e.name, e.task], reached) for e in expected]
    wrong = [*(failure for row in rows for failure in row.failures), *disorder(percents(rows))]
    tried = {cell.criterion for row in rows if row.role is Role.FLAWED for cell in row.cells if cell.meant}
    return TaskSeparation(
        task=best.task,
        title=best.title,
        criteria={c.id: c.points for c in _automatic(best)},
        rows=rows,
        untried=[name for name in reached if name not in tried],
        failures=wrong or ([] if reached else [NOTHING_MARKED]),
    )


def percents(rows: Sequence[SeparationRow]) -> dict[str, float | None]:
    return {row.name: row.percent for row in rows if row.role is Role.DESIGN}


def _automatic(task: TaskResult) -> Iterator[CriterionResult]:
    return (c for c in task.criteria if not c.manual)


def _row(
    expected: Expected, student: StudentResult, task: TaskResult, reached: Mapping[str, float | None]
) -> SeparationRow:
    cells = [_cell(expected, c, reached.get(c.id)) for c in _automatic(task)]
    faults = [f for f in (task.fault, *(m.fault for m in task.measurements)) if f]
    surprise, percent = _surprise(expected, faults), percent_of([*_automatic(task)])
    astray = outside(expected.name, percent) if expected.role is Role.DESIGN else ""
    return SeparationRow(
        name=expected.name,
        slug=student.slug,
        role=expected.role,
        mistake=expected.mistake,
        status=task.status,
        fault=faults[0].message if faults else "",
        surprise=surprise,
        percent=percent,
        outside=astray,
        cells=cells,
        verdict=_verdict(expected, [surprise, astray, *(cell.failure for cell in cells)], cells, percent or 0.0),
    )


def _surprise(expected: Expected, faults: Sequence[Fault]) -> str:
    """Say which fault of a submission is not the one expected; what is the harness's fault leaves marks undecided."""
    kinds = dict.fromkeys(f.kind for f in faults if f.owner == "student")
    if other := [kind for kind in kinds if kind != expected.fault]:
        return f"has a fault that is not expected of it ({', '.join(other)})"
    return f"runs without the fault expected of it ({expected.fault})" if expected.fault and not kinds else ""


def _cell(expected: Expected, criterion: CriterionResult, reference: float | None) -> SeparationCell:
    as_named = expected.role is Role.FLAWED and criterion.id in expected.loses
    meant = expected.role in (Role.REFERENCE, Role.TEMPLATE) or as_named
    failure = _failure(expected.role, criterion, reference) if meant else ""
    return SeparationCell(
        criterion=criterion.id, points=criterion.points, earned=criterion.earned, meant=meant, failure=failure
    )


def _failure(role: Role, criterion: CriterionResult, reference: float | None) -> str:
    """Say what is wrong with a mark that something is expected of; nothing if it is as it ought to be."""
    earned, points = criterion.earned, criterion.points
    if earned is None:
        return f"was not decided by {criterion.id}"
    if role is Role.REFERENCE:
        lost = points - earned
        return f"loses {_points(lost)} of {_points(points)} on {criterion.id}" if lost >= SEEN else ""
    if role is Role.TEMPLATE:
        return f"earns {_points(earned)} of {_points(points)} on {criterion.id}" if earned >= SEEN else ""
    best = points if reference is None else reference
    if best - earned >= SEEN:
        return ""
    return f"is not told from the reference by {criterion.id}: {_points(earned)} of {_points(points)}"


def _points(value: float) -> str:
    """Return points with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _verdict(expected: Expected, failures: Sequence[str], cells: Sequence[SeparationCell], percent: float) -> str:
    if any(failures):
        return f"{_capital('; '.join(filter(None, failures)))}."
    if not cells:
        return "No criterion applies."
    possible = _points(math.fsum(c.points for c in cells))
    if expected.role is Role.REFERENCE:
        return f"Earns all {possible} points."
    if expected.role is Role.TEMPLATE:
        return "Earns nothing."
    if expected.role is Role.DESIGN:
        (low, high), earned = BANDS[expected.name], _points(math.fsum(c.earned or 0.0 for c in cells))
        return f"Earns {earned} of {possible} points, {percent:.1f} % ({low:.0f} to {high:.0f} % expected)."
    lost = [
        f"{_points(c.points - (c.earned or 0.0))} of {_points(c.points)} on {c.criterion}" for c in cells if c.meant
    ]
    return f"Loses {' and '.join([', '.join(lost[:-1]), lost[-1]] if len(lost) > 1 else lost)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
