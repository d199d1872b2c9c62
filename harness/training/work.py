"""About how much models compute, told by their layers without running them: a hint for the order of trainings."""

import math
from collections.abc import Mapping, Sequence
from typing import Any


def multiply_adds(models: Sequence[Any]) -> float:
    """Return about how many multiply-adds one example costs that passes all models once.

    A layer counts for its weights as often as it uses them: with a kernel once for every position of its output, a
    recurrent one once for every step of time, any other once. 0 where layers of the student's own cannot be counted.
    """
    try:
        layers = {id(layer): layer for model in models for layer in model._flatten_layers()}
        return float(sum(math.prod(w.shape) * times(layer) for layer in alone(layers) for w in layer.weights))
    except Exception:  # of code that is not ours: a hint is not worth a fault
        return 0.0


def alone(layers: Mapping[int, Any]) -> list[Any]:
    """Return those of the layers, by identity, that hold no others; a recurrent one stands for its cell."""
    import keras

    recurrent = [layer for layer in layers.values() if isinstance(layer, keras.layers.RNN)]
    inside = {id(part) for layer in recurrent for part in layer._flatten_layers(include_self=False)}
    single = [one for one in layers.values() if not list(one._flatten_layers(include_self=False, recursive=False))]
    return recurrent + [layer for layer in single if id(layer) not in inside]


def times(layer: Any) -> int:
    """Return how often a layer uses its weights for one example; once where its shapes do not say."""
    import keras

    try:
        shape = layer.get_build_config()["input_shape"]
        if isinstance(layer, keras.layers.RNN):
            return int(shape[1])
        if not any(weight.name.endswith("kernel") for weight in layer.weights):
            return 1
        places = layer.compute_output_shape(shape)[1:]
        return math.prod(places[1:] if getattr(layer, "data_format", "") == "channels_first" else places[:-1])
    except Exception:  # of a layer of the student's own, or of lengths that are open
        return 1
