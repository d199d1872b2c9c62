"""Marks as a new table: plain, or with the columns of Gradescope, Brightspace or nbgrader."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.export.fill import TWO_DECIMALS, WHOLE
from harness.export.given import Exported, Given, Nothing, Ready
from harness.export.mark import Mark, check_tasks, mark_of, tasks_in
from harness.export.number import round_half_up, scaled
from harness.export.person import Id, Person, people_of
from harness.export.workbook import workbook
from harness.grading.results import ClassResult
from harness.platforms.kept import Kept
from harness.report.grades import BOM, cell

Value = str | Decimal
HUNDRED = Decimal(100)
INDICATOR = "#"  # before an id and at the end of a row, by which Brightspace keeps spreadsheets from changing them


@dataclass(frozen=True)
class Table:
    """Which table to write: its form, where, of which tasks (all where none is named), and how marks are written."""

    form: str
    out: Path
    tasks: Sequence[str] = ()
    out_of: Decimal | None = None
    whole: bool = False

    @property
    def maximum(self) -> Decimal:
        return self.out_of or HUNDRED

    def written(self, mark: Mark) -> Value:
        """Return a mark as a number of `maximum`; empty where it is open."""
        if mark.share is None:
            return ""
        return round_half_up(scaled(mark.share, self.maximum), whole=self.whole)


@dataclass(frozen=True)
class Line:
    """One person with the mark in every task and in all together."""

    person: Person
    marks: Mapping[str, Mark]
    total: Mark

    def id(self, kind: Id) -> str:
        return next((value for k, value in self.person.ids if k is kind), "")

    @property
    def names(self) -> tuple[str, str]:
        """Return first and last name: as a comma says, or else the last word is the last name."""
        last, comma, first = self.person.name.partition(",")
        if comma:
            return first.strip(), last.strip()
        words = self.person.name.split()
        return " ".join(words[:-1]), words[-1] if words else ""


Rows = Iterator[list[Value]]


def table(result: ClassResult, kept: Kept, asked: Table) -> Ready:
    """Return a table of the marks of a class, ready to be written. Raises UsageError for a form or task not known."""
    if asked.form not in FORMS:
        raise UsageError(
            f"Expected --as with a form of table, received {asked.form!r}.{did_you_mean(asked.form, FORMS)}"
        )
    check_tasks(result, asked.tasks)
    tasks = list(asked.tasks) or tasks_in(result)
    people = people_of(result, kept, tasks)
    lines = [Line(p, {t: mark_of(p.student, [t]) for t in tasks}, mark_of(p.student, tasks)) for p in people]
    kind = brightspace_id(lines)
    left = [line for line in lines if asked.form == "brightspace" and not line.id(kind)]
    written = [line for line in lines if asked.form != "brightspace" or line.id(kind)]
    rows = list(FORMS[asked.form](written, tasks, asked))
    exported = Exported(
        platform=asked.form,
        out=str(asked.out),
        columns=[],
        rounding=WHOLE if asked.whole else TWO_DECIMALS,
        given=[_given(line, asked) for line in written if line.total.share is not None],
        nothing=[*(_nothing(line) for line in written if line.total.share is None), *(_without_id(o) for o in left)],
    )
    return Ready(exported, workbook(rows) if asked.form == "xlsx" else _csv(rows, bom=asked.form == "csv"))


def _given(line: Line, asked: Table) -> Given:
    mark = line.total
    return Given(
        slug=mark.slug,
        name=line.person.name,
        line=0,
        column="",
        mark=str(asked.written(mark)),
        by="",
        unclear=mark.unclear,
    )


def _nothing(line: Line) -> Nothing:
    mark = line.total
    return Nothing(slug=mark.slug, name=line.person.name, line=0, column="", kind=mark.lack, why=mark.why)


def _without_id(line: Line) -> Nothing:
    why = "it is not known under which OrgDefinedId or Username; with a class list it would be"
    return Nothing(slug=line.total.slug, name=line.person.name, line=0, column="", kind="not there", why=why)


def _csv(rows: Sequence[Sequence[Value]], *, bom: bool) -> bytes:
    """Return the rows as CSV; no cell of words begins as a formula does."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([v if isinstance(v, Decimal) else cell(v) for v in row] for row in rows)
    return f"{BOM if bom else ''}{buffer.getvalue()}".encode("utf-8", "replace")


