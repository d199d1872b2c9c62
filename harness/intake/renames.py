"""Copies and other spellings of a task's file, read under its name where nothing else has it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from harness.intake.names import clean, some
from harness.intake.naming import task_meant


@dataclass(frozen=True)
class Renames:
    """New names of files at the top of a submission by their old ones, with a note for each."""

    names: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def of(self, path: str) -> str:
        return self.names.get(path, path)


def renames(tops: Iterable[str], tasks: Collection[str]) -> Renames:
    """Return how files at the top are read that mean a task: each task once as a file and once as a notebook.

    A file with the name of a task comes first; of two copies none is taken, as nobody can know which one is meant.
    """
    exact: set[str] = set()
    close: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in sorted(tops):
        meant = task_meant(path, tasks)
        if meant and meant.exact:
            exact.add(meant.task)
        elif meant:
            close[meant.task, PurePosixPath(path).suffix.lower()].append(path)
    names: dict[str, str] = {}
    notes = []
    for (task, suffix), paths in close.items():
        if task in exact:
            continue
        if len(paths) == 1:
            names[paths[0]] = f"{task}{suffix}"
            notes.append(f"Read {clean(paths[0])} as {task}{suffix}.")
        else:
            notes.append(f"{some(paths)} may each be {task}{suffix}; hand in one of them, with that name.")
    return Renames(names, tuple(notes))
