"""Faces: drawn ones, the same for the same key; photographs from a folder, a zip or an npz file."""

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness.data.base import Dataset, Sizes
from harness.data.faces import faces, looks
from harness.data.folders import VARIABLE, folders
from harness.data.key import PRACTICE, Key
from harness.data.load import find, is_invented, load
from harness.errors import DataError

ONE, TWO = Key("1" * 32), Key("2" * 32)
FEW = Sizes(train=40, val=0, test=30)
N = 60


def under(key: Key, sizes: Sizes = FEW) -> Dataset:
    return faces("small", 24, FEW)(sizes, key)


def test_a_key_draws_the_same_faces_again_and_another_draws_others() -> None:
    assert under(ONE).sha256 == under(Key(ONE.value)).sha256
    for other in (TWO, PRACTICE):
        mine, theirs = (under(key).arrays["x_test"].reshape(30, -1) for key in (ONE, other))
        assert np.abs(mine[:, None] - theirs[None]).max(axis=2).min() > 0.1, "no face of one is a face of the other"


def test_a_part_stays_as_it_is_when_another_one_grows() -> None:
    more = under(ONE, Sizes(train=60, val=0, test=30))
    assert more.sizes == {"train": 60, "val": 0, "test": 30}
    assert np.array_equal(more.arrays["x_test"], under(ONE).arrays["x_test"])


def test_drawn_faces_are_shares_of_white_and_lighter_than_what_is_behind() -> None:
    x = under(ONE).arrays["x_train"]
    assert (x.shape, x.dtype) == ((40, 24, 24, 1), np.float32)
    assert 0 <= x.min() < x.max() <= 1
    assert np.all(x[:, 9:18, 9:15].mean(axis=(1, 2)) > x[:, :4, :4].mean(axis=(1, 2)))
    assert is_invented("faces_24")


def test_no_look_is_out_of_a_picture() -> None:
    look = looks(500, np.random.RandomState(0))
    assert np.all(np.abs(look.across) + look.width * look.radius < 1)


def shade(i: int) -> int:
    return 60 + 2 * i


def picture(i: int, *, grey: bool = False) -> bytes:
    """A portrait, 178 × 218 as in CelebA: its middle is of one shade, what a cut leaves out is white."""
    pixels = np.full((218, 178, 3), 255, np.uint8)
    pixels[20:198] = shade(i)
    file = io.BytesIO()
    Image.fromarray(pixels).convert("L" if grey else "RGB").save(file, "PNG")
    return file.getvalue()


def loaded(folder: Path, sizes: Sizes = Sizes()) -> Dataset:  # noqa: B008
    return load("faces", folders(folder), sizes)


def as_folder(place: Path) -> None:
    (place / "img_align_celeba").mkdir()
    for i in range(N):
        (place / "img_align_celeba" / f"{i:06}.png").write_bytes(picture(i))


def as_nested_folder(place: Path) -> None:
    (place / "faces" / "somebody").mkdir(parents=True)
    for i in range(N):
        (place / "faces" / "somebody" / f"{i:06}.png").write_bytes(picture(i))


def as_zip(place: Path) -> None:
    with zipfile.ZipFile(place / "img_align_celeba.zip", "w") as archive:
        for i in range(N):
            archive.writestr(f"img_align_celeba/{i:06}.png", picture(i))


def as_npz(place: Path) -> None:
    images = np.stack([np.asarray(Image.open(io.BytesIO(picture(i)))) for i in range(N)])
    np.savez(place / "faces.npz", images=images, subject=np.arange(N))


@pytest.mark.parametrize("lay", [as_folder, as_nested_folder, as_zip, as_npz], ids=lambda f: f.__name__)
def test_photographs_are_cut_to_their_middle(tmp_path: Path, lay: object) -> None:
    assert callable(lay)
    lay(tmp_path)
    assert find("faces", folders(tmp_path)) == "data folder"
    data = loaded(tmp_path)
    assert data.sizes == {"train": 54, "val": 0, "test": 6} and data.classes == ()
    for part in ("train", "test"):
        x, y = data.arrays[f"x_{part}"], data.arrays[f"y_{part}"].astype(int)
        assert x.shape[1:] == (64, 64, 3) and np.array_equal(x[:, 5, 5, 0], ((60 + 2 * y) / 255).astype(np.float32))
        assert np.ptp(x, axis=(1, 2, 3)).max() == 0, "what a cut leaves out is not there"


def test_grey_photographs_have_one_channel_and_beside_coloured_ones_three(tmp_path: Path) -> None:
    (tmp_path / "faces").mkdir()
    for i in range(N):
        (tmp_path / "faces" / f"{i}.png").write_bytes(picture(i, grey=True))
    assert loaded(tmp_path).arrays["x_train"].shape == (54, 64, 64, 1)
    (tmp_path / "faces" / "0.png").write_bytes(picture(0))
    assert loaded(tmp_path).arrays["x_train"].shape == (54, 64, 64, 3)


def test_practice_and_examination_have_no_test_photograph_in_common(tmp_path: Path) -> None:
    as_npz(tmp_path)
    tests = [set(load("faces", folders(tmp_path), Sizes(), key).arrays["y_test"]) for key in (PRACTICE, ONE, TWO)]
    assert not tests[0] & (tests[1] | tests[2])


def test_what_is_missing_or_wrong_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"img_align_celeba\.zip"):
        loaded(tmp_path)
    as_folder(tmp_path)
    (tmp_path / "img_align_celeba" / "000007.png").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"000007\.png cannot be read as a PNG or JPEG"):
        loaded(tmp_path)
    for file in sorted((tmp_path / "img_align_celeba").iterdir())[10:]:
        file.unlink()
    (tmp_path / "img_align_celeba" / "000007.png").unlink()
    with pytest.raises(DataError, match="expected 20 images of faces or more, found 9"):
        loaded(tmp_path)


def test_an_npz_file_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "faces.npz", images=np.zeros((30, 8, 8, 2), np.uint8))
    with pytest.raises(DataError, match=r"uint8 of shape \(30, 8, 8, 2\)"):
        loaded(tmp_path)


def test_those_of_the_data_folder_can_be_read_where_they_lie() -> None:
    place = Path(os.environ.get(VARIABLE, "") or "nowhere")
    if not place.is_dir() or find("faces", folders(place)) == "nowhere":
        pytest.skip("no photographs of faces in the data folder")
    x = loaded(place).arrays["x_train"]
    assert len(x) >= 18 and x.shape[1:3] == (64, 64) and 0 <= x.min() < x.max() <= 1
