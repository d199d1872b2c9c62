"""A trained model that answers the harness's questions, batch by batch."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training.build import build, set_weights

Answer = Callable[[NDArray[Any]], NDArray[Any]]


def answering(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> Answer:
    """Build the one model of the call again, load `weights` and return what maps a batch to its outputs."""
    (model,) = build(student, settings["call"], seed, inputs)
    set_weights(model, inputs["weights"])
    return lambda question: np.asarray(model.predict_on_batch(question))


def untrained(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> Answer:
    """Do the same with the model as it is built, before any training."""
    (model,) = build(student, settings["call"], seed, inputs)
    return lambda question: np.asarray(model.predict_on_batch(question))
