"""Sentences that praise or blame, from a small grammar; how frequent each word is follows from the key.

In half of them words alone say which it is. In the others a word of praise and one of blame stand together, and what
`not` belongs to decides: the same words in another order say the opposite.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np

from harness.data.base import Dataset, Sizes
from harness.data.key import Key
from harness.data.labelled_texts import numbered
from harness.data.loader import Invented


def listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


BLAME, PRAISE = 0, 1
CLASSES: Final = ("blame", "praise")
OWN_SIZES: Final = {"train": 600, "val": 200, "test": 1_000}
TOPICS: Final = (
    listed("movie film scene actor camera screen"),
    listed("book novel chapter author page story"),
    listed("action fight chase stunt battle explosion"),
    listed("song melody singer tune orchestra concert"),
)
ADJECTIVES: Final = {
    BLAME: listed(
        "boring bad dull silly awful weak stupid poor lame tedious clumsy bland cheap messy annoying predictable"
        " pointless shallow terrible horrible dreadful hollow stale ugly empty noisy muddled lazy dreary childish"
        " vulgar pretentious forced flat slow tired trite vague confused forgettable"
    ),
    PRAISE: listed(
        "good great clever funny brilliant lovely charming fresh smart superb moving gripping elegant witty original"
        " delightful rich thrilling wonderful excellent splendid warm honest bold tender graceful vivid lively subtle"
        " touching daring inventive amusing beautiful sharp sincere stunning joyful wise memorable"
    ),
}
VERBS: Final = {BLAME: listed("hated disliked regretted mocked"), PRAISE: listed("loved enjoyed admired praised")}
PEOPLE: Final = listed("we they everybody critics audiences people")
ADVERBS: Final = listed("very really quite rather truly so")
ORDERED: Final = 0.5  # share of sentences in which order decides
LOYAL: Final = 0.95  # share of second nouns that are of the first one's topic
STEEPNESS: Final = 0.5  # a word of rank r is drawn with weight r ** -STEEPNESS


@dataclass(frozen=True)
class Language:
    """The words in an order that the key draws: the first of a list are the most frequent.

    The first adjective of each list comes first under every key: these two are asked about.
    """

    topics: tuple[tuple[str, ...], ...]
    adjectives: tuple[tuple[str, ...], ...]  # by label
    verbs: tuple[tuple[str, ...], ...]
    people: tuple[str, ...]
    adverbs: tuple[str, ...]

    @classmethod
    def of(cls, key: Key) -> "Language":
        random = drawing(key.under("language"))

        def mixed(words: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(random.sample(words, len(words)))

        topics = tuple(mixed(words) for words in TOPICS)
        adjectives = tuple((words[0], *mixed(words[1:])) for words in (ADJECTIVES[BLAME], ADJECTIVES[PRAISE]))
        verbs = (mixed(VERBS[BLAME]), mixed(VERBS[PRAISE]))
        return cls(topics, adjectives, verbs, mixed(PEOPLE), mixed(ADVERBS))


@dataclass(frozen=True)
class Speaker:
    """Sentences of one language, drawn one after the other."""

    language: Language
    random: Random

    def sentence(self, label: int) -> list[str]:
        """Return a sentence of 7 to 12 words that praises (1) or blames (0)."""
        other = PRAISE + BLAME - label
        if self.sometimes(ORDERED):
            if self.sometimes(0.5):
                return [*self.something(), "is", *self.quality(label), "and", "not", *self.quality(other)]
            return [*self.something(), "is", "not", *self.quality(other), "but", *self.quality(label)]
        if self.sometimes(0.5):
            verb = self.one(self.language.verbs[label])
            topic = self.random.choice(self.language.topics)
            return [self.one(self.language.people), verb, "the", *self.quality(label), self.one(topic), *self.of(topic)]
        return [*self.something(), "is", *self.quality(label), "and", *self.quality(label)]

    def sometimes(self, share: float) -> bool:
        return self.random.random() < share

    def one(self, words: tuple[str, ...]) -> str:
        return self.random.choices(words, [(i + 1) ** -STEEPNESS for i in range(len(words))])[0]

    def quality(self, label: int) -> list[str]:
        adverb = [self.one(self.language.adverbs)] if self.sometimes(0.3) else []
        return [*adverb, self.one(self.language.adjectives[label])]

    def something(self) -> list[str]:
        topic = self.random.choice(self.language.topics)
        return ["the", self.one(topic), *self.of(topic)]

    def of(self, topic: tuple[str, ...]) -> list[str]:
        if self.sometimes(0.5):
            return []
        return ["of", "the", self.one(topic if self.sometimes(LOYAL) else self.random.choice(self.language.topics))]


def drawing(key: Key) -> Random:
    """Return a generator that takes all 128 bits."""
    return Random(key.value)  # noqa: S311


def spoken(key: Key, part: str, n: int) -> Iterator[tuple[list[str], int]]:
    """Yield n sentences with their labels, both equally often and in an order that is drawn."""
    random = drawing(key.under("sentences", part))
    speaker = Speaker(Language.of(key), random)
    labels = [i % 2 for i in range(n)]
    random.shuffle(labels)
    yield from ((speaker.sentence(label), label) for label in labels)


def sentences(sizes: Sizes, key: Key) -> Dataset:
    """Return sentences as numbers of `words`, int32 (n, 12), and labels int64 (n,): 0 for blame, 1 for praise.

    Sizes are 600/200/1000 unless asked for otherwise.
    """
    wanted = {**OWN_SIZES, **dict(sizes.asked())}
    drawn = {part: [*spoken(key, part, n)] for part, n in wanted.items()}
    rows, words = numbered(*([text for text, _ in part] for part in drawn.values()))
    arrays = {f"x_{part}": x for part, x in zip(drawn, rows, strict=True)}
    arrays |= {f"y_{part}": np.array([label for _, label in found], np.int64) for part, found in drawn.items()}
    origin = "sentences of a small grammar in which the key draws how frequent words are"
    return Dataset("sentences", {**arrays, "words": words}, CLASSES, origin, {}, key=key)


DATASET = Invented(sentences)
