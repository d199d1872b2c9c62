"""Training an encoder and a decoder together, and running each of them alone."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

from harness.training.build import build, count_parameters, get_weights, set_weights
from harness.training.supervised import curve, fit, predict_all


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit decoder(encoder(x)) to x by mean squared error with Adam; labels are not at hand.

    Returns the two weights, the learning `curve` and `facts` (parameters, seconds in fit).
    """
    import keras

    models = build(student, settings["call"], seed)
    x, batch = inputs["x_train"], settings["batch_size"]
    both = keras.Sequential([keras.Input(x.shape[1:]), *models])
    steps = settings["epochs"] * -(-len(x) // batch)
    rate = keras.optimizers.schedules.CosineDecay(settings["learning_rate"], steps)
    both.compile(optimizer=keras.optimizers.Adam(rate), loss="mse")
    validation = (inputs["x_val"], inputs["x_val"]) if len(inputs["x_val"]) else None
    history, seconds = fit(both, x, x, settings, seed, validation)
    return {
        "encoder_weights": get_weights(models[0]),
        "decoder_weights": get_weights(models[1]),
        "curve": curve(history, settings),
        "facts": np.array([count_parameters(models), seconds]),
    }


def encode(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return `code_…` of shape (n, code size) for every `x_…` given."""
    return run_half(0, "encoder_weights", ("x_", "code_"), student, inputs, settings, seed)


def decode(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return `rebuilt_…` for every `code_…` given; the images themselves are not at hand."""
    return run_half(1, "decoder_weights", ("code_", "rebuilt_"), student, inputs, settings, seed)


def run_half(
    which: int,
    weights: str,
    rename: tuple[str, str],
    student: ModuleType,
    inputs: Mapping[str, Any],
    settings: Mapping[str, Any],
    seed: int,
) -> dict[str, Any]:
    model = build(student, settings["call"], seed)[which]
    set_weights(model, inputs[weights])
    parts = {name: np.asarray(value, np.float32) for name, value in inputs.items() if name.startswith(rename[0])}
    renamed = [name.replace(*rename, 1) for name in parts]
    return dict(zip(renamed, predict_all(model, list(parts.values())), strict=True))
