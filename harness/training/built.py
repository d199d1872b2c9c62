"""What a model was as it was built: its configuration and its weights, handed out beside what training made of them."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from harness.training.build import get_weights


def as_built(models: Sequence[Any], settings: Mapping[str, Any]) -> dict[str, bytes]:
    """Return weights and configuration of the models that `settings["keeps"]` names, as they are now.

    A configuration is JSON: `model`, as Keras writes it, null where it cannot; and `weights`, of each its name, shape,
    dtype and whether it is trainable. It is empty where it takes more bytes than it may.
    """
    found = {}
    for kept in settings.get("keeps", ()):
        model = models[kept["place"]]
        found[kept["built"]] = get_weights(model)
        found[kept["configuration"]] = configuration(model, kept["most"])
    return found


def configuration(model: Any, most: int) -> bytes:
    described = None
    with suppress(Exception):  # layers of the student's own raise what they like; such a model is not rebuilt
        described = json.loads(model.to_json())
    both = ({"model": one, "weights": weights_of(model)} for one in (described, None))
    found = (json.dumps(one).encode() for one in both)
    return next((data for data in found if len(data) <= most), b"")


def weights_of(model: Any) -> list[tuple[str, list[int], str, bool]]:
    """Return name, shape, dtype and whether it is trainable of each weight, in the order of `get_weights`.

    A name is that of the layer and the weight: what stands before depends on how a model came about.
    """
    trainable = {id(weight) for weight in model.trainable_weights}
    return [
        ("/".join(str(w.path).split("/")[-2:]), list(map(int, w.shape)), str(w.dtype), id(w) in trainable)
        for w in model.weights
    ]
