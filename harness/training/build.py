"""Calling a student's builder and checking what it returns."""

import inspect
import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training import backend
from harness.training.compiled import require_optimizer
from harness.training.errors import CalledError, ContractError
from harness.training.functions import find

Call = Mapping[str, Any]


def names_of(call: Call) -> list[str]:
    """Return the names of a call's arguments: plain ones, then arrays, then models."""
    return [name for kind in ("arguments", "arrays", "models") for name in call.get(kind, ())]


def given(call: Call, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call: plain values, arrays of the task, and models that the harness makes."""
    plain = {k: tuple(v) if isinstance(v, list) else v for k, v in call["arguments"].items()}
    arrays = {k: np.array(inputs[name]) for k, name in call.get("arrays", {}).items()}
    models = {k: made(spec, inputs) for k, spec in call.get("models", {}).items()}
    return {**plain, **arrays, **models}


def made(spec: Mapping[str, Any], inputs: Mapping[str, Any]) -> Any:
    """Return the model that a `GivenModel` describes."""
    make = find(spec["run"], spec["code"])
    return make({name: inputs[name] for name in spec["inputs"]}, spec["settings"])


def find_builder(student: ModuleType, call: Call) -> Any:
    """Return the builder named in `call`; raises ContractError if it is missing or takes other arguments."""
    name = call["builder"]
    builder = getattr(student, name, None)
    if builder is None:
        functions = [n for n, v in vars(student).items() if callable(v) and not n.startswith("_")]
        close = get_close_matches(name, functions, n=1)
        hint = f" Is it {close[0]!r}? Rename it." if close else ""
        raise ContractError(f"Expected a function {name}({', '.join(names_of(call))}), found none.{hint}")
    if not callable(builder):
        raise ContractError(f"Expected {name} to be a function, received {type(builder).__name__}.")
    try:
        inspect.signature(builder).bind(**dict.fromkeys(names_of(call)))
    except (TypeError, ValueError) as error:
        received = inspect.signature(builder) if inspect.isfunction(builder) else "another signature"
        expected = ", ".join(names_of(call))
        raise ContractError(f"Expected {name}({expected}), received {name}{received}: {error}.") from error
    return builder


def find_functions(student: ModuleType, call: Call) -> dict[str, Any]:
    """Return the functions of a submission that steps call beside its models, without optional ones it lacks.

    Raises ContractError if one is missing or takes other arguments.
    """
    found = {}
    for function in call.get("functions", ()):
        name, names = function["name"], [a["name"] for a in function["arguments"]]
        if function["optional"] and not hasattr(student, name):
            continue
        found[name] = find_builder(student, {"builder": name, "arguments": dict.fromkeys(names)})
    return found


def calls_of(call: Call) -> list[Call]:
    """Return the calls of single builders that a call is made of, in the order of their models."""
    earlier, specs = call.get("earlier", ()), call["returns"]
    first = [{**one, "returns": [spec]} for one, spec in zip(earlier, specs, strict=False)]
    return [*first, {**call, "returns": specs[len(first) :]}]


def build(student: ModuleType, call: Call, seed: int, inputs: Mapping[str, Any]) -> list[Any]:
    """Return the Keras models of a call as `built` does, those of earlier builders first."""
    with backend.hardly_optimised():
        return [model for one in calls_of(call) for model in built(student, one, seed, inputs)]


def built(student: ModuleType, call: Call, seed: int, inputs: Mapping[str, Any]) -> list[Any]:
    """Seed, call one builder and return its Keras models, checked against the specification in `call`.

    Arrays and models that the builder is given are taken from `inputs`, or made of them. Raises ContractError in one
    sentence for anything else than promised, and CalledError for what a builder or its model raises.
    """
    builder = find_builder(student, call)
    backend.single_precision()
    backend.seed(seed)  # for models that are given with weights drawn anew
    arguments = given(call, inputs)
    backend.seed(seed)
    try:
        returned = builder(**arguments)
    except Exception as error:
        raise CalledError(call["builder"]) from error
    backend.single_precision()  # for the models that the harness puts these into
    specs = call["returns"]
    models = list(returned) if isinstance(returned, tuple | list) else [returned]
    if len(models) != len(specs):
        names = ", ".join(s["name"] for s in specs)
        raise ContractError(
            f"Expected {call['builder']} to return {len(specs)} Keras model{'s'[: len(specs) > 1]} ({names}),"
            f" received {len(models)}."
        )
    for model, spec in zip(models, specs, strict=True):
        check_model(model, spec, call["builder"])
    return models


def check_model(model: Any, spec: Mapping[str, Any], builder: str) -> None:
    """Check type, compilation, shapes and finiteness of one model on a batch of two random inputs."""
    import keras

    what = f"the {spec['name']} of {builder}" if spec["name"] != "model" else f"the model of {builder}"
    if not isinstance(model, keras.Model):
        given = "None: end the function with `return model`" if model is None else type(model).__name__
        raise ContractError(f"Expected {what} to be a keras.Model, received {given}.")
    if spec["compiled"] and not model.compiled:
        raise ContractError(
            f"Expected {what} to be compiled, received one that is not: call model.compile(...) before returning it."
        )
    if spec["compiled"]:
        require_optimizer(model, what)
    refuse_stateful(model, what)
    batches = [random_batch(tensor) for tensor in spec["inputs"]]
    outputs = outputs_of(model, batches, what, [tensor["name"] for tensor in spec["outputs"]])
    arrays = [np.asarray(keras.ops.convert_to_numpy(output)) for output in outputs]
    expected = [(2, *tensor["shape"]) for tensor in spec["outputs"]]
    if (received := [array.shape for array in arrays]) != expected:
        given = in_words([batch.shape for batch in batches])
        raise ContractError(
            f"Expected {what} to map a batch {given} to {in_words(expected)}, received {in_words(received)}."
        )
    if not all(np.isfinite(array).all() for array in arrays):
        raise ContractError(f"Expected {what} to give finite numbers before training, received NaN or infinity.")


def refuse_stateful(model: Any, what: str) -> None:
    """Raise ContractError for a layer that goes on from batch to batch: it works for batches of one size only."""
    stateful = [layer.name for layer in model._flatten_layers() if getattr(layer, "stateful", False) is True]
    if stateful:
        raise ContractError(
            f"Expected {what} to take batches of any size and order, received the layer {stateful[0]!r} with"
            " stateful=True: leave that out, and the size of the batch in keras.Input."
        )


def outputs_of(model: Any, batches: list[NDArray[Any]], what: str, names: Sequence[str]) -> list[Any]:
    """Return a model's outputs for these inputs, in order; raises ContractError for other inputs or unknown names.

    Outputs in a dictionary are taken by the `names` that the contract gives them, where it does.
    """
    taken = len(getattr(model, "inputs", None) or batches)  # a subclass of keras.Model does not say
    if taken != len(batches):
        raise ContractError(f"Expected {what} to have {len(batches)} input{'s'[: len(batches) > 1]}, received {taken}.")
    try:
        returned = backend.forward(model, batches[0] if len(batches) == 1 else batches)
    except Exception as error:
        raise CalledError(f"{what}, given a batch {in_words([b.shape for b in batches])}") from error
    if isinstance(returned, dict):
        if len(names) > 1 and list(returned) == list(names):
            return list(returned.values())
        raise ContractError(f"Expected {what} to return its outputs in order, received a dictionary.")
    return list(returned) if isinstance(returned, tuple | list) else [returned]


def random_batch(tensor: Mapping[str, Any]) -> NDArray[Any]:
    """Return two examples of an input: int32 below its `tokens`, or numbers in [0, 1) where that is 0."""
    generator, shape = np.random.default_rng(0), tuple(tensor["shape"])
    if tensor["tokens"]:
        return generator.integers(0, tensor["tokens"], (2, *shape), dtype=np.int32)
    return generator.random((2, *shape), dtype=np.float32).astype(tensor["dtype"])


def in_words(several: Sequence[tuple[int, ...]]) -> str:
    return " and ".join(map(str, several))


def count_parameters(models: list[Any]) -> int:
    """Return how many numbers the models hold; what two of them share counts once."""
    distinct = {id(weight): weight for model in models for weight in model.weights}
    return sum(math.prod(weight.shape) for weight in distinct.values())


def get_weights(model: Any) -> bytes:
    """Return all weights as one run of bytes, in the order of `model.weights`."""
    return b"".join(np.ascontiguousarray(w).tobytes() for w in model.get_weights())


def set_weights(model: Any, data: bytes) -> None:
    """Load what `get_weights` returned into a model of the same structure; raises ContractError if it differs."""
    import keras

    current: list[NDArray[Any]] = model.get_weights()
    if sum(w.nbytes for w in current) != len(data):
        raise ContractError(
            "Expected the builder to return the same model each time it is called with the same arguments, received"
            " one with other weights."
        )
    position, weights = 0, []
    for weight in current:
        part = data[position : position + weight.nbytes]
        weights.append(np.frombuffer(part, weight.dtype).reshape(weight.shape))
        position += weight.nbytes
    model.set_weights(weights)
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.Normalization):  # it keeps what it normalises by beside its weights, too
            layer.finalize_state()
