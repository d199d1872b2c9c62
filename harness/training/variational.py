"""Training a variational autoencoder (Kingma and Welling, 2014); the first output of its encoder is the mean."""

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from harness.training import backend
from harness.training.build import build, find_functions
from harness.training.built import as_built
from harness.training.errors import ContractError
from harness.training.supervised import falling_rate, fit, trained

KL = "kl_divergence"


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit encoder and decoder to the images that `settings["images"]` names, with Adam; labels are not at hand.

    The loss of an image is its squared error summed over pixels plus `settings["kl_weight"]` w times what the student's
    `kl_divergence` gives: the evidence bound for Gaussian pixels of variance w/2, times w. Returns the two weights, the
    learning curve and the facts of training.
    """
    import keras

    encoder, decoder = models = build(student, settings["call"], seed, inputs)
    begun = as_built(models, settings)
    divergence = find_functions(student, settings["call"])[KL]
    both = autoencoder(encoder, decoder, divergence, settings, seed)
    x = inputs[settings["images"]]
    both.compile(optimizer=keras.optimizers.Adam(falling_rate(settings, len(x))))
    fitted = fit(both, x, x, settings, seed)
    return {**trained({"encoder_weights": encoder, "decoder_weights": decoder}, models, fitted, settings), **begun}


def autoencoder(
    encoder: Any, decoder: Any, divergence: Callable[[Any, Any], Any], settings: Mapping[str, Any], seed: int
) -> Any:
    """Return a model that draws a code around each mean and rebuilds the image from it; its loss is as in `train`."""
    import keras
    from keras import ops

    class Variational(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.encoder, self.decoder = encoder, decoder
            self.noise = keras.random.SeedGenerator(seed)
            self.shown = [keras.metrics.Mean(name="mse"), keras.metrics.Mean(name="kl")]

        def call(self, x: Any, training: bool = False) -> Any:
            mean, log_var = map(backend.as_float32, in_order(self.encoder(x, training=training), settings))
            drawn = keras.random.normal(ops.shape(mean), seed=self.noise)
            rebuilt = self.decoder(mean + ops.exp(0.5 * log_var) * drawn, training=training)
            return backend.as_float32(rebuilt), mean, log_var

        def compute_loss(  # as Keras calls it
            self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None, training: bool = True
        ) -> Any:
            rebuilt, mean, log_var = y_pred
            error, apart = ops.mean(ops.square(rebuilt - y)), ops.mean(divergence(mean, log_var))
            for shown, value in zip(self.shown, (error, apart), strict=True):
                shown.update_state(value)
            return float(np.prod(y.shape[1:])) * error + settings["kl_weight"] * apart

    return Variational()


def diverge(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return `kl` (n,), what the student's `kl_divergence` gives for `z_mean` and `z_log_var`, both (n, d).

    Raises ContractError for another shape.
    """
    del seed
    from keras import ops

    function = find_functions(student, settings["call"])[KL]
    given = [ops.convert_to_tensor(np.asarray(inputs[name])) for name in ("z_mean", "z_log_var")]
    kl = np.asarray(ops.convert_to_numpy(function(*given)))
    if kl.shape != (expected := (len(inputs["z_mean"]),)):
        raise ContractError(
            f"Expected {KL} to return one number an example, {expected}, received {kl.shape}: sum over the last axis"
            " and over no other."
        )
    return {"kl": kl}


def in_order(returned: Any, settings: Mapping[str, Any]) -> Sequence[Any]:
    """Return mean and logarithm of the variance, which an encoder gives in this order or by the contract's names."""
    names = [tensor["name"] for tensor in settings["call"]["returns"][0]["outputs"]]
    return [returned[name] for name in names] if isinstance(returned, dict) else returned
