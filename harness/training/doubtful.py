"""What a model may be by contract and still learn nothing with: looked at before training, where it costs no mark."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training import backend

ROWS = 32
WIDE = 100.0  # standard deviation of inputs for which logits leave [0, 1]
HALF = ("float16", "bfloat16")


def look(models: Sequence[Any], specs: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[np.int32]]:
    """Return for each model, 0 or 1, whether it is `frozen`, `bounded`, and `half`.

    Frozen: it has weights, and none is trainable. Bounded: its outputs are logits by contract and stay in [0, 1]. Half:
    a layer of it computes 16-bit floats.
    """
    pairs = list(zip(models, specs, strict=True))
    found = {
        "frozen": [bool(model.weights) and not model.trainable_weights for model in models],
        "bounded": [bounded(model, spec) for model, spec in pairs],
        "half": [any(layer.compute_dtype in HALF for layer in model._flatten_layers()) for model in models],
    }
    return {name: np.array(flags, np.int32) for name, flags in found.items()}


def bounded(model: Any, spec: Mapping[str, Any]) -> bool:
    """Say whether outputs that are to be logits stay in [0, 1] for inputs far from 0, as behind a sigmoid."""
    if not any(tensor["logits"] for tensor in spec["outputs"]):
        return False
    from keras import ops

    inputs = [wide(tensor) for tensor in spec["inputs"]]
    returned = backend.forward(model, inputs[0] if len(inputs) == 1 else inputs)
    arrays = [np.asarray(ops.convert_to_numpy(o), np.float64) for o in in_order(returned, spec["outputs"])]
    asked = [a for a, tensor in zip(arrays, spec["outputs"], strict=True) if tensor["logits"]]
    return any(bool(((a >= 0) & (a <= 1)).all()) for a in asked)


def in_order(returned: Any, tensors: Sequence[Mapping[str, Any]]) -> list[Any]:
    if isinstance(returned, dict):
        return [returned[tensor["name"]] for tensor in tensors]
    return list(returned) if isinstance(returned, tuple | list) else [returned]


def wide(tensor: Mapping[str, Any]) -> NDArray[Any]:
    """Return ROWS examples of an input: ids below its `tokens`, or numbers far from 0."""
    generator, shape = np.random.default_rng(0), (ROWS, *tensor["shape"])
    if tensor["tokens"]:
        return generator.integers(0, tensor["tokens"], shape, dtype=np.int32)
    return generator.normal(0, WIDE, shape).astype(tensor["dtype"])
