"""A graded class as data frames, for a notebook: one row per mark, per criterion, per measured value."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError, did_you_mean
from harness.export.mark import mark_of
from harness.grading.by_hand import class_by_hand
from harness.grading.passing import open_points
from harness.grading.people import people
from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.records.models import Measurement
from harness.report.grades import BOM, cell
from harness.workflow.graded_class import opened

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

OF_PERSON = ("student", "slug", "task")
MARKS = (*OF_PERSON, "earned", "mark", "possible", "open", "share", "status", "lack", "why", "passed", "grade")
OF_CRITERION = (
    "status",
    "earned",
    "points",
    "value",
    "unit",
    "target",
    "floor",
    "naive",
    "reference",
    "manual",
    "hidden",
)
CRITERIA = (*OF_PERSON, "criterion", *OF_CRITERION, "text", "reason")
OF_MEASUREMENT = ("profile", "variant", "seed", "parameters", "fit_s", "fault")
MEASURES = (*OF_PERSON, *OF_MEASUREMENT, "measure", "value", "sampling_error", "signature")


@dataclass(frozen=True)
class Frames:
    """What a class came to, as pandas data frames.

    `marks` has a row per person and task, each member of a group apart and whoever handed nothing in too: points
    `earned`, the `mark` after what the rules of the class change, of `possible` decided points, and the `share` of all
    that an export would write, missing where the mark is open. `criteria` has a row per submission and criterion, and
    `measures` one per measured value: task, variant, seed, value and its standard error.
    """

    marks: "pd.DataFrame"
    criteria: "pd.DataFrame"
    measures: "pd.DataFrame"

    def named(self, table: str) -> "pd.DataFrame":
        """Return the table of this name. Raises UsageError for one that there is not."""
        known = {"marks": self.marks, "criteria": self.criteria, "measures": self.measures}
        if table not in known:
            raise UsageError(f"Expected a table of results, received {table!r}.{did_you_mean(table, known)}")
        return known[table]


def results(path: str | Path = "results") -> Frames:
    """Return what the class graded into `path` came to, people's decisions in it. Raises ResultsError for none."""
    with opened(Path(path), only_read=True) as graded:
        return frames_of(class_by_hand(graded.results(), graded.marks.newest()))


def frames_of(result: ClassResult) -> Frames:
    import pandas as pd

    rows = {
        MARKS: [row for person in people(result) for row in _marks(person)],
        CRITERIA: [row for s, t in _submitted(result) for row in _criteria(s, t)],
        MEASURES: [row for s, t in _submitted(result) for m in t.measurements for row in _measures(s, t, m)],
    }
    marks, criteria, measures = (pd.DataFrame(found, columns=list(columns)) for columns, found in rows.items())
    return Frames(marks, criteria, measures)


def table_csv(table: "pd.DataFrame") -> str:
    """Return a table as CSV in which no cell of words begins as a formula does."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(table.columns)
    for row in table.astype(object).where(table.notna(), "").itertuples(index=False):
        writer.writerow([cell(v) if isinstance(v, str) else v for v in row])
    return BOM + buffer.getvalue()


def _submitted(result: ClassResult) -> Iterator[tuple[StudentResult, TaskResult]]:
    yield from ((student, task) for student in result.students for task in student.tasks)


def _who(student: StudentResult, task: str) -> Row:
    return {"student": student.name, "slug": student.slug, "task": task}


def _marks(person: StudentResult) -> Iterator[Row]:
    tasks: Mapping[str, TaskResult] = {t.task: t for t in person.tasks}
    for name in dict.fromkeys([*tasks, *(a.task for a in person.absent)]):
        task, mark = tasks.get(name), mark_of(person, [name])
        yield {
            **_who(person, name),
            "earned": task.earned if task else None,
            "mark": mark.earned if mark.share is not None else None,
            "possible": mark.possible,
            "open": open_points([task]) if task else 0.0,
            "share": mark.share,
            "status": task.status.value if task else "not run",
            "lack": mark.lack,
            "why": mark.why,
            "passed": person.passed,
            "grade": person.grade,
        }


def _criteria(student: StudentResult, task: TaskResult) -> Iterator[Row]:
    for one in task.criteria:
        said = {name: getattr(one, name) for name in (*OF_CRITERION, "text", "reason")}
        yield {**_who(student, task.task), "criterion": one.id, **said, "status": one.status.value}


def _measures(student: StudentResult, task: TaskResult, one: Measurement) -> Iterator[Row]:
    fits = [u.fit_s for u in one.usage.values() if u.fit_s is not None]
    about = {
        "profile": one.profile,
        "variant": one.variant,
        "seed": one.seed,
        "parameters": one.parameters,
        "fit_s": sum(fits) if fits else None,
        "fault": one.fault.kind if one.fault else "",
    }
    for name, score in one.measures.items():
        value = {"value": score.value, "sampling_error": score.sampling_error, "signature": score.signature}
        yield {**_who(student, task.task), **about, "measure": name, **value}
