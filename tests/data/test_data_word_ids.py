"""What a word is, and which words have an id: those of the training texts alone."""

import numpy as np
import pytest

from harness.data.base import Dataset
from harness.data.key import PRACTICE
from harness.data.labelled_texts import LONGEST, numbered, spelt, split
from harness.data.word_ids import OWN, PADDING, UNKNOWN, WordIds
from harness.data.word_vectors import matrix_of, vectors


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Not good.<br /><br />BORING!", ["not", "good", "boring"]),
        ("I don't think it's John's", ["i", "do", "n't", "think", "it", "'s", "john", "'s"]),
        ("can’t—won't; they've 10/10", ["ca", "n't", "wo", "n't", "they", "'ve", "10", "10"]),
        ("café naïve_word", ["café", "naïve", "word"]),
        ("x" * 41 + " short", ["short"]),
        ("", []),
    ],
)
def test_a_text_is_split_as_glove_splits_it(text: str, words: list[str]) -> None:
    assert split(text) == words


def test_texts_are_kept_as_numbers_of_their_last_words() -> None:
    long = [f"w{i}" for i in range(LONGEST + 5)]
    (first, second), words = numbered([["b", "a", "b"], []], [long])
    assert list(spelt(first, words)) == [["b", "a", "b"], []]
    assert list(spelt(second, words)) == [long[5:]]
    assert words.tolist() == sorted(words.tolist()) and first.dtype == np.int32


@pytest.fixture
def known() -> tuple[WordIds, Dataset]:
    (train, test), words = numbered([["b", "a", "b"], ["c", "a", "b"]], [["b", "z", "z", "z", "z"]])
    made = vectors("v", ["a", "z"], np.array([[1, 2], [3, 4]], np.float32), "", PRACTICE)
    ids = WordIds.of(train, words, most=100, least=1)
    assert ids.translated(test, words, 6).tolist() == [[ids.id("b"), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, PADDING]]
    return ids, made


def test_a_word_of_test_texts_alone_has_no_id_and_no_vector(known: tuple[WordIds, Dataset]) -> None:
    ids, given = known
    assert ids.words == ("b", "a", "c"), "the most frequent first"
    assert (ids.id("z"), ids.id("b"), ids.size) == (UNKNOWN, OWN, 5)
    assert matrix_of(ids, given).tolist() == [[0, 0], [0, 0], [0, 0], [1, 2], [0, 0]]
    assert [ids.word(i) for i in range(5)] == ["(padding)", "(unknown)", "b", "a", "c"]


def test_rare_words_and_those_beyond_the_most_are_unknown() -> None:
    (train,), words = numbered([["b", "a", "b", "c", "c", "c"]])
    assert WordIds.of(train, words, most=100).words == ("c", "b")
    assert WordIds.of(train, words, most=3, least=1).words == ("c",)


def test_both_ways_to_ids_agree_and_keep_the_last_words() -> None:
    rng = np.random.default_rng(3)
    said = [[f"w{n}" for n in rng.integers(0, 30, rng.integers(0, 12))] for _ in range(40)]
    (rows,), words = numbered(said)
    ids = WordIds.of(rows, words, most=20)
    for length in (1, 5, 20):
        by_hand = [[ids.id(w) for w in text[-length:]] for text in said]
        expected = [text + [PADDING] * (length - len(text)) for text in by_hand]
        assert ids.translated(rows, words, length).tolist() == expected == ids.rows(said, length).tolist()
