"""A folder of images with a folder for each class, and the file that stands in the way named."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from data.made import write_image, write_images
from PIL import Image

from harness.data.base import Dataset, Sizes
from harness.data.folders import folders
from harness.data.load import find, load, names
from harness.errors import DataError


def loaded(folder: Path, sizes: Sizes = Sizes()) -> Dataset:  # noqa: B008
    return load("shapes", folders(folder), sizes)


def test_a_folder_of_images_is_a_data_set(tmp_path: Path) -> None:
    write_images(tmp_path / "shapes", each=20)
    assert names(folders(tmp_path))[-1] == "shapes"
    assert find("shapes", folders(tmp_path)) == "data folder"
    data = loaded(tmp_path)
    assert data.origin == "the images of shapes/ in the data folder"
    assert data.classes == ("circle", "square")
    assert data.sizes == {"train": 28, "val": 4, "test": 8}, "a test and a validation part are drawn from it"
    assert data.published == {"train": 40}
    assert (data.arrays["x_test"].dtype, data.arrays["x_test"].shape) == (np.float32, (8, 8, 6, 1))
    assert loaded(tmp_path, Sizes(train=10, val=10, test=20)).sizes == {"train": 10, "val": 10, "test": 20}


def test_an_image_keeps_its_pixels_and_its_label(tmp_path: Path) -> None:
    write_images(tmp_path / "shapes", each=20)
    data = loaded(tmp_path)
    for part in ("train", "val", "test"):
        values = np.rint(data.arrays[f"x_{part}"][:, 0, 0, 0] * 255).astype(int)
        assert (values // 20).tolist() == data.arrays[f"y_{part}"].tolist(), "values are below 20 in the first class"


def test_folders_of_parts(tmp_path: Path) -> None:
    for part, each in (("train", 10), ("val", 3), ("test", 5)):
        write_images(tmp_path / "shapes" / part, each=each)
    assert loaded(tmp_path).sizes == {"train": 20, "val": 6, "test": 5}, "half of the test part is for practice"
    assert loaded(tmp_path).published == {"train": 20, "val": 6, "test": 10}
    assert loaded(tmp_path, Sizes(train=4)).sizes["train"] == 4


def test_classes_that_are_numbers_are_in_the_order_of_numbers(tmp_path: Path) -> None:
    write_images(tmp_path / "shapes", tuple(map(str, range(12))), each=5)
    data = loaded(tmp_path, Sizes(val=12, test=12))
    assert data.classes == tuple(map(str, range(12)))


@pytest.mark.parametrize(("mode", "channels"), [("1", 1), ("L", 1), ("RGB", 3), ("RGBA", 3), ("P", 3)])
def test_colours(tmp_path: Path, mode: str, channels: int) -> None:
    for name in ("a", "b"):
        for i in range(8):
            image = Image.new("RGB", (6, 8), (255, 255, 255)).convert(mode)
            (tmp_path / "shapes" / name).mkdir(parents=True, exist_ok=True)
            image.save(tmp_path / "shapes" / name / f"{i}.png")
    data = loaded(tmp_path)
    assert data.arrays["x_train"].shape[1:] == (8, 6, channels)
    assert data.arrays["x_train"].min() == 1.0


def test_one_image_with_colours_makes_all_have_three_channels(tmp_path: Path) -> None:
    write_images(tmp_path / "shapes")
    write_image(tmp_path / "shapes" / "circle" / "z.jpg", "RGB")
    assert loaded(tmp_path).arrays["x_train"].shape[1:] == (8, 6, 3)


def test_what_systems_leave_in_folders_is_passed_over(tmp_path: Path) -> None:
    write_images(tmp_path / "shapes")
    before = loaded(tmp_path).sha256
    for name in (".DS_Store", "circle/.DS_Store", ".ipynb_checkpoints/x.png", "__MACOSX/x.png", "readme.txt"):
        (tmp_path / "shapes" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "shapes" / name).write_text("x")
    assert loaded(tmp_path).sha256 == before


def another_size(top: Path) -> None:
    write_image(top / "square" / "wide.png", size=(7, 8))


def a_text(top: Path) -> None:
    (top / "circle" / "notes.txt").write_text("x")


def no_image(top: Path) -> None:
    (top / "circle" / "x.png").write_text("<html>404</html>")


def cut_off(top: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (8, 6), np.uint8)
    Image.fromarray(noise).save(top / "circle" / "x.png")
    data = (top / "circle" / "x.png").read_bytes()
    (top / "circle" / "x.png").write_bytes(data[: len(data) // 2])


def a_bomb_of_pixels(top: Path) -> None:
    write_image(top / "circle" / "x.png", "1", (20_000, 10_000))


def another_format(top: Path) -> None:
    Image.new("L", (6, 8)).save(top / "circle" / "x.gif")
    (top / "circle" / "x.gif").rename(top / "circle" / "x.png")


def sixteen_bits(top: Path) -> None:
    write_image(top / "circle" / "x.png", "I;16")


def transparent(top: Path) -> None:
    Image.new("RGBA", (6, 8), (9, 9, 9, 100)).save(top / "circle" / "x.png")


def loose(top: Path) -> None:
    write_image(top / "x.png")


def empty_class(top: Path) -> None:
    (top / "star").mkdir()


def class_only_in_test(top: Path) -> None:
    for part in ("train", "test"):
        write_images(top / part)
    write_image(top / "test" / "star" / "x.png")
    for name in ("circle", "square"):
        for file in (top / name).iterdir():
            file.unlink()
        (top / name).rmdir()


def class_called_train(top: Path) -> None:
    write_images(top, ("train",))


WRONG: dict[Callable[[Path], None], str] = {
    another_size: "shapes/square/wide.png: expected 6 × 8 pixels like shapes/circle/000.png, received 7 × 8",
    a_text: "shapes/circle/notes.txt: expected images only (.png, .jpg, .jpeg)",
    no_image: "shapes/circle/x.png: cannot be read as a PNG or JPEG image",
    cut_off: "shapes/circle/x.png: cannot be read as a PNG or JPEG image",
    a_bomb_of_pixels: "shapes/circle/x.png: cannot be read as a PNG or JPEG image",
    another_format: "shapes/circle/x.png: cannot be read as a PNG or JPEG image",
    sixteen_bits: "shapes/circle/x.png: expected 8 bits a channel, received Pillow's mode I;16",
    transparent: "shapes/circle/x.png: expected no transparency",
    loose: "shapes/x.png: expected every image in the folder of its class",
    empty_class: "shapes/star: expected images of this class, received none",
    class_only_in_test: "shapes/test: expected the same classes in every part, but star is not in all",
    class_called_train: "shapes: expected nothing beside train, val and test, received circle",
}


@pytest.mark.parametrize("spoil", WRONG, ids=lambda spoil: spoil.__name__)
def test_a_wrong_folder_says_which_file_it_is(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(write_images(tmp_path / "shapes"))
    with pytest.raises(DataError) as caught:
        loaded(tmp_path)
    message = str(caught.value)
    assert message.startswith(WRONG[spoil])
    assert "\n" not in message and str(tmp_path) not in message
