"""The data of a task with fewer rows: what a model is asked before it is trained, at little cost."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from harness.recipes.loops import PARTS
from harness.task import TaskData

ROWS: Final = 200


def few_rows(data: TaskData, names: Collection[str] = (), rows: int = ROWS) -> TaskData:
    """Return the first rows of the arrays in `names`, by default of those named after a part, such as `x_test`."""
    few = names or [name for name in data.arrays if name.rpartition("_")[2] in PARTS]
    return replace(data, arrays={n: a[:rows] if n in few else a for n, a in data.arrays.items()})
