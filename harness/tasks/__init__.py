"""The tasks: every module in this folder but `base` is one. What folders in it hold belongs to a task and is none."""

import importlib
import pkgutil
from functools import cache

from harness.errors import UsageError, did_you_mean
from harness.tasks.base import Task

NOT_TASKS = {"base"}


@cache
def names() -> tuple[str, ...]:
    """Return the names of all tasks, sorted."""
    return tuple(sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name not in NOT_TASKS and not m.ispkg))


def find(name: str) -> Task:
    """Return the task called `name`; raises UsageError with a close name otherwise."""
    if name not in names():
        raise UsageError(f"There is no task {name!r}.{did_you_mean(name, names())}")
    task: Task = importlib.import_module(f"{__name__}.{name}").TASK
    return task
