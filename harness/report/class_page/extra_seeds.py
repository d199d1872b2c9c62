"""What the doubt of one seed cost: trainings under further seeds, by criterion and by student."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from harness.grading.results import StudentResult, TaskResult
from harness.records.models import Measurement
from harness.report.class_page.cost import cpu_seconds
from harness.report.words.links import ALL, Cards, Link, Named, some
from harness.report.words.moments import duration
from harness.report.words.text import percent

MOST_STUDENTS = 5
K = TypeVar("K")


@dataclass(frozen=True)
class ExtraRow:
    """Trainings that one criterion asked for; `of_students` are those whose work they were of."""

    task: str
    criterion: str
    trainings: int
    cpu: str
    of_students: Named


@dataclass(frozen=True)
class ExtraStudent:
    student: Link
    trainings: int
    cpu: str


@dataclass(frozen=True)
class ExtraSeeds:
    """Trainings and CPU time, once for identical submissions; `share` is of the CPU time of all trainings."""

    trainings: int
    cpu: str
    share: str
    rows: list[ExtraRow]
    students: list[ExtraStudent]


@dataclass
class _Tally:
    runs: dict[str, Measurement] = field(default_factory=dict)
    students: dict[str, Link] = field(default_factory=dict)

    def add(self, slug: str, student: Link, measurement: Measurement) -> None:
        self.runs[measurement.key] = measurement
        self.students[slug] = student

    @property
    def seconds(self) -> float:
        return sum(map(cpu_seconds, self.runs.values()))


def extra_seeds(students: Sequence[StudentResult], cards: Cards = ALL) -> ExtraSeeds:
    """Sum up the trainings beyond the first seeds, as `TaskResult.extra` names them."""
    groups: dict[tuple[str, str], _Tally] = {}
    persons: dict[str, _Tally] = {}
    every = _Tally()
    all_runs = {m.key: m for s in students for t in s.tasks for m in t.measurements}
    for student in students:
        for task in student.tasks:
            for m, criterion in _extra(task):
                for tally in (
                    groups.setdefault((task.title, criterion), _Tally()),
                    persons.setdefault(student.slug, _Tally()),
                    every,
                ):
                    tally.add(student.slug, cards.of(student), m)
    whole = sum(map(cpu_seconds, all_runs.values()))
    return ExtraSeeds(
        trainings=len(every.runs),
        cpu=duration(every.seconds),
        share=percent(every.seconds / whole if whole else None),
        rows=[_row(*key, tally) for key, tally in _most(groups.items())],
        students=[_student(tally) for _, tally in _most(persons.items())][:MOST_STUDENTS],
    )


def _extra(task: TaskResult) -> Iterable[tuple[Measurement, str]]:
    texts = {c.id: c.text for c in task.criteria}
    for m in task.measurements:
        if m.key in task.extra:
            asked = task.extra[m.key].partition(":")[0]
            yield m, texts.get(asked, asked)


def _most(items: Iterable[tuple[K, _Tally]]) -> list[tuple[K, _Tally]]:
    return sorted(items, key=lambda item: -len(item[1].runs))


def _row(task: str, criterion: str, tally: _Tally) -> ExtraRow:
    links = some(list(tally.students.values()))
    return ExtraRow(task, criterion, len(tally.runs), duration(tally.seconds), links)


def _student(tally: _Tally) -> ExtraStudent:
    (who,) = tally.students.values()
    return ExtraStudent(who, len(tally.runs), duration(tally.seconds))
