"""CIFAR-100: classes go with their superclasses, and both published forms of it give the same images."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.data.base import Sizes
from harness.data.folders import folders
from harness.data.key import PRACTICE
from harness.data.sets.cifar100 import CLASSES, DATASET, SUPERCLASSES, superclass_of
from harness.errors import DataError

# The coarse label of each fine one, as the records of the published files pair them.
PAIRED = (
    *(4, 1, 14, 8, 0, 6, 7, 7, 18, 3, 3, 14, 9, 18, 7, 11, 3, 9, 7, 11, 6, 11, 5, 10, 7, 6, 13, 15, 3, 15, 0, 11, 1),
    *(10, 12, 14, 16, 9, 11, 5, 5, 19, 8, 8, 15, 13, 14, 17, 18, 10, 16, 4, 17, 4, 2, 0, 17, 4, 18, 17, 10, 3, 2, 12),
    *(12, 16, 12, 1, 9, 19, 2, 10, 0, 1, 16, 12, 9, 13, 15, 13, 16, 19, 2, 4, 6, 19, 5, 5, 8, 19, 18, 1, 2, 15, 6, 0),
    *(17, 8, 14, 13),
)


def made() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 256, (400, 32, 32, 3), np.uint8), np.arange(400) % 100
    return {"x_train": x[:200], "y_train": y[:200], "x_test": x[200:], "y_test": y[200:]}


def write_binary(folder: Path, arrays: dict[str, Any]) -> Path:
    """Write the records byte by byte, as the page of the set tells them."""
    place = folder / "cifar-100-binary"
    place.mkdir(parents=True)
    for part in ("train", "test"):
        with (place / f"{part}.bin").open("wb") as file:
            for image, label in zip(arrays[f"x_{part}"], arrays[f"y_{part}"], strict=True):
                file.write(bytes([PAIRED[label], label]))
                for channel in range(3):
                    file.write(image[:, :, channel].tobytes())
    return folder


def test_a_hundred_classes_stand_five_to_a_superclass() -> None:
    assert superclass_of().tolist() == list(PAIRED)
    assert {len(members) for members in SUPERCLASSES.values()} == {5}
    assert sorted(one for members in SUPERCLASSES.values() for one in members) == sorted(CLASSES)
    assert list(SUPERCLASSES) == sorted(SUPERCLASSES)


def test_both_published_forms_are_the_same_set(tmp_path: Path) -> None:
    binary, keras = write_binary(tmp_path / "binary", made()), tmp_path / "keras"
    keras.mkdir()
    np.savez(keras / "cifar100.npz", **made())
    sizes = Sizes(val=100)
    one, other = (DATASET.load(folders(place), sizes, PRACTICE) for place in (binary, keras))
    assert one.sha256 == other.sha256
    assert DATASET.where(folders(binary)) == "data folder"
    assert "200 of 50,000 training and 200 of 10,000 test images" in one.origin
    assert "cifar-100-binary" in one.origin and str(binary) not in one.origin


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "received 0 bytes in all"),
        (bytes(3073), "expected records of 3,074 bytes, received 3,073"),
        (bytes(3074), "expected the labels of CIFAR-100"),  # superclass 0 is no apple's
        (bytes([0, 200]) + bytes(3072), "expected the labels of CIFAR-100"),
    ],
)
def test_a_file_of_another_kind_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    folder = write_binary(tmp_path, made())
    (folder / "cifar-100-binary" / "train.bin").write_bytes(content)
    with pytest.raises(DataError, match=said):
        DATASET.load(folders(folder), Sizes(), PRACTICE)


def test_pickles_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "cifar-100-python").mkdir()
    with pytest.raises(DataError, match="put cifar-100-binary, the binary version"):
        DATASET.load(folders(tmp_path), Sizes(), PRACTICE)
