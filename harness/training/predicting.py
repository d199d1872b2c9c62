"""Predicting with a trained model of a submission: what is asked, of which weights, and in which order outputs come."""

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training.batches import batches
from harness.training.build import build, set_weights

Settings = Mapping[str, Any]


def predict(student: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> dict[str, Any]:
    """Build the same models again and return what the one at `settings["place"]` predicts, as `shown` does."""
    place = settings["place"]
    model = build(student, settings["call"], seed, inputs)[place]
    return shown(model, inputs, settings, output_names(settings["call"], place))


def shown(model: Any, inputs: Mapping[str, Any], settings: Settings, names: Sequence[str]) -> dict[str, Any]:
    """Return each output that `settings["taken"]` names, predicted with the weights `settings["weights"]`.

    An output of a model with one output is its array; of one with several, each output is listed by its own name in
    the order of the model, all made of the same arrays. Where `settings["showings"]` has several pairs of weights and
    outputs, these are predicted one after the other, each in a pass of its own: so none can change another.
    """
    usual = {"weights": settings["weights"], "taken": settings["taken"]}
    found: dict[str, Any] = {}
    for showing in settings.get("showings", [usual]):
        set_weights(model, inputs[showing["weights"]])
        found |= mapped(model, inputs, showing["taken"], names)
    return found


def output_names(call: Settings, place: int = 0) -> tuple[str, ...]:
    """Return what the contract calls the outputs of one model of a call."""
    return tuple(tensor["name"] for tensor in call["returns"][place]["outputs"])


def mapped(
    model: Any, inputs: Mapping[str, Any], taken: Mapping[str, Sequence[str]], names: Sequence[str] = ()
) -> dict[str, NDArray[Any]]:
    """Return what a model makes of arrays, by output; several made of the same arrays are its outputs in order.

    Outputs in a dictionary are taken in the order of their `names`. Where fewer are asked for than a model has, they
    are its first.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for output, arrays in taken.items():
        groups.setdefault(tuple(arrays), []).append(output)
    several = [[singly(inputs[name]) for name in arrays] for arrays in groups]
    made = predict_all(model, several, names)
    return {
        output: array
        for outputs, arrays in zip(groups.values(), made, strict=True)
        for output, array in zip(outputs, arrays, strict=False)
    }


def singly(array: NDArray[Any]) -> NDArray[Any]:
    """Return floats in single precision, such as codes, which pass in half of it; other arrays as they are."""
    return np.asarray(array, np.float32) if np.issubdtype(array.dtype, np.floating) else np.asarray(array)


def predict_all(
    model: Any, several: Sequence[Sequence[NDArray[Any]]], names: Sequence[str] = ()
) -> list[list[NDArray[Any]]]:
    """Predict several sets of inputs in one pass, because each new batch shape costs a compilation.

    Returns the outputs of each set.
    """
    joined = [np.concatenate(column) for column in zip(*several, strict=True)]
    returned = model.predict(batches([joined[0] if len(joined) == 1 else tuple(joined)]), verbose=0)
    outputs = [returned[name] for name in names] if isinstance(returned, dict) else returned
    arrays = [np.asarray(a) for a in (outputs if isinstance(outputs, list | tuple) else [outputs])]
    ends = np.cumsum([len(one[0]) for one in several])[:-1]
    return [list(split) for split in zip(*(np.split(a, ends) for a in arrays), strict=True)]
