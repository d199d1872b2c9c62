"""Training an encoder and a decoder together."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from harness.training.build import build
from harness.training.built import as_built
from harness.training.supervised import falling_rate, fit, trained


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit decoder(encoder(x)) to x by mean squared error with Adam; labels are not at hand.

    Returns the two weights, the learning curve and the facts of training.
    """
    import keras

    encoder, decoder = models = build(student, settings["call"], seed, inputs)
    begun = as_built(models, settings)
    x = inputs["x_train"]
    both = joined(encoder, decoder)
    both.compile(optimizer=keras.optimizers.Adam(falling_rate(settings, len(x))), loss="mse")
    validation = (inputs["x_val"], inputs["x_val"]) if len(inputs["x_val"]) else None
    fitted = fit(both, x, x, settings, seed, validation)
    return {**trained({"encoder_weights": encoder, "decoder_weights": decoder}, models, fitted, settings), **begun}


def joined(encoder: Any, decoder: Any) -> Any:
    """Return the model decoder(encoder(x)). What the two and their layers are called does not matter to it."""
    import keras

    class Joined(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder, self.decoder = encoder, decoder

        def call(self, x: Any, training: bool = False) -> Any:
            return self.decoder(self.encoder(x, training=training), training=training)

    return Joined()