def _plain(lines: Sequence[Line], tasks: Sequence[str], asked: Table) -> Rows:
    ids = (Id.USER, Id.NUMBER, Id.LOGIN, Id.EMAIL)
    yield ["student", "card", *(kind.value for kind in ids), *tasks, "mark", "out of", "why none"]
    for line in lines:
        marks = [asked.written(line.marks[t]) for t in tasks]
        total = [asked.written(line.total), asked.maximum, line.total.why]
        yield [line.person.name, line.total.slug, *map(line.id, ids), *marks, *total]


def _gradescope(lines: Sequence[Line], tasks: Sequence[str], asked: Table) -> Rows:
    """Yield the columns of an assignment's grades, a question per task."""
    about = ["First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points", "Status"]
    questions = [f"{i}: {t} ({asked.maximum} pts)" for i, t in enumerate(tasks, 1)]
    yield [*about, "Submission ID", "Submission Time", "Lateness (H:M:S)", *questions]
    for line in lines:
        status = "Graded" if line.total.share is not None else "Missing" if line.total.lack == "absent" else "Ungraded"
        who = [*line.names, line.id(Id.NUMBER), line.id(Id.EMAIL), ""]
        marks = [asked.written(line.marks[t]) for t in tasks]
        yield [*who, asked.written(line.total), asked.maximum, status, "", "", "", *marks]


def brightspace_id(lines: Sequence[Line]) -> Id:
    """Return by what Brightspace is to know students: OrgDefinedId, or Username where more have one."""
    known = {kind: sum(bool(line.id(kind)) for line in lines) for kind in (Id.NUMBER, Id.LOGIN)}
    return max(known, key=lambda kind: known[kind])


def _brightspace(lines: Sequence[Line], tasks: Sequence[str], asked: Table) -> Rows:
    """Yield what Brightspace imports."""
    kind = brightspace_id(lines)
    title = "OrgDefinedId" if kind is Id.NUMBER else "Username"
    grades = [f"{t} Points Grade <Numeric MaxPoints:{asked.maximum}>" for t in tasks]
    yield [title, *grades, "End-of-Line Indicator"]
    for line in lines:
        yield [f"{INDICATOR}{line.id(kind)}", *(asked.written(line.marks[t]) for t in tasks), INDICATOR]


def _nbgrader(lines: Sequence[Line], tasks: Sequence[str], asked: Table) -> Rows:
    """Yield a row per student and task, as nbgrader exports them; open marks are empty."""
    about = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"]
    yield [*about, "raw_score", "late_submission_penalty", "score", "max_score"]
    for task in tasks:
        for line in lines:
            first, last = line.names
            student = line.id(Id.LOGIN) or line.id(Id.NUMBER) or line.total.slug
            mark = asked.written(line.marks[task])
            due, came, raw, taken = _before_rules(line, task, asked)
            yield [task, due, came, student, last, first, line.id(Id.EMAIL), raw, taken, mark, asked.maximum]


def _before_rules(line: Line, task: str, asked: Table) -> list[Value]:
    """Return when a task was due and handed in, the score before the rules of the class, and what they took off."""
    found = next((t for t in line.person.student.tasks if t.task == task), None)
    if found is None:
        return ["", "", "", ""]
    times: list[Value] = [found.terms.due, found.terms.handed_in] if found.terms else ["", ""]
    mark, share = line.marks[task], found.earned / found.possible if found.possible > 0 else 0.0
    if mark.share is None:
        return [*times, "", ""]
    raw = scaled(share, asked.maximum)
    return [*times, raw, max(Decimal(0), raw - scaled(mark.share, asked.maximum))]


Form = Callable[[Sequence[Line], Sequence[str], Table], Rows]
FORMS: dict[str, Form] = {
    "csv": _plain,
    "xlsx": _plain,
    "gradescope": _gradescope,
    "brightspace": _brightspace,
    "nbgrader": _nbgrader,
}
