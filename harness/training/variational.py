"""Training a variational autoencoder (Kingma and Welling, 2014) and running each half of it alone."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from harness.training.batches import batches
from harness.training.build import build, count_parameters, find_functions, get_weights, set_weights
from harness.training.errors import ContractError
from harness.training.supervised import curve, fit

KL = "kl_divergence"


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Fit encoder and decoder to `x_train` with Adam; labels are not at hand.

    The loss of an image is its squared error summed over pixels plus `settings["kl_weight"]` w times what the student's
    `kl_divergence` gives: the evidence bound for Gaussian pixels of variance w/2, times w. Returns the two weights, the
    learning `curve` and `facts` (parameters, seconds in fit).
    """
    import keras

    encoder, decoder = models = build(student, settings["call"], seed)
    divergence = find_functions(student, settings["call"])[KL]
    both = autoencoder(encoder, decoder, divergence, settings, seed)
    x, batch = inputs["x_train"], settings["batch_size"]
    steps = settings["epochs"] * -(-len(x) // batch)
    rate = keras.optimizers.schedules.CosineDecay(settings["learning_rate"], steps)
    both.compile(optimizer=keras.optimizers.Adam(rate))
    history, seconds = fit(both, x, x, settings, seed)
    return {
        "encoder_weights": get_weights(models[0]),
        "decoder_weights": get_weights(models[1]),
        "curve": curve(history, settings),
        "facts": np.array([count_parameters(models), seconds]),
    }


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
            mean, log_var = self.encoder(x, training=training)
            drawn = keras.random.normal(ops.shape(mean), seed=self.noise)
            return self.decoder(mean + ops.exp(0.5 * log_var) * drawn, training=training), mean, log_var

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
        raise ContractError(f"Expected {KL} to return one number an example, {expected}, received {kl.shape}.")
    return {"kl": kl}


def encode(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return the means `code_test` of shape (n, latent size) of the codes of `x_test`."""
    encoder, _ = build(student, settings["call"], seed)
    set_weights(encoder, inputs["encoder_weights"])
    mean, _ = encoder.predict(batches([inputs["x_test"]]), verbose=0)
    return {"code_test": np.asarray(mean)}


def decode(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Return the images that the decoder makes of the one input that is no weights, under the name of the output."""
    _, decoder = build(student, settings["call"], seed)
    set_weights(decoder, inputs["decoder_weights"])
    codes = np.asarray(inputs[settings["codes"]], np.float32)
    return {settings["images"]: np.asarray(decoder.predict(batches([codes]), verbose=0))}
