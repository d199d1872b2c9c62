"""The tasks that a class was graded in, found in the course at hand; another course has others."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.records.graded_by import graded_by
from harness.task import Task
from harness.tasks import names as shipped_names


def tasks_graded(names: Iterable[str], known: Mapping[str, Task], out: Path) -> dict[str, Task]:
    """Return the tasks of these names, in which the class in the result folder `out` was graded.

    Raises UsageError where the `known` tasks lack one: says what the class was graded by and how to name that.
    """
    asked = [*names]
    if lacking := [name for name in asked if name not in known]:
        raise UsageError(_of_another(lacking, out) + did_you_mean(lacking[0], known))
    return {name: known[name] for name in asked}


def _of_another(lacking: Sequence[str], out: Path) -> str:
    tasks, them = ", ".join(map(repr, lacking)), "it" if len(lacking) == 1 else "them"
    by = graded_by(out)
    if by is None and set(lacking) <= {*shipped_names()}:
        return (
            f"Expected the tasks that come with the harness, as the class in '{out}' was graded by no course, in"
            f" {tasks}, received a course that lacks {them}; leave out --course and work outside of course folders, or"
            " name another result folder."
        )
    which = f"that the class in '{out}' was graded by"
    if by is not None:
        which = f"{by.name!r} in '{by.place(out)}', by which the class in '{out}' was graded"
    return (
        f"Expected the course {which}, in {tasks}, received one that lacks"
        f" {them}; name that course with --course DIR, or name another result folder."
    )
