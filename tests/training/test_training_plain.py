"""Which configurations are let through to Keras where nothing of a submission is at hand: read as hostile."""

from typing import Any

import pytest

from harness.training.plain_models import NotPlain, require_plain

DENSE: dict[str, Any] = {
    "module": "keras.layers",
    "class_name": "Dense",
    "config": {"units": 3, "activation": "relu", "kernel_initializer": {
        "module": "keras.initializers", "class_name": "Zeros", "config": {}, "registered_name": None}},
    "registered_name": None,
}  # fmt: skip
HOSTILE: dict[str, Any] = {
    "a Lambda": {**DENSE, "class_name": "Lambda"},
    "code in a layer": {**DENSE, "config": {"activation": {"class_name": "__lambda__", "config": {"value": "4w"}}}},
    "a module of Python": {**DENSE, "module": "os", "class_name": "system"},
    "a module of Keras that is no layer": {**DENSE, "module": "keras.utils", "class_name": "get_file"},
    "an inner module of Keras": {**DENSE, "module": "keras.src.saving.saving_lib", "class_name": "load_model"},
    "a registered class": {**DENSE, "registered_name": "theirs>Dense"},
    "a function by its module": {"module": "builtins", "class_name": "function", "config": "eval"},
    "what looks activations up": {"module": "keras.activations", "class_name": "function", "config": "deserialize"},
    "no module": {"class_name": "Dense", "config": {}},
    "a class that is no name": {**DENSE, "class_name": ["Dense"]},
    "a type of TensorFlow": {"class_name": "__typespec__", "spec_name": "x", "module": "os", "config": []},
    "a model of a saved file": {**DENSE, "class_name": "TFSMLayer"},
    "words of a text": {**DENSE, "class_name": "TextVectorization"},
}


def test_layers_of_keras_are_plain() -> None:
    require_plain({"module": "keras", "class_name": "Sequential", "config": {"layers": [DENSE, DENSE]}})


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_could_run_code_or_is_unknown_is_refused(name: str) -> None:
    for place in (HOSTILE[name], {**DENSE, "config": {"layer": [HOSTILE[name]]}}):
        with pytest.raises(NotPlain):
            require_plain(place)


def test_a_configuration_without_end_is_refused() -> None:
    nested: Any = []
    for _ in range(500):
        nested = [nested]
    with pytest.raises(NotPlain, match="deep"):
        require_plain({**DENSE, "config": nested})
