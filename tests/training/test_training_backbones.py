"""Backbones come with the weights of their file, and what became of them is found by their numbers."""

import io
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray
from sandbox.students import RunStudent, train_step

from harness.data.base import Sizes
from harness.data.load import load
from harness.sandbox.job import Outcome
from harness.task import ArrayOutput, Call, GivenModel, Kept, Limits, Step, maps
from harness.tasks.transfer_learning.task import SMALL
from harness.training.backbones import changed, kept, parted, snake_case, stored_in, trained

RNG = np.random.default_rng(0)
KERNELS = [RNG.normal(size=(3, 3, 8, 8)).astype(np.float32) for _ in range(3)]
AVERAGES = [RNG.random(8).astype(np.float32)]
OTHERS = [RNG.normal(size=(3, 3, 8, 8)).astype(np.float32), RNG.random(8).astype(np.float32)]


class Conv2D:
    """A layer by its name alone."""


class BatchNormalization:
    """Another one."""


LAYERS = [Conv2D(), BatchNormalization(), Conv2D()]
STORED = [[np.full((3, 3), 1.0), np.full(3, 2.0)], [np.full(3, 3.0)], [np.full((3, 3), 4.0), np.full(3, 5.0)]]


def written_by_keras_3(file: h5py.File) -> None:
    for group, arrays in zip(("conv2d", "batch_normalization", "conv2d_1"), STORED, strict=True):
        for i, array in enumerate(arrays):
            file[f"layers/{group}/vars/{i}"] = array


def written_by_keras_2(file: h5py.File) -> None:
    file.attrs["layer_names"] = [b"input", b"z_conv", b"bn", b"a_conv"]
    file.create_group("input").attrs["weight_names"] = np.zeros(0, "S1")
    for name, arrays in zip(("z_conv", "bn", "a_conv"), STORED, strict=True):
        group = file.create_group(name)
        names = [f"{name}/w{len(arrays) - i}:0".encode() for i in range(len(arrays))]  # in no order of letters
        group.attrs["weight_names"] = names
        for each, array in zip(names, arrays, strict=True):
            group[each] = array


@pytest.mark.parametrize("write", [written_by_keras_3, written_by_keras_2])
def test_weights_reach_their_layers_from_files_old_and_new(write: Any) -> None:
    data = io.BytesIO()
    with h5py.File(data, "w") as file:
        write(file)
    found = list(stored_in(data.getvalue(), LAYERS))
    assert [layer for layer, _ in found] == LAYERS
    for (_, arrays), stored in zip(found, STORED, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(arrays, stored, strict=True))


def test_groups_are_named_as_keras_names_them() -> None:
    from keras.src.utils.naming import to_snake_case

    for name in ("Conv2D", "BatchNormalization", "MaxPooling2D", "ZeroPadding2D", "DepthwiseConv2D", "Dense"):
        assert snake_case(name) == to_snake_case(name)


def test_a_backbone_that_nothing_happened_to_is_kept_wherever_it_stands() -> None:
    after = [*OTHERS, *AVERAGES, *reversed(KERNELS)]
    assert kept([*KERNELS, *AVERAGES], after) == 1
    assert trained(KERNELS, after) == {"backbone_trained": 0, "backbone_shift": 0}


def test_one_changed_average_is_enough_to_tell() -> None:
    moved = [np.nextafter(AVERAGES[0], 2)]
    numbers = sum(a.size for a in KERNELS)
    assert kept([*KERNELS, *AVERAGES], [*KERNELS, *moved]) == numbers / (numbers + 8)


def test_what_moved_a_little_is_recognised_and_its_way_is_measured() -> None:
    steps = [0.1 * RNG.normal(size=k.shape).astype(np.float32) for k in KERNELS]
    after = [*OTHERS, *(k + s for k, s in zip(KERNELS, steps, strict=True))]
    found = trained(KERNELS, after)
    far = np.linalg.norm(np.stack(steps)) / np.linalg.norm(np.stack(KERNELS))
    assert found["backbone_trained"] == 1
    assert found["backbone_shift"] == pytest.approx(far, rel=1e-5)


