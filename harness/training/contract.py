"""The check before any training: are the builders there, and do they return what they promise?"""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

from harness.training.build import build, count_parameters, find_builder, find_functions


def check(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Check the signature of every builder and function, and build each model once.

    `settings["calls"]` holds one call per variant, `settings["build"]` the ones to build. Returns `facts`:
    (parameters of the largest model built, 0).
    """
    del inputs
    for call in settings["calls"]:
        find_builder(student, call)
        find_functions(student, call)
    parameters = [count_parameters(build(student, call, seed)) for call in settings["build"]]
    return {"facts": np.array([max(parameters), 0.0])}
