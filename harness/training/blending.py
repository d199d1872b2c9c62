"""Codes of two images made one by a student's function, which is called with copies and checked."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training.build import find_functions
from harness.training.errors import CalledError, ContractError

BLEND = "blend"


def blend(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return what `blend` makes of pairs of codes with each of `settings["weights"]`, one weight after the other.

    `pairs` (n, 2) are rows of the array that `settings["codes"]` names, (m, d); the output that `settings["blended"]`
    names has shape (weights · n, d). Raises ContractError for another shape and for what are no numbers, CalledError
    for what the function raises.
    """
    del seed
    function = find_functions(student, settings["call"])[BLEND]
    codes, pairs = np.asarray(inputs[settings["codes"]], np.float32), np.asarray(inputs[settings["pairs"]])
    first, second = codes[pairs[:, 0]], codes[pairs[:, 1]]
    made = [asked(function, first, second, float(weight)) for weight in settings["weights"]]
    return {settings["blended"]: np.concatenate(made)}


def asked(function: Any, first: NDArray[Any], second: NDArray[Any], weight: float) -> NDArray[np.float32]:
    """Return the blends (n, d) of two sets of codes (n, d) with one weight."""
    from keras import ops

    try:
        made = np.asarray(ops.convert_to_numpy(function(first.copy(), second.copy(), weight)))
    except Exception as error:
        raise CalledError(BLEND) from error
    if made.shape != first.shape:
        raise ContractError(
            f"Expected {BLEND} to return one code for each pair, {first.shape}, received {made.shape}: blend number by"
            " number and keep the shape of code_a."
        )
    if not np.issubdtype(made.dtype, np.floating) or not np.isfinite(made).all():
        raise ContractError(
            f"Expected {BLEND} to return finite numbers with weight {weight:g}, received others; a spherical blend"
            " divides by a sine, which is 0 where both codes point the same way."
        )
    return made.astype(np.float32)
