"""Models rebuilt from configuration and weights, in a process where nothing of a submission is at hand.

The first argument of a step stands for the student's module; here it is an empty one.
"""

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from harness.training import backend
from harness.training.answering import Answer, answers
from harness.training.built import weights_of
from harness.training.plain_models import NotPlain, require_plain
from harness.training.predicting import output_names, shown

Settings = Mapping[str, Any]


def predict(nobody: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> dict[str, Any]:
    """Return what the rebuilt model predicts, as `harness.training.predicting.shown` does. Raises NotPlain."""
    del nobody, seed
    model = rebuilt(inputs[settings["configuration"]])
    return shown(model, inputs, settings, output_names(settings["call"], settings["place"]))


def answering(nobody: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> Answer:
    """Return the rebuilt model as `harness.training.answering.answers` does. Raises NotPlain."""
    del nobody, seed
    return answers(rebuilt(inputs[settings["configuration"]]), inputs, settings)


def rebuilt(configuration: bytes) -> Any:
    """Return the model that a configuration describes, as `harness.training.built` writes it.

    Raises NotPlain for one that is not of Keras's own layers, or whose weights come in another order.
    """
    import keras

    described = json.loads(configuration)
    if not isinstance(described, dict) or not isinstance(described.get("model"), dict):
        raise NotPlain("it has no configuration")
    plain = without_compiling(described["model"])
    require_plain(plain)
    with backend.hardly_optimised():
        model = keras.saving.deserialize_keras_object(plain, safe_mode=True)
    if not isinstance(model, keras.Model) or type(model).__module__.partition(".")[0] != "keras":
        raise NotPlain("it is no model of Keras's")
    if [list(w) for w in weights_of(model)] != described.get("weights"):
        raise NotPlain("its weights come in another order")
    return model


def without_compiling(node: Any) -> Any:
    """Return a configuration without how models were compiled, which predicting does not need."""
    if isinstance(node, dict):
        return {key: without_compiling(value) for key, value in node.items() if key != "compile_config"}
    return [without_compiling(one) for one in node] if isinstance(node, list) else node
