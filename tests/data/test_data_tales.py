"""Tales in a language of the key: the same for whoever has it, another for everybody else, and easy to tell apart."""

from itertools import combinations
from random import Random

from harness.data.base import Dataset, Sizes
from harness.data.corpus import as_text
from harness.data.key import PRACTICE, Key
from harness.data.load import load
from harness.data.sets.tales import (
    ADVERBS,
    CONJUNCTIONS,
    DETERMINERS,
    PREPOSITIONS,
    SUBJECTS,
    VOWELS,
    WORDS,
    invented,
    tale,
)
from harness.data.tokens import words

ONE, TWO = Key("1" * 32), Key("2" * 32)
ENGLISH = {*DETERMINERS, *ADVERBS, *CONJUNCTIONS, *PREPOSITIONS, ",", ".", "very"}


def told(key: Key) -> Dataset:
    return load("tales", (), Sizes(), key)


def said(data: Dataset) -> set[str]:
    return set(words("".join(as_text(a) for a in data.arrays.values())))


def test_a_key_tells_the_same_again_and_another_one_in_other_words() -> None:
    first, again, other = told(ONE), told(Key(ONE.value)), told(TWO)
    assert first.sha256 == again.sha256 != other.sha256
    shared = (said(first) & said(other)) - ENGLISH
    assert len(shared) < 0.1 * len(said(first)), "what was learnt under one key helps under none"
    assert len((said(first) & said(told(PRACTICE))) - ENGLISH) < 0.1 * len(said(first))


def test_words_are_different_and_in_harmony() -> None:
    language = invented(Random(3))
    several = [word for kinds in language for many in kinds.values() for word in many]
    assert len(several) == len({*several} - ENGLISH) == SUBJECTS * sum(WORDS.values())
    harmonies = [{c for many in kinds.values() for word in many for c in word if c in VOWELS} for kinds in language]
    assert all(len(vowels) == 2 for vowels in harmonies)
    assert all(a != b for a, b in combinations(harmonies, 2))
    assert len(set.union(*harmonies)) < sum(map(len, harmonies)) / 2, "one vowel alone does not tell the subject"


def test_a_tale_keeps_to_its_subject() -> None:
    language = invented(Random(3))
    subject = {word: i for i, kinds in enumerate(language) for many in kinds.values() for word in many}
    for seed in range(5):
        found = [subject[word] for word in words(tale(language, Random(seed))) if word in subject]
        assert max(map(found.count, set(found))) > 0.9 * len(found) > 30


def test_parts_have_the_same_words_and_no_sentence_in_common() -> None:
    parts = {name: as_text(a) for name, a in told(ONE).arrays.items()}
    train, test = (set(parts[f"x_{part}"].split(".")) for part in ("train", "test"))
    assert len({s for s in train & test if len(s) > 60}) == 0
    new = set(words(parts["x_test"])) - set(words(parts["x_train"]))
    assert len(new) < 10, "what is asked was there to be learnt"
