"""A class arranged for its page: summary, one row per student, the spread of marks, criteria and faults."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median
from urllib.parse import quote

from harness.grading.results import ClassResult, CriterionResult, StudentResult
from harness.records.models import Fault, Status
from harness.report.marks import (
    HARNESS_ERROR,
    NOT_RUN,
    PASSED,
    STUDENT_ERROR,
    Mark,
    Outcome,
    student_outcome,
    task_mark,
    task_outcome,
    total,
)
from harness.report.text import count, percent, sentence, short_name

NAMED_IN_A_FAULT = 12


@dataclass(frozen=True)
class Link:
    name: str
    href: str


@dataclass(frozen=True)
class TaskCell:
    mark: Mark
    outcome: Outcome


@dataclass(frozen=True)
class Row:
    student: Link
    cells: list[TaskCell | None]
    mark: Mark
    percent: str
    outcome: Outcome


@dataclass(frozen=True)
class Bin:
    """How many marks lie in ten percent points; `width` is relative to the fullest bin, in percent."""

    label: str
    n: int
    width: int


@dataclass(frozen=True)
class CriterionRow:
    task: str
    text: str
    points: float
    hidden: bool
    manual: bool
    decided: int
    passed: int
    mean: str
    width: int


@dataclass(frozen=True)
class FaultGroup:
    owner: str
    task: str
    where: str
    reason: str
    n: int
    students: list[Link]

    @property
    def unnamed(self) -> int:
        return self.n - len(self.students)


@dataclass(frozen=True)
class Overview:
    title: str
    created: str
    facts: list[tuple[str, str]]
    partial: str
    tasks: list[str]
    rows: list[Row]
    bins: list[Bin]
    unmarked: int
    criteria: list[CriterionRow]
    faults: list[FaultGroup]


def overview(result: ClassResult, expected: int | None = None) -> Overview:
    """Arrange a class. `expected` is how many submissions there are in all, if more than in the result."""
    titles = {task.task: task.title for student in result.students for task in student.tasks}
    rows = [_row(student, list(titles)) for student in result.students]
    shares = [share for row in rows if (share := row.mark.share) is not None]
    return Overview(
        title=result.title,
        created=date(result.created),
        facts=_facts(result, rows, shares),
        partial="" if result.complete else _partial(result, expected),
        tasks=list(titles.values()),
        rows=rows,
        bins=_bins(shares),
        unmarked=len(rows) - len(shares),
        criteria=_criteria(result.students),
        faults=_faults(result.students),
    )


def _row(student: StudentResult, names: Sequence[str]) -> Row:
    by_name = {task.task: TaskCell(task_mark(task), task_outcome(task)) for task in student.tasks}
    mark = total(cell.mark for cell in by_name.values())
    cells = [by_name.get(name) for name in names]
    return Row(_link(student), cells, mark, percent(mark.share), student_outcome(student))


def _link(student: StudentResult) -> Link:
    return link(student.name, student.slug)


def link(name: str, slug: str) -> Link:
    """Return a student's name, on one line, and the way from the class page to the card."""
    return Link(short_name(name, slug), f"cards/{quote(slug)}.html")


def _facts(result: ClassResult, rows: Sequence[Row], shares: Sequence[float]) -> list[tuple[str, str]]:
    def with_outcome(outcome: Outcome) -> str:
        return str(sum(row.outcome is outcome for row in rows))

    return [
        ("Students", f"{len(rows):,}"),
        ("Mean mark", percent(fmean(shares) if shares else None)),
        ("Median mark", percent(median(shares) if shares else None)),
        ("Passed", with_outcome(PASSED)),
        ("Student errors", with_outcome(STUDENT_ERROR)),
        ("Harness errors", with_outcome(HARNESS_ERROR)),
        ("Not run", with_outcome(NOT_RUN)),
        ("Profile", result.profile),
        ("Seeds", ", ".join(map(str, result.seeds)) or "–"),
        ("Extra trainings", f"{result.extra_trainings:,}"),
        *([("Criteria in doubt", f"{doubts:,}")] if (doubts := result.in_doubt()) else []),
        ("Time", duration(result.seconds)),
    ]


def _partial(result: ClassResult, expected: int | None) -> str:
    graded = sum(student_outcome(student) is not NOT_RUN for student in result.students)
    of = max(len(result.students), expected or 0)
    whole = count(of, "submission")
    return f"Partial: grading is still going on or was interrupted; {graded:,} of {whole} graded."


def date(created: str) -> str:
    """Return an ISO moment as `3 November 2025, 14:05 UTC`; text that is none as it is."""
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{moment.day} {moment:%B %Y, %H:%M %Z}".rstrip()


def duration(seconds: float) -> str:
    """Return `4.2 s`, `3 min 20 s` or `2 h 5 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _bins(shares: Iterable[float]) -> list[Bin]:
    """Count shares in [0, 1] by ten percent points; 100 % falls in the last bin."""
    counts = [0] * 10
    for share in shares:
        # A mark of 7 / 10 must not fall below 70 % by a rounding error.
        counts[max(0, min(9, int(share * 10 + 1e-9)))] += 1
    most = max(counts) or 1
    return [Bin(f"{10 * i}–{10 * i + 10} %", n, round(100 * n / most)) for i, n in enumerate(counts)]


def _criteria(students: Sequence[StudentResult]) -> list[CriterionRow]:
    found: dict[tuple[str, str], list[CriterionResult]] = {}
    titles: dict[str, str] = {}
    for student in students:
        for task in student.tasks:
            titles[task.task] = task.title
            for criterion in task.criteria:
                found.setdefault((task.task, criterion.id), []).append(criterion)
    return [_criterion_row(titles[task], criteria) for (task, _), criteria in found.items()]


def _criterion_row(task: str, criteria: Sequence[CriterionResult]) -> CriterionRow:
    first = criteria[0]
    shares = [
        c.earned / c.points
        for c in criteria
        if c.earned is not None and c.points > 0 and c.status is not Status.HARNESS_ERROR
    ]
    mean = fmean(shares) if shares else None
    return CriterionRow(
        task=task,
        text=first.text,
        points=first.points,
        hidden=first.hidden,
        manual=first.manual,
        decided=len(shares),
        passed=sum(c.status is Status.PASSED and not c.manual for c in criteria),
        mean=percent(mean),
        width=round(100 * min(1.0, max(0.0, mean or 0.0))),
    )


def _faults(students: Sequence[StudentResult]) -> list[FaultGroup]:
    """Group faults by owner, task, place and sentence; the most frequent first, each student once a group."""
    groups: dict[tuple[str, str, str, str], dict[str, Link]] = {}
    for student in students:
        for task, fault in _faults_of(student):
            where = " ".join(filter(None, (fault.step or fault.kind, f"({fault.limit} limit)" if fault.limit else "")))
            key = (fault.owner, task, where, sentence(fault.message))
            groups.setdefault(key, {})[student.slug] = _link(student)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return [FaultGroup(*key, len(links), list(links.values())[:NAMED_IN_A_FAULT]) for key, links in ordered]


def _faults_of(student: StudentResult) -> Iterable[tuple[str, Fault]]:
    if student.fault is not None:
        yield "every task", student.fault
    for task in student.tasks:
        if task.fault is not None:
            yield task.title, task.fault
        for measurement in task.measurements:
            if measurement.fault is not None:
                yield task.title, measurement.fault
