"""Training a model from spoilt images to clean ones by a loss of the student's own, and asking that loss alone."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from harness.training import backend
from harness.training.build import build, find_functions
from harness.training.built import as_built
from harness.training.errors import CalledError, ContractError
from harness.training.supervised import falling_rate, fit, trained, updates

Settings = Mapping[str, Any]
RISING = 0.2  # of all steps


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> dict[str, Any]:
    """Fit the model to arrays `x` and `y` of the settings with Adam, by their `loss`; returns what `trained` does."""
    import keras

    (model,) = models = build(student, settings["call"], seed, inputs)
    begun = as_built(models, settings)
    x, y = inputs[settings["x"]], inputs[settings["y"]]
    model.compile(optimizer=keras.optimizers.Adam(rate(settings, len(x))), loss=loss_of(student, settings))
    return {**trained({"weights": model}, models, fit(model, x, y, settings, seed), settings), **begun}


def rate(settings: Settings, examples: int) -> Any:
    """Return a learning rate that rises to `settings["learning_rate"]` over RISING of all steps, then falls to 0.

    The first steps of Adam are as long for a weak gradient as for a strong one: at the full rate they drive a network
    under a similarity into all white, from where no gradient leads back.
    """
    import keras

    steps = updates(settings, examples)
    rising, most = int(RISING * steps), settings["learning_rate"]
    if not rising:
        return falling_rate(settings, examples)
    return keras.optimizers.schedules.CosineDecay(0.0, steps - rising, warmup_target=most, warmup_steps=rising)


def loss_of(student: ModuleType, settings: Settings) -> Any:
    """Return the loss that the settings name: the student's function with its arguments, or what Keras calls so."""
    function = find_functions(student, settings["call"]).get(settings["loss"])
    return called(function, settings) if function else settings["loss"]


def called(function: Callable[..., Any], settings: Settings) -> Callable[[Any, Any], Any]:
    """Return a function of the student's as one of true and predicted images alone."""

    def loss(y_true: Any, y_pred: Any) -> Any:
        return function(y_true=y_true, y_pred=y_pred, **settings["arguments"])

    return loss


def evaluate(student: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> dict[str, Any]:
    """Return `values` (n,) that the student's loss has for the pairs `asked_true` and `asked_said`, (n, h, w, c).

    With them come the `gradients` of these values for the second image, of its shape. Neither need be finite. Raises
    ContractError for values of another shape, and CalledError for what the function raises.
    """
    backend.seed(seed)
    from keras import ops

    name = settings["loss"]
    loss = called(find_functions(student, settings["call"])[name], settings)
    true, said = (ops.convert_to_tensor(np.asarray(inputs[f"asked_{which}"])) for which in ("true", "said"))
    try:
        values = np.asarray(ops.convert_to_numpy(loss(true, said)), np.float32)
        require_one_each(name, values, len(true))
        gradients = ops.convert_to_numpy(backend.gradient(lambda one: loss(true, one), said))
    except ContractError:
        raise
    except Exception as error:  # whatever a loss of theirs raises
        raise CalledError(name) from error
    return {"values": values, "gradients": np.asarray(gradients, np.float32)}


def require_one_each(name: str, values: Any, n: int) -> None:
    if values.shape != (n,):
        raise ContractError(
            f"Expected {name} to return one number an image, ({n},), received {values.shape}: average over height,"
            " width and channels, and not over the images of a batch."
        )
