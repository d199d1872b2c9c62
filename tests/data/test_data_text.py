"""Texts for language models: cleaned, cut in parts that share nothing, told in ids."""

from pathlib import Path

import numpy as np
import pytest

from harness.data.base import Dataset, Sizes
from harness.data.corpus import as_points, as_text, blocks, clean, corpus, paragraphs
from harness.data.folders import folders
from harness.data.key import PRACTICE
from harness.data.load import find, load
from harness.data.sets.text import locate
from harness.data.sets.topics import topics
from harness.data.tokens import Vocabulary, split, vocabulary, words
from harness.errors import DataError

PARTS = ("train", "val", "test", "reference")


@pytest.fixture(scope="module")
def shipped() -> Dataset:
    return load("topics", (), Sizes())


def invented(words: int) -> str:
    return " ".join(f"word{i:06}" for i in range(words))


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


# ---------------------------------------------------------------------------------------------------------- cleaning


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("The  CAT\n\nsat.", "the cat sat."),
        ('Call "f(x)" -- or `g`!', "call f x -- or g !"),
        ("don’t, naïve ﬁle", "don't, naïve file"),
        ("__init__ ≠ init", "__init__ init"),
        ("[1]:\t{2};", "1 : 2 ;"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned
    assert clean(cleaned) == cleaned


def test_paragraphs_of_prose_come_once() -> None:
    prose = "This is a paragraph of prose that is long enough\nto be one, as it has two lines."
    code = "   if x == [1, 2]: y = {'a': (3, 4)}; z[x] = -y ** 2 / (x + 1) != 7;"
    assert list(paragraphs([f"Heading\n*******\n\n{prose}\n\n{code}", prose])) == [" ".join(prose.split())]


# ------------------------------------------------------------------------------------------------------------- parts


def test_blocks_end_behind_a_space_and_lose_nothing() -> None:
    text = invented(2_000)
    found = list(blocks(text))
    assert "".join(found) == text
    assert all(b.endswith(" ") for b in found[:-1])
    assert {len(b) // 100 for b in found[:-1]} == {20}


def test_parts_of_a_text_share_no_word_that_stands_once() -> None:
    arrays = corpus("x", invented(40_000), "invented", PRACTICE).arrays
    parts = {part: set(words(as_text(arrays[f"x_{part}"]))) for part in PARTS}
    assert len(set.union(*parts.values())) == 40_000 == sum(map(len, parts.values()))
    assert {p: round(len(w) / 40_000, 2) for p, w in parts.items()} == pytest.approx(
        {"train": 0.75, "val": 0.05, "test": 0.1, "reference": 0.1}, abs=0.011
    )


def test_too_short_a_text() -> None:
    with pytest.raises(DataError, match=r"at least 200,000 .* received 99,\d+ \(a note\)"):
        corpus("x", invented(9_088), "a note", PRACTICE)


def test_text_and_points() -> None:
    text = "aß€😀 z"
    assert as_points(text).dtype == np.uint32
    assert as_points(text).tolist() == [ord(c) for c in text]
    assert as_text(as_points(text)) == text


# ------------------------------------------------------------------------------------------------------- help topics


def test_the_help_topics_of_this_python(shipped: Dataset) -> None:
    """They differ between versions of Python, so there is no fingerprint to compare with."""
    assert find("topics", ()) == "shipped"
    assert set(shipped.sizes) == set(PARTS)
    assert 200_000 < sum(shipped.sizes.values()) < 600_000
    assert "paragraphs of the help topics that Python 3." in shipped.origin
    assert shipped.sha256 == topics(PRACTICE).sha256
    text = "".join(as_text(a) for a in shipped.arrays.values())
    assert text == text.lower()
    assert "the" in words(text)
    assert len(set(text)) < 60


def test_no_long_passage_of_the_references_is_trained_on(shipped: Dataset) -> None:
    """The topics repeat one another; a share of short phrases is the language."""
    train, reference = (words(as_text(shipped.arrays[f"x_{p}"])) for p in ("train", "reference"))
    runs = {tuple(train[i : i + 12]) for i in range(len(train))}
    there = sum(tuple(reference[i : i + 12]) in runs for i in range(0, len(reference) - 12, 12))
    assert there / (len(reference) / 12) < 0.03


# -------------------------------------------------------------------------------------------------------- text files


def test_a_text_file_of_the_data_folder(tmp_path: Path) -> None:
    assert find("text", folders(tmp_path)) == "nowhere" == find("text", ())
    folder = write(tmp_path, "poems.txt", invented(20_000))
    assert find("text", folders(folder)) == "data folder"
    found = load("text", folders(folder), Sizes())
    assert found.origin == "poems.txt in the data folder"
    assert sum(found.sizes.values()) == 20_000 * 11 - 1
    write(folder, "more.txt", "x")
    assert find("text", folders(folder)) == "nowhere", "which of two is not guessed"
    write(folder, "text.txt", invented(21_000))
    found = locate(folders(folder))
    assert found and found[0] == folder / "text.txt"
    assert load("text", folders(folder), Sizes()).origin == "text.txt in the data folder"


def test_a_text_file_that_is_missing_or_wrong(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"put one UTF-8 file text\.txt into a folder and name that folder"):
        load("text", (), Sizes())
    with pytest.raises(DataError, match=r"none is downloaded; put one UTF-8 file text.txt into the data folder /"):
        load("text", folders(tmp_path), Sizes())
    (tmp_path / "text.txt").write_bytes(b"\xff\xfe\x00\xd8" * 99)
    with pytest.raises(DataError, match="cannot be read as UTF-8"):
        load("text", folders(tmp_path), Sizes())
    (tmp_path / "text.txt").write_text("Too short.")
    with pytest.raises(DataError, match="take a longer one"):
        load("text", folders(tmp_path), Sizes())


# ------------------------------------------------------------------------------------------------------------ tokens


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the cat's hat.", ["the", "cat's", "hat", "."]),
        ("sys.path is a list, e.g. x", ["sys.path", "is", "a", "list", ",", "e.g", ".", "x"]),
        ("well-known -- and 'so'", ["well-known", "and", "so"]),
        ("__init__ 3.11; why?!", ["__init__", "3.11", ";", "why", "?", "!"]),
        ("  - ' ", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found
    assert words(" ".join(found)) == found, "a text made of words has the same words"
    assert split(text, "word") == found
    assert "".join(split(text, "char")) == text


def test_a_vocabulary_has_the_most_frequent_tokens() -> None:
    text = "b b b a a c c d"
    assert vocabulary(text, "word", 10, 1).tokens == ("", "b", "a", "c", "d")
    assert vocabulary(text, "word", 10, 2).tokens == ("", "b", "a", "c")
    assert vocabulary(text, "word", 3, 1).tokens == ("", "b", "a")
    assert vocabulary(text, "char", 10, 2).tokens == ("", " ", "b", "a", "c")


def test_ids_and_back() -> None:
    known = Vocabulary("word", ("", "the", "cat", "."))
    assert known.encode("the dog, the cat.").tolist() == [1, 0, 0, 1, 2, 3]
    assert known.encode("").shape == (0,)
    assert known.decode([1, 0, 2, 3, 9]) == "the cat ."
    assert Vocabulary("char", ("", "a", " ")).decode([1, 2, 0, 1]) == "a a"


@pytest.mark.parametrize("level", ["char", "word"])
def test_known_text_survives_ids(shipped: Dataset, level: str) -> None:
    assert level in ("char", "word")
    text = as_text(shipped.arrays["x_test"])
    known = vocabulary(text, level, 100_000, 1)  # type: ignore[arg-type]
    assert words(known.decode(known.encode(text))) == words(text)
