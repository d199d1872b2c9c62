"""Training a next-token model on a stream of ids."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training.build import build, count_parameters, get_weights
from harness.training.supervised import curve, fit

UNKNOWN = 0  # the id of everything that has none of its own


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit logits of the next token to every window of the stream `ids_LEVEL`, by cross-entropy with Adam.

    The learning rate falls to 0 along a cosine. The loss on `val_LEVEL` is taken once an epoch and decides nothing.
    Returns the weights, the learning `curve` and `facts` (parameters, seconds in fit).
    """
    import keras

    (model,) = build(student, settings["call"], seed)
    level, window = settings["level"], settings["window"]
    x, y = windows(inputs[f"ids_{level}"], window)
    steps = settings["epochs"] * -(-len(x) // settings["batch_size"])
    rate = keras.optimizers.schedules.CosineDecay(settings["learning_rate"], steps)
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=cross_entropy)
    history, seconds = fit(model, x, y, settings, seed, windows(inputs[f"val_{level}"], window))
    return {
        "weights": get_weights(model),
        "curve": curve(history, settings),
        "facts": np.array([count_parameters([model]), seconds]),
    }


def cross_entropy(answers: Any, logits: Any) -> Any:
    """Return -ln softmax(logits) at the answers, of whatever the model returns.

    Keras itself looks behind a softmax for the logits that went into it, and then trains another model than is sampled.
    """
    from keras import ops

    return ops.sparse_categorical_crossentropy(answers, ops.add(logits, 0.0), from_logits=True)


def windows(ids: NDArray[Any], window: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return every run of `window` ids (n, window) and the id behind each (n,), but none before an unknown token."""
    runs = np.lib.stride_tricks.sliding_window_view(ids, window + 1)
    runs = runs[runs[:, -1] != UNKNOWN]
    return np.ascontiguousarray(runs[:, :-1], np.int32), np.ascontiguousarray(runs[:, -1], np.int32)
