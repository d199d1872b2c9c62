"""Training a next-token model on a stream of ids."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training import backend
from harness.training.build import build
from harness.training.built import as_built
from harness.training.supervised import falling_rate, fit, trained

UNKNOWN = 0  # the id of everything that has none of its own


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit logits of the next token to every window of the stream `settings["ids"]`, by cross-entropy with Adam.

    The learning rate falls to 0 along a cosine. The loss on the stream `settings["val"]` is taken once an epoch and
    decides nothing. Returns what `trained` does.
    """
    import keras

    (model,) = models = build(student, settings["call"], seed, inputs)
    begun = as_built(models, settings)
    x, y = windows(inputs[settings["ids"]], settings["window"])
    model.compile(optimizer=keras.optimizers.Adam(falling_rate(settings, len(x))), loss=cross_entropy)
    fitted = fit(model, x, y, settings, seed, windows(inputs[settings["val"]], settings["window"]))
    return {**trained({"weights": model}, models, fitted, settings), **begun}


def cross_entropy(answers: Any, logits: Any) -> Any:
    """Return -ln softmax(logits) at the answers, of whatever the model returns.

    Keras itself looks behind a softmax for the logits that went into it, and then trains another model than is sampled.
    """
    from keras import ops

    return ops.sparse_categorical_crossentropy(answers, ops.add(backend.as_float32(logits), 0.0), from_logits=True)


def windows(ids: NDArray[Any], window: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return every run of `window` ids (n, window) and the id behind each (n,), but none before an unknown token."""
    runs = np.lib.stride_tricks.sliding_window_view(ids, window + 1)
    runs = runs[runs[:, -1] != UNKNOWN]
    return np.ascontiguousarray(runs[:, :-1], np.int32), np.ascontiguousarray(runs[:, -1], np.int32)
