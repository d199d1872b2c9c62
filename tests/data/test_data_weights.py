"""Weights of backbones: found in the data folder, known for what they are, or asked for in one sentence."""

import io
import math
from pathlib import Path

import h5py
import numpy as np
import pytest

from harness.data.base import Sizes
from harness.data.folders import folders
from harness.data.load import find, load
from harness.data.sets import find as module_of
from harness.data.weights import CAFFE, TORCH, Scaling, Weights
from harness.errors import DataError

NAMES = ("vgg16", "vgg19", "densenet121", "resnet50")


def stored(first: tuple[int, ...], numbers: int, groups: str = "layers/conv2d/vars") -> bytes:
    """Return a file of Keras's with a first kernel and zeros, so many numbers in all."""
    file = io.BytesIO()
    with h5py.File(file, "w") as held:
        held[f"{groups}/0"] = np.zeros(first, np.float32)
        held[f"{groups}/1"] = np.zeros(numbers - math.prod(first), np.float16)
    return file.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_asked_for_by_name_shape_and_place(name: str, tmp_path: Path) -> None:
    weights = module_of(name)
    assert isinstance(weights, Weights)
    assert find(name, folders(tmp_path)) == "nowhere"
    with pytest.raises(DataError) as told:
        load(name, folders(tmp_path), Sizes())
    said = str(told.value)
    for word in (weights.title, f"{weights.numbers:,}", "first kernel", str(tmp_path)):
        assert word in said
    for wanted in weights.files:
        assert f"{wanted.name} ({wanted.scaling.words})" in said


def test_the_first_file_there_is_brings_its_own_scaling(tmp_path: Path) -> None:
    weights = module_of("vgg16")
    assert isinstance(weights, Weights)
    torch, caffe = weights.files
    data = stored(weights.first, weights.numbers)
    (tmp_path / caffe.name).write_bytes(data)
    found = load("vgg16", folders(tmp_path), Sizes())
    assert Scaling.of(found) == CAFFE
    assert found.arrays["file"].tobytes() == data
    assert found.origin == f"{caffe.name} in the data folder"
    (tmp_path / torch.name).write_bytes(data)
    assert Scaling.of(load("vgg16", folders(tmp_path), Sizes())) == TORCH


@pytest.mark.parametrize(
    ("data", "received"),
    [
        (stored((3, 3, 3, 64), 100_000), "one with 100,000 numbers"),
        (stored((64, 3, 3, 3), 14_714_688), "one without a kernel of this shape"),
        (stored((3, 3, 3, 64), 14_714_688, "features"), "one whose groups are not named as Keras names them"),
        (stored((3, 3, 3, 64), 14_714_688)[:-1_000], "a file that is no HDF5 file of weights, or a part of one"),
        (b"no weights", "a file that is no HDF5 file of weights, or a part of one"),
        (b"", "a file that is no HDF5 file of weights, or a part of one"),
    ],
    ids=["numbers", "shape", "names", "cut off", "other", "empty"],
)
def test_a_file_that_holds_other_weights_is_told(tmp_path: Path, data: bytes, received: str) -> None:
    (tmp_path / "vgg16_notop.weights.h5").write_bytes(data)
    wanted = "vgg16_notop.weights.h5: expected the weights of VGG16 without its top (14,714,688 numbers, first kernel"
    with pytest.raises(DataError) as told:
        load("vgg16", folders(tmp_path), Sizes())
    assert str(told.value) == f"{wanted} 3 × 3 × 3 × 64), received {received}; replace it."


def test_weights_have_no_sizes_to_choose_from(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="always taken whole"):
        load("vgg16", folders(tmp_path), Sizes(train=3))


def test_the_shipped_weights_are_whole_and_plain() -> None:
    data = load("digits_backbone", (), Sizes())
    assert Scaling.of(data).reverse is False
    with np.load(io.BytesIO(data.arrays["file"].tobytes()), allow_pickle=False) as stored:
        assert {stored[name].dtype for name in stored.files} == {np.dtype(np.float32)}
        assert "conv1_kernel" in stored.files and "bn1_moving_variance" in stored.files
