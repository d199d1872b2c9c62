"""Training and predicting with a classifier that the student's builder returns compiled."""

import time
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training import backend
from harness.training.batches import batches
from harness.training.build import build, count_parameters, get_weights, set_weights


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit on `x_train, y_train` for the given epochs and batch size.

    Validation data, where given, is looked at once an epoch and decides nothing. Returns the weights, the learning
    `curve` of shape (epochs, columns) with NaN after an early end, and `facts` (parameters, seconds in fit).
    """
    (model,) = build(student, settings["call"], seed)
    validation = (inputs["x_val"], inputs["y_val"]) if len(inputs.get("x_val", ())) else None
    history, seconds = fit(model, inputs["x_train"], inputs["y_train"], settings, seed, validation)
    return {
        "weights": get_weights(model),
        "curve": curve(history, settings),
        "facts": np.array([count_parameters([model]), seconds]),
    }


def fit(
    model: Any,
    x: Any,
    y: Any,
    settings: Mapping[str, Any],
    seed: int,
    validation: tuple[Any, Any] | None = None,
) -> tuple[dict[str, list[float]], float]:
    """Seed and train; stop early only when the loss is no longer a number. Return history and seconds."""
    import keras

    backend.seed(seed)
    started = time.perf_counter()
    history = model.fit(
        batches((x, y), settings["batch_size"], shuffle=True),
        shuffle=False,  # the batches do that themselves
        epochs=settings["epochs"],
        validation_data=batches(validation) if validation else None,
        verbose=0,
        callbacks=[keras.callbacks.TerminateOnNaN()],
    )
    return history.history, time.perf_counter() - started


def curve(history: Mapping[str, list[float]], settings: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the learning curve as (epochs, columns) float64; a column nobody recorded is NaN."""
    table = np.full((settings["epochs"], len(settings["columns"])), np.nan)
    for i, column in enumerate(settings["columns"]):
        values = np.asarray(history.get(column, []), dtype=np.float64)
        table[: len(values), i] = values
    return table


def predict(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Build the same model again, load `weights` and return class probabilities `p_…` for every `x_…` given."""
    (model,) = build(student, settings["call"], seed)
    set_weights(model, inputs["weights"])
    parts = {name: value for name, value in inputs.items() if name.startswith("x_")}
    renamed = [name.replace("x_", "p_", 1) for name in parts]
    return dict(zip(renamed, predict_all(model, list(parts.values())), strict=True))


def predict_all(model: Any, parts: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """Predict several arrays in one pass, because each new batch shape costs a compilation."""
    output = np.asarray(model.predict(batches([np.concatenate(parts)]), verbose=0))
    return np.split(output, np.cumsum([len(part) for part in parts])[:-1])
