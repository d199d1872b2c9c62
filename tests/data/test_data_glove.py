"""GloVe's vectors in their own text form, plain or gzipped; what is wrong in a file is named with its line."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from harness.data.base import Dataset, Sizes
from harness.data.folders import folders
from harness.data.load import find, load
from harness.errors import DataError

TEXT = "the 0.5 -1.25 3e-1\n, 1 2 3\ntwo words 4 5 6\n"


def loaded(folder: Path) -> Dataset:
    return load("glove", folders(folder), Sizes())


@pytest.mark.parametrize("name", ["glove.6B.100d.txt.gz", "glove.txt", "glove.twitter.txt"])
def test_a_file_is_words_and_vectors(tmp_path: Path, name: str) -> None:
    data = gzip.compress(TEXT.encode()) if name.endswith("gz") else TEXT.encode()
    (tmp_path / name).write_bytes(data)
    assert find("glove", folders(tmp_path)) == "data folder"
    found = loaded(tmp_path)
    assert found.arrays["words"].tolist() == ["the", ",", "two words"]
    expected = np.array([[0.5, -1.25, 0.3], [1, 2, 3], [4, 5, 6]], np.float32)
    assert np.array_equal(found.arrays["vectors"], expected)
    assert found.origin == f"3 words of {name} in the data folder"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the 1 2 3\nof 1 2\n", "line 2: expected a word and 3 numbers"),
        ("the 1 2 3\nof 1 x 3\n", "line 2: expected a word and 3 numbers"),
        ("the 1 nan 3\n", "line 1: expected a word and 3 numbers"),
        ("the\n", "line 1: expected a word and some numbers"),
        ("", "expected lines of a word and its numbers, found none"),
        ("\xff\xfe", "cannot be read as UTF-8 text"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "glove.txt").write_bytes(text.encode("latin1"))
    with pytest.raises(DataError, match=said):
        loaded(tmp_path)


def test_which_file_is_meant_has_to_be_clear(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"one file of GloVe's vectors wanted, and none is downloaded; put glove\.6B"):
        loaded(tmp_path)
    for name in ("glove.6B.50d.txt", "glove.6B.300d.txt"):
        (tmp_path / name).write_text(TEXT)
    with pytest.raises(DataError, match="one file"):
        loaded(tmp_path)
    (tmp_path / "glove.6B.100d.txt").write_text("a 1\n")
    assert loaded(tmp_path).arrays["words"].tolist() == ["a"], "the size of the course reports"
