"""Data sets are found like tasks are: a module or a file is there, and nothing is registered."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from data.made import write_images, write_npz

from harness.data import sets
from harness.data.base import Sizes
from harness.data.folders import folders
from harness.data.key import PRACTICE, REHEARSAL
from harness.data.load import find, is_invented, load, names
from harness.errors import DataError

MODULE = '''
"""Squares of whole numbers."""
import numpy as np
from harness.data.base import Dataset
from harness.data.key import Key
from harness.data.loader import Whole

def squares(key: Key) -> Dataset:
    return Dataset("squares", {"x_train": np.arange(9) ** 2}, (), "made up", {}, key=key)

DATASET = Whole("squares", squares)
'''


@pytest.fixture
def with_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put one more module beside those of `harness.data.sets`."""
    (tmp_path / "squares.py").write_text(MODULE)
    monkeypatch.setattr(sets, "__path__", [*sets.__path__, str(tmp_path)])
    sets.names.cache_clear()
    yield
    sets.names.cache_clear()
    sys.modules.pop("harness.data.sets.squares", None)


@pytest.mark.usefixtures("with_a_module")
def test_a_module_is_a_data_set() -> None:
    assert "squares" in names()
    assert find("squares", ()) == "shipped"
    assert load("squares", (), Sizes()).arrays["x_train"].tolist() == [n * n for n in range(9)]
    with pytest.raises(DataError, match=r"Did you mean 'squares'\?"):
        find("square", ())


DRAWN, FEW = ("clocks_32", "clocks_150", "faces_24"), Sizes(train=24, val=8, test=8)  # image by image


def test_every_module_exports_a_set_of_its_name() -> None:
    for name in sets.names():
        loader = sets.find(name)
        if loader.where(()) == "shipped":
            assert loader.load((), FEW if name in DRAWN else Sizes(), PRACTICE).name == name


def test_a_name_that_only_a_folder_has_is_suggested(tmp_path: Path) -> None:
    places = folders(write_npz(tmp_path, "clocks"), write_images(tmp_path / "course" / "shapes").parent)
    assert names(places)[-2:] == ("clocks", "shapes")
    assert find("shapes", places) == "course"
    with pytest.raises(DataError, match=r"'clock', neither .* as clock.npz .* Did you mean 'clocks'\?"):
        load("clock", places, Sizes())


def test_a_shipped_name_is_not_taken_by_a_file(tmp_path: Path) -> None:
    """Else a course would be graded on other digits than its thresholds were measured on, and nobody would know."""
    places = folders(None, write_npz(tmp_path, "digits"))
    for call in (lambda: load("digits", places, Sizes()), lambda: find("digits", places)):
        with pytest.raises(DataError, match=r"^digits.npz in the course's data folder has the name of a data set"):
            call()


def test_a_file_and_a_folder_of_one_name(tmp_path: Path) -> None:
    write_images(tmp_path / "shapes")
    with pytest.raises(DataError, match="found a file and a folder; keep one"):
        load("shapes", folders(write_npz(tmp_path)), Sizes())


def test_the_data_folder_comes_before_the_course(tmp_path: Path) -> None:
    write_npz(tmp_path / "course", classes=np.array(["a", "b", "c"]))
    assert load("shapes", folders(None, tmp_path / "course"), Sizes()).classes == ("a", "b", "c")
    places = folders(write_npz(tmp_path / "given"), tmp_path / "course")
    assert load("shapes", places, Sizes()).classes == ("0", "1", "2")


@pytest.mark.parametrize("name", ["../secret/shapes", "/etc/passwd", "", ".", "..", "a/b"])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    write_npz(tmp_path / "secret")
    (tmp_path / "data").mkdir()
    with pytest.raises(DataError, match="There is no data set"):
        load(name, folders(tmp_path / "data"), Sizes())


@pytest.mark.parametrize(("name", "array"), [("sales", "y_train"), ("tales", "x_train"), ("cartpole", "mixing")])
def test_of_an_invented_set_two_keys_share_nothing(name: str, array: str) -> None:
    """So that no search has to look for it among what steps can read."""
    assert is_invented(name)
    one, other = (load(name, (), Sizes(), REHEARSAL.under(n)).arrays[array] for n in (1, 2))
    assert not np.array_equal(one, other)
    assert not is_invented("digits")
