"""Backbones that the harness makes and hands to a builder, and what became of them in training.

A backbone comes with the weights of a file, or drawn anew where `settings["pretrained"]` is false. What became of it is
found by comparing numbers, in a process that holds nothing of the submission: no flag of a layer is believed.
"""

import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.training import backend
from harness.training.build import made

Settings = Mapping[str, Any]
Arrays = list[NDArray[Any]]
FILE: Final = "backbone_file"  # the task's array of a file's bytes, uint8 (n,)
ALIKE: Final = 0.25  # cosine from which an array is taken for what became of another: of unrelated ones it is about 0


def convolutions(inputs: Mapping[str, Any], settings: Settings) -> Any:
    """Return a small network: for each of `filters` a convolution, batch normalisation, ReLU and pooling.

    Its weights come from an npz file with the arrays `LAYER_WEIGHT`, such as `conv1_kernel`.
    """
    import keras
    from keras import layers

    stack = [keras.Input(tuple(settings["shape"]))]
    for i, filters in enumerate(settings["filters"], 1):
        stack.append(layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{i}"))
        stack += [layers.BatchNormalization(momentum=0.9, name=f"bn{i}"), layers.ReLU(name=f"relu{i}")]
        stack.append(layers.MaxPooling2D(name=f"pool{i}"))
    model = keras.Sequential(stack, name="backbone")
    if settings["pretrained"]:
        with np.load(io.BytesIO(bytes(inputs[FILE])), allow_pickle=False) as stored:
            model.set_weights([stored[name_of(weight)] for weight in model.weights])
    return model


def name_of(weight: Any) -> str:
    """Return the name of a weight in an npz file: that of its layer and its own."""
    return "_".join(str(weight.path).split("/")[-2:])


def application(inputs: Mapping[str, Any], settings: Settings) -> Any:
    """Return the network of `keras.applications` that `application` names, without its top, for images of `shape`.

    Its weights come from an HDF5 file of Keras's; with `reverse` its first kernel is turned to take red first.
    """
    import keras

    network = getattr(keras.applications, settings["application"])
    model = network(include_top=False, weights=None, input_shape=tuple(settings["shape"]))
    if settings["pretrained"]:
        for layer, arrays in stored_in(bytes(inputs[FILE]), [layer for layer in model.layers if layer.weights]):
            layer.set_weights(arrays)
        if settings["reverse"]:
            first = next(layer for layer in model.layers if layer.weights)
            kernel, *rest = first.get_weights()
            first.set_weights([kernel[:, :, ::-1], *rest])
    return model


def stored_in(data: bytes, layers: Sequence[Any]) -> Iterator[tuple[Any, Arrays]]:
    """Yield each layer with its arrays from an HDF5 file of weights, in the layout of Keras 3 or of Keras 2.

    Keras 3 names groups after the class of a layer and counts them; Keras 2 lists them in the order of the layers.
    """
    import h5py

    with h5py.File(io.BytesIO(data), "r") as file:
        if "layer_names" in file.attrs:
            groups = [file[name] for name in file.attrs["layer_names"]]
            named = [group for group in groups if len(group.attrs["weight_names"])]
            for layer, group in zip(layers, named, strict=True):
                yield layer, [np.asarray(group[name]) for name in group.attrs["weight_names"]]
            return
        counts: dict[str, int] = {}
        for layer in layers:
            kind = snake_case(type(layer).__name__)
            counts[kind] = (seen := counts.get(kind, -1)) + 1
            group = file[f"layers/{kind}_{seen + 1}" if seen >= 0 else f"layers/{kind}"]["vars"]
            yield layer, [np.asarray(group[str(i)]) for i in range(len(group))]


def snake_case(name: str) -> str:
    """Return the name of a class as Keras writes it in a file of weights."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def compare(nobody: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> dict[str, Any]:
    """Return what training made of the backbone, and of the whole model, as numbers of shape (1,).

    An array of the backbone is looked for by its numbers, wherever a builder put it and whatever it is called.

    backbone_kept         share of its numbers in arrays, moving averages included, that are what they were to the bit
    averages_kept         the same of its moving averages alone; 1 where it has none
    backbone_trained      share of the numbers of its kernels in those that changed and can still be recognised
    backbone_shift        distance of its kernels from what they were / their size; one that is gone counts as zeros
    trained_parameters    numbers of the model in arrays that changed; moving averages and counters left out
    """
    del nobody
    backend.seed(seed)
    backbone = made(settings["call"]["models"]["backbone"], inputs)
    told = json.loads(inputs["weights_model"])["weights"]
    before, after = (parted(inputs[name], told) for name in ("weights_built", "weights"))
    weights, averages = arrays_of(backbone.trainable_weights), arrays_of(backbone.non_trainable_weights)
    found = {
        "backbone_kept": kept([*weights, *averages], after),
        "averages_kept": kept(averages, after) if averages else 1.0,
        **trained([a for a in weights if a.ndim > 1], after),
        "trained_parameters": changed(before, after, [str(name) for name, *_ in told]),
    }
    return {name: np.array([value], np.float64) for name, value in found.items()}


def arrays_of(weights: Sequence[Any]) -> Arrays:
    import keras

    return [np.asarray(keras.ops.convert_to_numpy(weight)) for weight in weights]


def parted(data: bytes, told: Sequence[Sequence[Any]]) -> Arrays:
    """Return the arrays that a run of bytes holds, by name, shape and dtype of each."""
    found, position = [], 0
    for _, shape, dtype, _ in told:
        one = np.dtype(dtype)
        count = int(np.prod(shape, dtype=np.int64))
        found.append(np.frombuffer(data, one, count, position).reshape(shape))
        position += count * one.itemsize
    return found


def kept(given: Arrays, after: Arrays) -> float:
    """Return the share of numbers in those of the given arrays that are there after training, bit for bit."""
    there = [a.size for a in given if any(a.shape == b.shape and np.array_equal(a, b) for b in after)]
    return sum(there) / sum(a.size for a in given)


def trained(kernels: Arrays, after: Arrays) -> dict[str, float]:
    """Return `backbone_trained` and `backbone_shift` as `compare` does."""
    moved, far, size = 0, 0.0, 0.0
    for kernel in kernels:
        now = likest(kernel, after)
        moved += kernel.size if now is not None and not np.array_equal(kernel, now) else 0
        far += squares(kernel if now is None else kernel - now)
        size += squares(kernel)
    return {"backbone_trained": moved / sum(k.size for k in kernels), "backbone_shift": math.sqrt(far / size)}


def likest(kernel: NDArray[Any], after: Arrays) -> NDArray[Any] | None:
    """Return the array of the same shape that points most in the kernel's direction; none if none does at all."""
    same = [b for b in after if b.shape == kernel.shape]
    best = max(same, key=lambda b: cosine(kernel, b), default=None)
    return best if best is not None and cosine(kernel, best) >= ALIKE else None


def cosine(a: NDArray[Any], b: NDArray[Any]) -> float:
    both = math.sqrt(squares(a) * squares(b))
    return float(np.vdot(a, b)) / both if 0 < both < math.inf else 0.0


def squares(a: NDArray[Any]) -> float:
    return float(np.vdot(a, a))


def changed(before: Arrays, after: Arrays, names: Sequence[str]) -> int:
    """Return how many numbers lie in arrays of floats that training changed, without those of moving averages."""
    return sum(
        new.size
        for old, new, name in zip(before, after, names, strict=True)
        if new.dtype.kind == "f" and "/moving_" not in name and not np.array_equal(old, new)
    )
