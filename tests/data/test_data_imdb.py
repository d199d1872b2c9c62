"""IMDB's reviews in each form in which people have them, and what is wrong with a file named."""

import csv
import gzip
import io
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness.data.base import Dataset, Sizes
from harness.data.folders import VARIABLE, data_dir, folders
from harness.data.labelled_texts import spelt
from harness.data.load import find, load
from harness.errors import DataError

N = 20  # reviews of each kind and part
TEXTS = {
    (part, label): [f"this {('bad', 'good')[label]} film is number {i} of {part}" for i in range(N)]
    for part in ("train", "test")
    for label in (0, 1)
}
WORDS = sorted({word for texts in TEXTS.values() for text in texts for word in text.split()})
Write = Callable[[Path], None]


def as_keras(folder: Path) -> None:
    rank = {word: i for i, word in enumerate(WORDS, 1)}
    (folder / "imdb_word_index.json").write_text(json.dumps(rank))
    arrays = {}
    for part in ("train", "test"):
        texts = [[rank[w] for w in text.split()] for label in (0, 1) for text in TEXTS[part, label]]
        arrays[f"x_{part}"] = np.empty(len(texts), object)
        arrays[f"x_{part}"][:] = texts
        arrays[f"y_{part}"] = np.repeat([0, 1], N)
    np.savez(folder / "imdb.npz", **arrays)


def as_folder(folder: Path) -> None:
    for (part, label), texts in TEXTS.items():
        inner = folder / "aclImdb" / part / ("neg", "pos")[label]
        inner.mkdir(parents=True)
        for i, text in enumerate(texts):
            (inner / f"{i:02d}_1.txt").write_text(text)
    (folder / "aclImdb" / "train" / "unsup").mkdir()
    (folder / "aclImdb" / "train" / "unsup" / "0_0.txt").write_text("nobody says which")


def as_zip(folder: Path) -> None:
    as_folder(folder)
    shutil.make_archive(str(folder / "aclImdb"), "zip", folder, "aclImdb")
    shutil.rmtree(folder / "aclImdb")


def table() -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["split", "label", "rating", "text"])
    rows.writerows([part, label, 1, f"{t},\n<br />"] for (part, label), texts in TEXTS.items() for t in texts)
    return out.getvalue()


def as_csv(folder: Path) -> None:
    (folder / "imdb.csv").write_text(table())


def as_gzip(folder: Path) -> None:
    (folder / "imdb.csv.gz").write_bytes(gzip.compress(table().encode()))


def loaded(folder: Path, sizes: Sizes = Sizes()) -> Dataset:  # noqa: B008
    return load("imdb", folders(folder), sizes)


@pytest.mark.parametrize("write", [as_keras, as_folder, as_zip, as_csv, as_gzip])
def test_every_form_holds_the_same_reviews(tmp_path: Path, write: Write) -> None:
    write(tmp_path)
    assert find("imdb", folders(tmp_path)) == "data folder"
    data = loaded(tmp_path)
    assert data.sizes == {"train": 36, "val": 4, "test": 20}, "a tenth is for validation, and one half for practice"
    assert data.origin.startswith("a part of IMDB's reviews (40 of 25,000 training and 40 of 25,000 test ones), from ")
    for part in ("train", "val", "test"):
        for words, label in zip(
            spelt(data.arrays[f"x_{part}"], data.arrays["words"]), data.arrays[f"y_{part}"], strict=True
        ):
            assert " ".join(words) in TEXTS["test" if part == "test" else "train", int(label)]


def hostile(folder: Path) -> None:
    class Runs:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (folder / "was-here",)

    as_keras(folder)
    with np.load(folder / "imdb.npz", allow_pickle=True) as stored:
        arrays = {name: stored[name] for name in stored.files}
    arrays["x_train"][3] = Runs()
    np.savez(folder / "imdb.npz", **arrays)


def no_index(folder: Path) -> None:
    as_keras(folder)
    (folder / "imdb_word_index.json").unlink()


def no_lists(folder: Path) -> None:
    as_keras(folder)
    np.savez(folder / "imdb.npz", **{f"{a}_{part}": np.zeros((3, 2)) for a in "xy" for part in ("train", "test")})


def cut_off(folder: Path) -> None:
    as_gzip(folder)
    whole = (folder / "imdb.csv.gz").read_bytes()
    (folder / "imdb.csv.gz").write_bytes(whole[: len(whole) // 2])


def other_columns(folder: Path) -> None:
    (folder / "imdb.csv").write_text(table().replace("split,label", "part,sentiment"))


def one_kind(folder: Path) -> None:
    as_folder(folder)
    shutil.rmtree(folder / "aclImdb" / "test" / "pos")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (hostile, "cannot be read as lists of integers"),
        (no_lists, "cannot be read as lists of integers"),
        (no_index, "expected imdb_word_index.json, which names them, beside it"),
        (cut_off, "cannot be read as UTF-8 text"),
        (other_columns, r"expected split \(train or test\), label \(0 or 1\) and text"),
        (one_kind, "expected reviews that praise and that blame in test, found one kind"),
        (lambda folder: None, "put imdb.npz with imdb_word_index.json, the folder aclImdb or imdb.csv"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(tmp_path: Path, write: Write, said: str) -> None:
    write(tmp_path)
    with pytest.raises(DataError, match=said):
        loaded(tmp_path)
    assert not (tmp_path / "was-here").exists(), "nothing of a file is run"


def test_pickles_of_older_python_are_read(tmp_path: Path) -> None:
    as_keras(tmp_path)
    expected = loaded(tmp_path).sha256
    with np.load(tmp_path / "imdb.npz", allow_pickle=True) as stored:
        arrays = {name: stored[name] for name in stored.files}
    original, pickle.DEFAULT_PROTOCOL = pickle.DEFAULT_PROTOCOL, 2
    try:
        np.savez(tmp_path / "imdb.npz", **arrays)
    finally:
        pickle.DEFAULT_PROTOCOL = original
    assert loaded(tmp_path).sha256 == expected


def test_the_real_reviews_are_read_where_there_are_some() -> None:
    folder = data_dir(None)
    if folder is None or find("imdb", folders(folder)) == "nowhere":
        pytest.skip(f"no reviews in a folder that {VARIABLE} names")
    data = loaded(folder, Sizes(train=200, val=50, test=200))
    assert data.arrays["x_train"].shape[0] == 200 and len(data.arrays["words"]) > 10_000
