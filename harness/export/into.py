"""A copy of a platform's worksheet with marks in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.export.comment import BEGINS, comment
from harness.export.fill import TWO_DECIMALS, WHOLE, Changes, Filling, Wanted, comments, fill, how_to_write
from harness.export.given import Exported, Ready
from harness.export.layout import Layout, Role
from harness.export.mark import check_tasks, tasks_in
from harness.export.person import people_of
from harness.export.recognise import layout_of
from harness.export.sheet import Sheet, read_sheet
from harness.grading.results import ClassResult
from harness.platforms.kept import Kept

LARGEST = 64 * 1024 * 1024  # bytes: a gradebook of ten thousand students is a tenth of it


@dataclass(frozen=True)
class Into:
    """Which worksheet to fill, and how.

    `tasks` count for the mark, all where none is named. `columns` are the titles of the columns for marks, or
    `TASK=TITLE` where each task has its own; `roles` say which column is which in a file that is not recognised.
    """

    worksheet: Path
    out: Path
    tasks: Sequence[str] = ()
    columns: Sequence[str] = ()
    roles: Mapping[Role, str] = field(default_factory=dict)
    out_of: Decimal | None = None
    whole: bool = False
    comments: bool = False


def fill_worksheet(result: ClassResult, kept: Kept, asked: Into) -> Ready:
    """Return the copy, ready to be written. Raises UsageError where anything is unclear."""
    check_tasks(result, asked.tasks)
    where = asked.worksheet.name
    sheet = read_sheet(_content(asked), where)
    layout = layout_of(sheet, asked.roles, where)
    wanted = _wanted(result, kept, layout, asked)
    writing = how_to_write(sheet, layout, whole=asked.whole, out_of=asked.out_of)
    fillings = [fill(sheet, layout, one, writing, where) for one in wanted]
    changes: Changes = {place: value for filling in fillings for place, value in filling.changes.items()}
    if asked.comments:
        changes |= _comments(sheet, layout, fillings, wanted)
    exported = Exported(
        platform=layout.platform,
        out=str(asked.out),
        columns=[one.column.title for one in wanted],
        rounding=WHOLE if asked.whole else TWO_DECIMALS,
        given=[given for filling in fillings for given in filling.given],
        nothing=[nothing for filling in fillings for nothing in filling.nothing],
    )
    return Ready(exported, sheet.filled(changes))


def _comments(sheet: Sheet, layout: Layout, fillings: Sequence[Filling], wanted: Sequence[Wanted]) -> Changes:
    tasks = [task for one in wanted for task in one.tasks]
    matches = [match for filling in fillings for match in filling.matches]
    return comments(sheet, layout, matches, lambda student: comment(student, tasks), BEGINS)


def _content(asked: Into) -> bytes:
    """Return the worksheet's bytes. Raises UsageError for none, and where the copy would take its place."""
    try:
        if asked.out.exists() and asked.out.samefile(asked.worksheet):
            raise UsageError(f"Expected another file for the copy than {asked.worksheet} itself; name another --out.")
        if asked.worksheet.stat().st_size > LARGEST:
            raise UsageError(f"Expected a worksheet of at most {LARGEST >> 20} MB, received {asked.worksheet}.")
        return asked.worksheet.read_bytes()
    except OSError as error:
        raise UsageError(
            f"Expected the worksheet that the platform gave in {asked.worksheet}, received {error.strerror}."
        ) from error


def _wanted(result: ClassResult, kept: Kept, layout: Layout, asked: Into) -> list[Wanted]:
    """Return which marks go into which columns. Raises UsageError for a column or task that is not there."""
    where, known = asked.worksheet.name, tasks_in(result)
    pairs = [_pair(text, known, layout) for text in asked.columns] or [("", "")]
    if len(pairs) > 1 and not all(task for task, _ in pairs):
        raise UsageError(
            f"Expected one --column for all tasks together, or --column TASK=TITLE for each, received"
            f" {', '.join(asked.columns)}."
        )
    found = []
    for task, title in pairs:
        tasks = [task] if task else list(asked.tasks) or known
        found.append(Wanted(layout.grade_column(title, where), tasks, people_of(result, kept, tasks)))
    if len({one.column.column for one in found}) < len(found):
        raise UsageError(f"Expected a column for each task, received one twice: {', '.join(asked.columns)}.")
    return found


def _pair(text: str, known: Sequence[str], layout: Layout) -> tuple[str, str]:
    """Return the task and the title that a --column means; a title with = in it is still a title."""
    task, equals, title = text.partition("=")
    if not equals or any(column.is_called(text) for column in layout.grades):
        return "", text
    if task not in known:
        raise UsageError(
            f"Expected --column TASK=TITLE with a task of this class, received {task!r}.{did_you_mean(task, known)}"
        )
    return task, title
