"""A trained model that answers the harness's questions, batch by batch."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training.build import build, set_weights

Answer = Callable[[NDArray[Any]], NDArray[Any]]
Settings = Mapping[str, Any]


def answering(student: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> Answer:
    """Build the one model of the call again and return what `answers` does, with its trained weights."""
    (model,) = build(student, settings["call"], seed, inputs)
    return answers(model, inputs, settings)


def untrained(student: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> Answer:
    """Do the same with the model as it is built, before any training."""
    (model,) = build(student, settings["call"], seed, inputs)
    return lambda question: np.asarray(model.predict_on_batch(question))


def answers(model: Any, inputs: Mapping[str, Any], settings: Settings) -> Answer:
    """Return what maps a batch to the outputs of a model with the weights that `settings["weights"]` names.

    Where `settings["built"]` names other ones, the model answers with these until there is a question without rows.
    """
    trained = inputs[settings.get("weights", "weights")]
    set_weights(model, inputs[settings["built"]] if settings.get("built") else trained)

    def answer(question: NDArray[Any]) -> NDArray[Any]:
        if not len(question):
            set_weights(model, trained)
            return np.zeros((0, *settings["width"]), np.float32)
        return np.asarray(model.predict_on_batch(question))

    return answer
