"""What became of an embedding: how near its words are to one another, and whether a given matrix is still in it.

It is found by the name of its layer, in a process that holds nothing of the submission, and compared by its numbers: no
flag of a layer is believed.
"""

import json
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.training.backbones import parted
from harness.training.errors import ContractError

LAYER: Final = "embedding"
TINY: Final = 1e-30  # square of a length below which a vector has no direction


def look(nobody: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return the cosines of the words `settings["asked"]` with every word, float32 (asked, ids), after training.

    Where `settings["matrix"]` names an array float32 (ids, size) that the builder was given, numbers (1,) beside them:

    matrix_loaded    share of its numbers that the embedding was built with, to the bit
    matrix_learnt    share of its rows that training changed
    matrix_moved     distance of the embedding from it after training / its size; 1 at least where another array with a
                     row for each id changed, which then does what the embedding should

    Raises ContractError where there is no layer of that name with a row for each of `settings["ids"]`.
    """
    del nobody, seed
    told = json.loads(inputs["weights_model"])["weights"]
    before, after = (parted(inputs[name], told) for name in ("weights_built", "weights"))
    place = where(told, settings["ids"])
    found = {"similarities": cosines(after[place], settings["asked"]).astype(np.float32)}
    if settings["matrix"]:
        rest = [i for i, array in enumerate(after) if i != place and array.shape[:1] == (settings["ids"],)]
        others = any(after[i].dtype.kind == "f" and not np.array_equal(before[i], after[i]) for i in rest)
        numbers = became(inputs[settings["matrix"]], before[place], after[place], others=others)
        found |= {name: np.array([value], np.float64) for name, value in numbers.items()}
    return found


def where(told: Sequence[Sequence[Any]], ids: int) -> int:
    """Return the place of the embedding among the weights that are told of by name, shape, dtype and flag."""
    shapes = {i: tuple(shape) for i, (name, shape, *_) in enumerate(told) if str(name).partition("/")[0] == LAYER}
    fitting = [i for i, shape in shapes.items() if len(shape) == 2 and shape[0] == ids]
    if len(fitting) == 1:
        return fitting[0]
    received = f"one with weights of shape {', '.join(map(str, shapes.values()))}" if shapes else "none of that name"
    raise ContractError(
        f"Expected a layer named {LAYER!r} with a row for each of the {ids} ids, received {received}: write"
        f" layers.Embedding(vocabulary_size, ..., name={LAYER!r})."
    )


def cosines(rows: NDArray[Any], asked: Sequence[int]) -> NDArray[np.float64]:
    """Return the cosines of the rows `asked` with all rows (n, size), in [-1, 1]; 0 where a row has no direction."""
    exact = rows.astype(np.float64)
    squares = (exact**2).sum(axis=1)
    there = np.isfinite(squares) & (squares > TINY)
    unit = np.where(there[:, None], exact, 0) / np.sqrt(np.where(there, squares, 1))[:, None]
    return np.clip(unit[list(asked)] @ unit.T, -1, 1)


def became(given: NDArray[Any], built: NDArray[Any], after: NDArray[Any], *, others: bool) -> dict[str, float]:
    """Return what `look` says of a given matrix; `others` says whether another array that could stand in changed."""
    if built.shape != given.shape:
        return {"matrix_loaded": 0.0, "matrix_learnt": 0.0, "matrix_moved": 1.0}
    far = float(np.linalg.norm((after - given).astype(np.float64)) / np.linalg.norm(given.astype(np.float64)))
    return {
        "matrix_loaded": float(np.mean(built == given)),
        "matrix_learnt": float(np.mean((built != after).any(axis=1))),
        "matrix_moved": max(far, 1.0) if others else far,
    }
