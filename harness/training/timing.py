"""Times the first steps of a task's own training, on its own data and compiled as there, and breaks off."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

from harness.training.functions import find
from harness.training.pace import Timed


def timing(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Begin the training step `settings["run"]` and return its `pace` (3,), as `Pace.measured` does.

    NaN where that training does not break itself off, as those of this package do.
    """
    try:
        find(settings["run"], settings["code"])(student, inputs, {**settings, "timed": True}, seed)
    except Timed as timed:
        return {"pace": timed.measured}
    return {"pace": np.full(3, np.nan)}
