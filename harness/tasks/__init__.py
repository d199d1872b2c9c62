"""The tasks: every module in this folder is one, and every folder in it, by its module `task`."""

import importlib
import pkgutil
from functools import cache
from importlib.util import find_spec

from harness.errors import UsageError, did_you_mean
from harness.task import Task


@cache
def names() -> tuple[str, ...]:
    """Return the names of all tasks, sorted."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__)))


def find(name: str) -> Task:
    """Return the task called `name`; raises UsageError with a close name otherwise."""
    if name not in names():
        raise UsageError(f"There is no task {name!r}.{did_you_mean(name, names())}")
    folder = f"{__name__}.{name}.task"
    within = find_spec(f"{__name__}.{name}")
    module = folder if within and within.submodule_search_locations is not None else f"{__name__}.{name}"
    task: Task = importlib.import_module(module).TASK
    return task
