"""Which functions of a submission its task asks for: what a notebook's source has to give."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.errors import CourseError
from harness.task import Task


@dataclass(frozen=True)
class Exports:
    """The names a task needs, and those it uses where they are there."""

    required: frozenset[str]
    further: frozenset[str] = frozenset()


def exports_of(tasks: Mapping[str, Task]) -> dict[str, Exports]:
    """Return what each task asks for, by its name; a task of a course that is broken stops who needs it, not here."""
    found = {}
    for name in tasks:
        try:
            task = tasks[name]
        except CourseError:
            continue
        optional = {b.name for b in task.builders if b.optional} | {u for b in task.builders for u in b.uses}
        optional |= {c.function for c in task.candidates}
        found[name] = Exports(frozenset(b.name for b in task.builders) - optional, frozenset(optional))
    return found