@pytest.mark.parametrize("after", [[], OTHERS, [np.full((3, 3, 8, 8), np.nan, np.float32)]])
def test_what_is_not_in_the_model_is_gone(after: list[NDArray[np.float32]]) -> None:
    assert kept(KERNELS, after) == 0
    assert trained(KERNELS, after) == {"backbone_trained": 0, "backbone_shift": 1}


def test_numbers_that_changed_are_counted_without_averages_and_counters() -> None:
    before = [KERNELS[0], AVERAGES[0], np.zeros(2, np.uint32), KERNELS[1]]
    after = [KERNELS[2], AVERAGES[0] + 1, np.ones(2, np.uint32), KERNELS[1]]
    names = ["conv/kernel", "bn/moving_mean", "seed/state", "conv_1/kernel"]
    assert changed(before, after, names) == KERNELS[0].size


def test_bytes_are_parted_by_shape_and_dtype() -> None:
    told = [["a/kernel", [3, 3, 8, 8], "float32", True], ["b/seed", [2], "uint32", False], ["c/x", [], "float32", True]]
    arrays = [KERNELS[0], np.array([1, 2], np.uint32), np.array(5, np.float32)]
    found = parted(b"".join(a.tobytes() for a in arrays), told)
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(arrays, found, strict=True))


SOURCE = """
import keras
from keras import layers

def build(backbone, mode, num_classes):
    backbone.trainable = mode != "frozen"
    inputs = keras.Input((28, 28, 1))
    x = layers.Flatten()(backbone(255 * inputs - 33))
    model = keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""
SHARES = ("backbone_kept", "averages_kept", "backbone_trained", "backbone_shift", "trained_parameters")


def ran(run_student: RunStudent, folder: Path, mode: str) -> Outcome:
    """Train a step in one mode, and compare."""
    made = {**SMALL, "shape": (28, 28, 1), "pretrained": mode != "scratch"}
    given = GivenModel("harness.training.backbones:convolutions", ("backbone_file",), made)
    spec = maps((28, 28, 1), (2,), compiled=True)
    call = Call("build", {"mode": mode, "num_classes": 2}, (spec,), models={"backbone": given})
    arrays = {
        "backbone_file": load("digits_backbone", (), Sizes()).arrays["file"],
        "x_train": RNG.random((20, 28, 28, 1), np.float32),
        "y_train": np.arange(20) % 2,
    }
    paths = {name: folder / f"{name}.npy" for name in arrays}
    for name, path in paths.items():
        np.save(path, arrays[name])
    keeps = Kept.of("weights")
    described = {**asdict(call), "functions": []}
    step = train_step(described, inputs=tuple(paths), columns=("loss",))
    settings = {**step.settings, "keeps": [asdict(keeps)]}
    step = replace(step, settings=settings, outputs=(*step.outputs, *keeps.outputs(1_000_000)))
    first = run_student(SOURCE, step, inputs=paths)
    assert first.fault is None, first.fault
    compare = Step(
        name="compare",
        run="harness.training.backbones:compare",
        inputs=(keeps.weights, keeps.built, keeps.configuration, "backbone_file"),
        outputs=tuple(ArrayOutput(name, (1,), "float64") for name in SHARES),
        limits=Limits(300, 200, 1_500),
        settings={"call": described},
    )
    outcome = run_student("", compare, inputs={**paths, **first.blobs})
    assert outcome.fault is None, outcome.fault
    return outcome


@pytest.mark.parametrize(
    ("mode", "kept_share", "trained_share"), [("frozen", 1, 0), ("fine_tuned", 0, 1), ("scratch", 0, 1)]
)
def test_modes_are_told_apart_by_numbers(
    run_student: RunStudent, tmp_path: Path, mode: str, kept_share: int, trained_share: int
) -> None:
    found = {name: float(array[0]) for name, array in ran(run_student, tmp_path, mode).arrays.items() if name in SHARES}
    assert found["backbone_trained"] == trained_share
    assert found["averages_kept"] == kept_share
    assert (found["backbone_kept"] == 1) == bool(kept_share)
    head = 2 * (3 * 3 * 64 + 1)
    assert found["trained_parameters"] == head + trained_share * (9 * (16 + 16 * 32 + 32 * 64) + 2 * (16 + 32 + 64))
