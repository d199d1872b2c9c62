"""Weights of backbones: found in the data folder, known for what they are, or asked for in one sentence."""

import io
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


def weights_of(numbers: int) -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w") as stored:
        stored["layers/conv2d/vars/0"] = np.zeros(numbers - 1, np.float16)
        stored["layers/conv2d/vars/1"] = np.zeros(1, np.float32)
    return file.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_asked_for_by_name_shape_and_place(name: str, tmp_path: Path) -> None:
    weights = module_of(name)
    assert isinstance(weights, Weights)
    assert find(name, folders(tmp_path)) == "nowhere"
    with pytest.raises(DataError) as told:
        load(name, folders(tmp_path), Sizes())
    said = str(told.value)
    for word in (weights.title, f"{weights.numbers:,}", "first kernel", weights.files[0].name, str(tmp_path)):
        assert word in said


def test_the_first_file_there_is_brings_its_own_scaling(tmp_path: Path) -> None:
    weights = module_of("resnet50")
    assert isinstance(weights, Weights)
    torch, caffe = weights.files
    (tmp_path / caffe.name).write_bytes(weights_of(weights.numbers))
    data = load("resnet50", folders(tmp_path), Sizes())
    assert Scaling.of(data) == CAFFE
    assert data.arrays["file"].tobytes() == (tmp_path / caffe.name).read_bytes()
    assert data.origin == f"{caffe.name} in the data folder"
    (tmp_path / torch.name).write_bytes(weights_of(weights.numbers))
    assert Scaling.of(load("resnet50", folders(tmp_path), Sizes())) == TORCH


def test_the_weights_of_another_network_are_told(tmp_path: Path) -> None:
    (tmp_path / "vgg16_notop.weights.h5").write_bytes(weights_of(1_000))
    with pytest.raises(DataError, match=r"expected the weights of VGG16 .*, received one with 1,000 numbers"):
        load("vgg16", folders(tmp_path), Sizes())
    (tmp_path / "vgg16_notop.weights.h5").write_bytes(b"no weights")
    with pytest.raises(DataError, match=r"received a file that is no HDF5 file of weights"):
        load("vgg16", folders(tmp_path), Sizes())


def test_weights_have_no_sizes_to_choose_from(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="always taken whole"):
        load("vgg16", folders(tmp_path), Sizes(train=3))


def test_the_shipped_weights_are_whole_and_plain() -> None:
    data = load("digits_backbone", (), Sizes())
    assert Scaling.of(data).reverse is False
    with np.load(io.BytesIO(data.arrays["file"].tobytes()), allow_pickle=False) as stored:
        assert {stored[name].dtype for name in stored.files} == {np.dtype(np.float32)}
        assert "conv1_kernel" in stored.files and "bn1_moving_variance" in stored.files
