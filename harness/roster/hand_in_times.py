"""When each student handed in, from a CSV file: a platform's own, or with the columns student, handed in, task."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pydantic import Field

from harness.errors import did_you_mean
from harness.platforms.model import Identity
from harness.records.models import Frozen
from harness.roster.class_list import Listed, named
from harness.roster.columns import of_heads, plain
from harness.roster.found import People
from harness.roster.table import read_table

WHAT: Final = "times of handing in"
HEADS: Final = {
    "handed_in": (
        *("handed in", "handed_in", "time", "submission time", "submitted", "submitted at", "timestamp"),
        *("last modified (submission)", "submission_timestamp"),
    ),
    "task": ("task", "assignment", "assignment_name"),
}


class HandedInAt(Frozen):
    """What one line says: a `student` by whatever word, the `task`, empty for all, and the time as it stands there.

    `ids` are the words by which platforms know the student, where the file has columns of them.
    """

    student: str
    time: str
    task: str = ""
    where: str = ""
    ids: dict[str, str] = Field(default_factory=dict)

    def found_in(self, people: People) -> Listed | None:
        """Return whose time it is; None if it is of nobody. Raises Unclear where it could be of several."""
        return people.of(Identity(name=self.student, **self.ids)) if self.ids else people.meant(self.student)


def read_times(path: Path, tasks: Iterable[str]) -> list[HandedInAt]:
    """Return the times in a file, in its order. Raises ClassError for another table, task or no student."""
    table = read_table(path, WHAT)
    whose = of_heads(table.heads)
    heads = [plain(head) for head in table.heads]
    at, of = (next((heads.index(h) for h in known if h in heads), None) for known in HEADS.values())
    for what, there in (("student", bool(whose)), ("handed in", at is not None)):
        if not there:
            raise table.error(1, f"expected a column {what!r}.{did_you_mean(what, table.heads)}")
    known, found, seen = {*tasks}, [], dict[tuple[str, ...], int]()
    for line in table.lines:
        name, ids = named(line, whose)
        time, task = line.cell(at), line.cell(of)
        if not (name or ids) or time in ("", "-"):
            continue  # nobody, or nothing was handed in
        if task and task not in known:
            raise table.error(line.number, f"there is no task {task!r}.{did_you_mean(task, known)}")
        word = name or next(iter(ids.values()))
        first = seen.setdefault((plain(word), task, *ids.values()), line.number)
        if first != line.number:
            raise table.error(line.number, f"{word!r} stands here a second time (first on line {first}); keep one.")
        found.append(HandedInAt(student=word, time=time, task=task, where=f"{path.name}:{line.number}", ids=ids))
    return found
