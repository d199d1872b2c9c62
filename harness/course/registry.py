"""The tasks of a course by name: its own, found in its folder, and those that travel with the harness."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness import tasks as shipped_tasks
from harness.course.course_file import Split
from harness.course.module import load_task
from harness.course.split import fitted
from harness.errors import CourseError
from harness.task import Task

NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Registry(Mapping[str, Task]):
    """Tasks by name, each loaded when it is first asked for: a broken one stops nobody who does not need it.

    `files` are the modules of the course's own tasks, `names` the tasks in use, and `replaces` the shipped names that
    an own task may take. `splits` say how much of a data set a handout holds: profiles ask for no more.
    """

    files: Mapping[str, Path] = field(default_factory=dict)
    names: tuple[str, ...] = field(default_factory=shipped_tasks.names)
    replaces: frozenset[str] = frozenset()
    splits: Mapping[str, Split] = field(default_factory=dict)
    _loaded: dict[str, Task] = field(default_factory=dict, repr=False, compare=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Task:
        """Return a task; raises KeyError for a name that is not in use, CourseError for a module that is broken."""
        if name not in self.names:
            raise KeyError(name)
        if name not in self._loaded:
            task = self._own(name) if name in self.files else shipped_tasks.find(name)
            self._loaded[name] = fitted(task, self.splits) if self.splits else task
        return self._loaded[name]

    def _own(self, name: str) -> Task:
        if name in shipped_tasks.names() and name not in self.replaces:
            raise CourseError(
                f"{self.files[name]}:1: the harness has a task {name!r} already; rename yours, or write"
                f" 'replaces: [{name}]' into course.yaml if it is to stand in for it."
            )
        return load_task(name, self.files[name])


def task_files(folder: Path) -> dict[str, Path]:
    """Return the modules of the tasks in a course's folder `tasks` by name: `NAME.py`, or `NAME/task.py`.

    Raises CourseError where one name is there twice.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        file = path / "task.py" if path.is_dir() else path
        name = path.stem if path.suffix == ".py" else path.name
        if file.suffix != ".py" or not file.is_file() or not NAME.fullmatch(name):
            continue
        if name in found:
            raise CourseError(f"{path}:1: the task {name!r} is there twice, as {found[name]} too; keep one of them.")
        found[name] = file
    return found
