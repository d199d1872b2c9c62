"""Sentences in which order decides, read again by a rule of the test's own; and vectors of their words."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from harness.data.base import Dataset, Sizes
from harness.data.co_occurrences import ROOT_MEAN_SQUARE, counted, positive_information, word_vectors
from harness.data.key import PRACTICE, REHEARSAL, Key
from harness.data.labelled_texts import spelt
from harness.data.load import is_invented, load
from harness.data.sets.sentences import ADJECTIVES, BLAME, PRAISE, TOPICS, VERBS

FEW = Sizes(train=400, val=50, test=300)


@pytest.fixture(scope="module")
def drawn() -> Dataset:
    return load("sentences", (), FEW)


def texts(data: Dataset, part: str) -> list[list[str]]:
    return list(spelt(data.arrays[f"x_{part}"], data.arrays["words"]))


def said(words: list[str]) -> set[int]:
    """Return what a reader finds said: that of each word of praise or blame, turned round behind `not` up to `but`."""
    found, turned = set(), False
    for word in words:
        turned = (turned or word == "not") and word != "but"
        for label in (BLAME, PRAISE):
            if word in (*ADJECTIVES[label], *VERBS[label]):
                found.add(1 - label if turned else label)
    return found


def test_a_reader_finds_in_every_sentence_what_its_label_says(drawn: Dataset) -> None:
    for part, n in FEW.asked():
        labels = drawn.arrays[f"y_{part}"].tolist()
        assert [said(text) for text in texts(drawn, part)] == [{label} for label in labels]
        assert Counter(labels) == {0: n // 2, 1: n // 2}
        assert {len(text) for text in texts(drawn, part)} <= set(range(5, 13))


def test_in_half_of_them_only_order_decides(drawn: Dataset) -> None:
    by_words = defaultdict(set)
    shares = []
    for part, _ in FEW.asked():
        for text, label in zip(texts(drawn, part), drawn.arrays[f"y_{part}"].tolist(), strict=True):
            kinds = tuple(
                sorted(
                    "not" if w == "not" else "+" if w in ADJECTIVES[PRAISE] else "-"
                    for w in text
                    if w == "not" or w in ADJECTIVES[PRAISE] or w in ADJECTIVES[BLAME]
                )
            )
            by_words[kinds].add(label)
            shares.append("not" in text)
    assert by_words["+", "-", "not"] == {0, 1}, "one word of each kind says nothing without order"
    assert 0.4 < np.mean(shares) < 0.6


def test_the_key_draws_everything() -> None:
    assert is_invented("sentences") and is_invented("sentence_vectors")
    again, other = load("sentences", (), FEW), load("sentences", (), FEW, REHEARSAL)
    assert again.sha256 == load("sentences", (), FEW, PRACTICE).sha256 != other.sha256
    assert set(map(tuple, texts(again, "test"))) != set(map(tuple, texts(other, "test")))
    longer = load("sentences", (), Sizes(train=10, val=50, test=300))
    assert texts(longer, "test") == texts(again, "test"), "another training size leaves the test part as it is"


@pytest.mark.parametrize("key", [PRACTICE, REHEARSAL, Key("7" * 32)])
def test_vectors_know_what_words_are_about(key: Key) -> None:
    given = load("sentence_vectors", (), Sizes(), key)
    words, rows = given.arrays["words"].tolist(), given.arrays["vectors"].astype(np.float64)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    for word, topic in (("book", TOPICS[1]), ("action", TOPICS[2])):
        order = np.argsort(-unit @ unit[words.index(word)])
        assert {words[i] for i in order[:6]} >= {word} and sum(words[i] in topic for i in order[1:6]) >= 4
    assert np.sqrt((rows**2).mean()) == pytest.approx(ROOT_MEAN_SQUARE, rel=1e-5)


def test_words_are_counted_near_one_another_and_set_against_chance() -> None:
    counts = counted([["a", "b", "a", "c"], ["b", "c"]], {"a": 0, "b": 1, "c": 2}, window=2)
    # by hand: a-b twice, a-a and b-c once in the first text; a-c once; b-c once more in the second
    assert counts.tolist() == [[2, 2, 1], [2, 0, 2], [1, 2, 0]]
    found = positive_information(counts)
    joint = counts / counts.sum()
    for i in range(3):
        for j in range(3):
            chance = joint[i].sum() * joint[j].sum()
            expected = max(0.0, np.log(joint[i, j] / chance)) if joint[i, j] else 0.0
            assert found[i, j] == pytest.approx(expected)


def test_vectors_span_the_largest_singular_directions() -> None:
    said = [["a", "b", "c"], ["b", "d"], ["c", "d", "a"], ["e", "a"], ["e", "b"]]
    words, rows = word_vectors(said, 3, 1)
    assert words == ("a", "b", "c", "d", "e")
    information = positive_information(counted(said, {w: i for i, w in enumerate(words)}, 1))
    values, directions = np.linalg.eigh(information @ information.T)  # squares of singular values, smallest first
    expected = directions[:, ::-1][:, :3] * values[::-1][:3] ** 0.25
    gram, wanted = (m.astype(np.float64) @ m.T for m in (rows, expected))
    assert gram == pytest.approx(wanted * np.trace(gram) / np.trace(wanted), abs=1e-6)
