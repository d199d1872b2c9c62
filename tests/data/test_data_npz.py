"""A course's own file: what it may hold, and one sentence for everything that it may not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data.made import examples, write_npz

from harness.data.base import Dataset, Sizes
from harness.data.folders import folders
from harness.data.load import find, load, names
from harness.errors import DataError


def loaded(folder: Path, sizes: Sizes = Sizes(), **changes: Any) -> Dataset:  # noqa: B008
    return load("shapes", folders(write_npz(folder, **changes)), sizes)


def test_a_file_in_the_data_folder_is_a_data_set(tmp_path: Path) -> None:
    places = folders(write_npz(tmp_path))
    assert names(places)[-1] == "shapes"
    assert find("shapes", places) == "data folder"
    data = load("shapes", places, Sizes())
    assert data.origin == "shapes.npz in the data folder"
    assert data.classes == ("0", "1", "2")
    assert data.sizes == {"train": 54, "val": 6, "test": 15}, "a tenth of training is validated; half of the test part"
    assert data.published == {"train": 60, "test": 30}
    assert (data.arrays["x_val"].dtype, data.arrays["x_val"].shape) == (np.float32, (6, 8, 6, 1))
    assert (data.arrays["y_val"].dtype, data.arrays["y_val"].shape) == (np.int64, (6,))
    stored = {image.tobytes() for image in examples()["x_test"].astype(np.float32) / np.float32(255)}
    assert {image.tobytes() for image in data.arrays["x_test"][..., 0]} < stored
    assert load("shapes", places, Sizes()).sha256 == data.sha256


def test_sizes_choose_how_much_of_each_part(tmp_path: Path) -> None:
    data = loaded(tmp_path, Sizes(train=12, val=0, test=9))
    assert data.sizes == {"train": 12, "val": 0, "test": 9}
    assert np.bincount(data.arrays["y_test"]).tolist() == [3, 3, 3]
    with pytest.raises(DataError, match="Cannot draw 16 examples for 'test' from 15"):
        loaded(tmp_path, Sizes(test=16))


def test_a_validation_part_of_its_own_is_used(tmp_path: Path) -> None:
    part = examples()
    data = loaded(tmp_path, x_val=part["x_test"], y_val=part["y_test"])
    assert data.sizes == {"train": 60, "val": 30, "test": 15}
    assert {x.tobytes() for x in data.arrays["x_test"]} < {x.tobytes() for x in data.arrays["x_val"]}
    assert loaded(tmp_path, Sizes(val=6), x_val=part["x_test"], y_val=part["y_test"]).sizes["train"] == 60


KINDS = {
    "images with colours": (np.full((90, 8, 6, 3), 200, np.uint8), np.float32, (8, 6, 3)),
    "images in [0, 1]": (np.full((90, 8, 6, 1), 0.5), np.float32, (8, 6, 1)),
    "vectors": (np.full((90, 4), -7.0), np.float32, (4,)),
    "series of vectors": (np.full((90, 5, 4), 9.0, np.float16), np.float32, (5, 4)),
    "ids": (np.full((90, 12), 40_000, np.int64), np.int32, (12,)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_inputs(tmp_path: Path, kind: str) -> None:
    x, dtype, shape = KINDS[kind]
    data = loaded(tmp_path, x_train=x[:60], x_test=x[60:])
    assert (data.arrays["x_train"].dtype, data.arrays["x_train"].shape) == (dtype, (54, *shape))
    assert data.arrays["x_test"].ravel()[0] == pytest.approx(200 / 255 if x.dtype == np.uint8 else x.ravel()[0])


@pytest.mark.parametrize("shape", [(60,), (60, 2)])
def test_numbers_to_predict_have_no_classes(tmp_path: Path, shape: tuple[int, ...]) -> None:
    y = np.linspace(-1, 1, int(np.prod(shape))).reshape(shape)
    data = loaded(tmp_path, y_train=y, y_test=y[:30])
    assert data.classes == ()
    assert (data.arrays["y_train"].dtype, data.arrays["y_train"].shape) == (np.float32, (54, *shape[1:]))
    together = np.concatenate([data.arrays["y_train"], data.arrays["y_val"]])
    assert set(together.ravel().tolist()) == set(y.astype(np.float32).ravel().tolist())


def test_names_of_classes(tmp_path: Path) -> None:
    named = np.array(["circle", "square", "a star"])
    assert loaded(tmp_path, classes=named).classes == ("circle", "square", "a star")
    assert loaded(tmp_path, y_test=examples()["y_test"].reshape(-1, 1)).arrays["y_test"].shape == (15,)


X, Y = examples()["x_train"], examples()["y_train"]
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "missing": ({"y_test": None}, "shapes.npz lacks y_test, expected x_train, y_train, x_test, y_test"),
    "misspelt": ({"x_vall": X}, "holds 'x_vall', which is no part of a data set. Did you mean 'x_val'?"),
    "half a part": ({"x_val": X}, "expected x_val and y_val together"),
    "empty": ({"x_test": X[:0], "y_test": Y[:0]}, "expected examples in x_test, received shape (0, 8, 6)"),
    "a number": ({"x_test": np.array(3)}, "expected examples in x_test, received shape ()"),
    "pickled": ({"x_test": np.array([None] * 30)}, "cannot be read as an npz file of plain arrays"),
    "words": ({"x_train": np.full((60, 3), "a")}, "expected x_train as images (uint8 of 3 or 4 axes"),
    "wide pixels": ({"x_train": X.astype(np.int64)}, "received int64 of shape (60, 8, 6)"),
    "one axis": ({"x_train": np.zeros(60)}, "received float64 of shape (60,)"),
    "scaled as uint8": ({"x_train": X // 255}, "expected x_train with pixels in 0..255, received at most 1"),
    "unscaled floats": ({"x_train": X[..., None] / 1.0}, "pixels in [0, 1], received 0..255; scale them"),
    "channels first": ({"x_train": X.reshape(60, 1, 8, 6)}, "(n, height, width, 1 to 4 channels), received (60, 1,"),
    "nan": ({"x_train": np.full((60, 4), np.nan)}, "finite float32 numbers in x_train, received 240 that are not"),
    "too large": ({"x_train": np.full((60, 4), 1e39)}, "received 240 that are not"),
    "negative id": ({"x_train": np.full((60, 4), -1)}, "expected x_train as ids from 0, received -1..-1"),
    "other shape": ({"x_test": X[:30, :7]}, "expected x_train and x_test alike, received uint8 of shape (60, 8, 6)"),
    "other kind": ({"y_test": np.zeros(30)}, "expected y_train and y_test alike, received int64 of shape (60,)"),
    "one label short": ({"y_train": Y[1:]}, "expected y_train as 60 labels"),
    "one-hot": ({"y_train": np.eye(3, dtype=int)[Y]}, "received int64 of shape (60, 3); store one target for each"),
    "label -1": ({"y_train": Y - 1}, "expected labels from 0 in y_train, received -1; number the classes from 0"),
    "labels from 1": ({"y_train": Y + 1}, "expected every label of 0..3 in y_train, received none of 0"),
    "an untaught label": ({"y_test": Y[:30] * 2}, "expected every label of 0..4 in y_train, received none of 3"),
    "a huge label": ({"y_test": Y[:30] * 10**12}, "received none of 0"),
    "too few names": ({"classes": np.array(["a", "b"])}, "expected labels 0..1 in y_train, one for each of classes"),
    "a name twice": ({"classes": np.array(["a", "b", "a"])}, "expected classes as different names"),
    "numbers for names": ({"classes": np.arange(3)}, "expected classes as different names"),
    "names of numbers": ({"y_train": Y / 1, "y_test": Y[:30] / 1, "classes": np.array(["a"])}, "store labels as int"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, case: str) -> None:
    changes, said = WRONG[case]
    with pytest.raises(DataError) as caught:
        loaded(tmp_path, **changes)
    message = str(caught.value)
    assert said in message
    assert message.startswith("shapes.npz")
    assert "\n" not in message and len(message) < 300
    assert str(tmp_path) not in message
