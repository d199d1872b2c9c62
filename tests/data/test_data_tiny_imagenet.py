"""Tiny ImageNet in the layout in which it is published, as a folder or a zip; what is wrong in it is named."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness.data.base import Dataset, Sizes
from harness.data.folders import VARIABLE, folders
from harness.data.load import find, load
from harness.errors import DataError

TOP = "tiny-imagenet-200"
IDS = ("n02", "n01", "n03")  # as wnids.txt has them: in no order
GREYS = {"n01": 10, "n02": 100, "n03": 200}
EACH, TESTED = 20, 10


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    """A data folder with three classes of plain grey or red images in the original layout."""
    top = tmp_path / TOP
    for each, shade in GREYS.items():
        folder = top / "train" / each / "images"
        folder.mkdir(parents=True)
        (folder.parent / f"{each}_boxes.txt").write_text("")
        for i in range(EACH):
            Image.new("L", (64, 64), shade).save(folder / f"{each}_{i}.JPEG", "JPEG")
    lines = []
    (top / "val" / "images").mkdir(parents=True)
    for i, each in enumerate(IDS * TESTED):
        shade = GREYS[each]
        Image.new("RGB", (64, 64), (shade, 0, 0)).save(top / "val" / "images" / f"val_{i}.JPEG", "JPEG")
        lines.append(f"val_{i}.JPEG\t{each}\t0\t0\t63\t63")
    (top / "val" / "val_annotations.txt").write_text("\n".join(lines))
    (top / "test" / "images").mkdir(parents=True)
    (top / "wnids.txt").write_text("\n".join(IDS))
    (top / "words.txt").write_text("n01\tcat, tabby\nn02\tdog\nn03\tcat, wild\nn04\telsewhere")
    return tmp_path


def loaded(folder: Path, sizes: Sizes = Sizes()) -> Dataset:  # noqa: B008
    return load("tiny_imagenet", folders(folder), sizes)


def test_the_original_layout_is_a_data_set(brought: Path) -> None:
    assert find("tiny_imagenet", folders(brought)) == "data folder"
    data = loaded(brought)
    assert data.classes == ("n01", "dog", "n03"), "by their ids; words that two classes share do not name one"
    assert data.sizes == {"train": 54, "val": 6, "test": 15}, "a tenth is for validation, and one half for practice"
    assert data.arrays["x_train"].shape[1:] == (64, 64, 3) and data.arrays["x_train"].dtype == np.float32
    assert data.origin == (
        f"a part of Tiny ImageNet (3 of 200 classes, 60 training and 30 test images), from {TOP}/ in the data folder"
    )


def test_every_image_keeps_its_label(brought: Path) -> None:
    data = loaded(brought)
    shades = np.array([GREYS[each] for each in sorted(IDS)]) / 255
    for part in ("train", "val", "test"):
        red = data.arrays[f"x_{part}"][..., 0].mean(axis=(1, 2))
        assert np.abs(red - shades[data.arrays[f"y_{part}"]]).max() < 0.02
        green = data.arrays[f"x_{part}"][..., 1].mean()
        assert (green < 0.02) == (part == "test"), "grey images get three equal channels"


def test_a_zip_of_it_is_the_same_set(brought: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("zipped")
    with zipfile.ZipFile(other / f"{TOP}.zip", "w") as archive:
        for file in sorted(brought.rglob("*")):
            archive.write(file, file.relative_to(brought))
    assert loaded(other).sha256 == loaded(brought).sha256


def test_without_it_the_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"put {TOP}\.zip or the folder {TOP} into the data folder"):
        loaded(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("val/val_annotations.txt", "nothing.JPEG\tn01\t0", r"names 'nothing.JPEG', which is not there"),
        ("val/val_annotations.txt", "val_0.JPEG\tn99\t0", r"of the class 'n99', which has no training images"),
        ("val/val_annotations.txt", "", r"found none in one of them"),
        ("train/n01/images/n01_3.JPEG", "no image", r"train/n01/images/n01_3.JPEG is no JPEG of 64 × 64 pixels"),
    ],
)
def test_what_is_wrong_is_named(brought: Path, file: str, text: str, said: str) -> None:
    (brought / TOP / file).write_text(text)
    with pytest.raises(DataError, match=said):
        loaded(brought)


def test_an_image_of_another_size_is_named(brought: Path) -> None:
    Image.new("RGB", (32, 32)).save(brought / TOP / "val" / "images" / "val_2.JPEG", "JPEG")
    with pytest.raises(DataError, match=r"val/images/val_2.JPEG is no JPEG of 64 × 64 pixels"):
        loaded(brought)


def test_a_damaged_zip_is_named(tmp_path: Path) -> None:
    (tmp_path / f"{TOP}.zip").write_bytes(b"PK no zip")
    with pytest.raises(DataError, match=rf"{TOP}.zip cannot be read as a zip"):
        loaded(tmp_path)


def test_the_published_one_can_be_read_where_it_lies() -> None:
    place = Path(os.environ.get(VARIABLE, "") or "nowhere")
    if not place.is_dir() or find("tiny_imagenet", folders(place)) == "nowhere":
        pytest.skip("Tiny ImageNet is not in the data folder")
    data = loaded(place, Sizes(train=400, val=200, test=200))
    assert len(data.classes) >= 20
    assert 0.2 < data.arrays["x_train"].mean() < 0.7, "photographs"
