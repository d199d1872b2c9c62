"""When each student handed in, from a CSV file with the columns student, handed in and, for several tasks, task."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from harness.errors import did_you_mean
from harness.records.models import Frozen
from harness.roster.columns import plain
from harness.roster.table import read_table

WHAT: Final = "times of handing in"
HEADS: Final = {
    "student": ("student", "name", "full name", "login", "username", "user", "email", "e-mail", "id", "sid"),
    "handed_in": ("handed in", "handed_in", "time", "submission time", "submitted", "submitted at", "timestamp"),
    "task": ("task", "assignment", "assignment_name"),
}


class HandedInAt(Frozen):
    """What one line says: a `student` by whatever word, the `task`, empty for all, and the time as it stands there."""

    student: str
    time: str
    task: str = ""
    where: str = ""


def read_times(path: Path, tasks: Iterable[str]) -> list[HandedInAt]:
    """Return the times in a file, in its order. Raises ClassError for another table, task or no student."""
    table = read_table(path, WHAT)
    heads = [plain(head) for head in table.heads]
    places = {what: next((heads.index(h) for h in known if h in heads), None) for what, known in HEADS.items()}
    for what in ("student", "handed_in"):
        if places[what] is None:
            raise table.error(1, f"expected a column {what.replace('_', ' ')!r}.{did_you_mean(what, table.heads)}")
    known, found, seen = {*tasks}, [], dict[tuple[str, str], int]()
    for line in table.lines:
        student, time, task = (line.cell(places[what]) for what in ("student", "handed_in", "task"))
        if not student or not time:
            continue  # nothing was handed in
        if task and task not in known:
            raise table.error(line.number, f"there is no task {task!r}.{did_you_mean(task, known)}")
        first = seen.setdefault((plain(student), task), line.number)
        if first != line.number:
            raise table.error(line.number, f"{student!r} stands here a second time (first on line {first}); keep one.")
        where = f"{path.name}:{line.number}"
        found.append(HandedInAt(student=student, time=time, task=task, where=where))
    return found
