"""Words as ids for a model: 0 behind a text, 1 for every word that has no id of its own, the others from 2 on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from harness.data.labelled_texts import NOTHING, Numbers

PADDING: Final = 0
UNKNOWN: Final = 1
OWN: Final = 2  # the first id of a word of its own


@dataclass(frozen=True)
class WordIds:
    """Which words have an id of their own: word i of `words` has id i + 2, the most frequent first."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, texts: Numbers, words: NDArray[Any], most: int, least: int = 2) -> Self:
        """Return the ids for texts (n, longest) of numbers of `words`: those found `least` times, `most` ids in all.

        Equally frequent words are in the order of their numbers. What is asked about later must not be among the texts.
        """
        counts = np.bincount(texts.reshape(-1), minlength=len(words) + 1)[1:]
        order = np.argsort(-counts, kind="stable")[: most - OWN]
        return cls(tuple(str(words[i]) for i in order if counts[i] >= least))

    @property
    def size(self) -> int:
        return len(self.words) + OWN

    @cached_property
    def places(self) -> Mapping[str, int]:
        return {word: i for i, word in enumerate(self.words, OWN)}

    def id(self, word: str) -> int:
        return self.places.get(word, UNKNOWN)

    def word(self, number: int) -> str:
        return self.words[number - OWN] if number >= OWN else ("(padding)", "(unknown)")[number]

    def rows(self, texts: Sequence[Sequence[str]], length: int) -> NDArray[np.int32]:
        """Return the last `length` words of each text as ids int32 (n, length), padding behind."""
        found = np.full((len(texts), length), PADDING, np.int32)
        for row, text in zip(found, texts, strict=True):
            last = [self.id(word) for word in text[-length:]]
            row[: len(last)] = last
        return found

    def translated(self, texts: Numbers, words: NDArray[Any], length: int) -> NDArray[np.int32]:
        """Return texts (n, longest) of numbers of `words` as `rows` does."""
        to = np.array([PADDING, *(self.id(str(word)) for word in words)], np.int32)
        ends = (texts != NOTHING).sum(axis=1)
        where = np.maximum(ends - length, 0)[:, None] + np.arange(length)
        wide = np.pad(texts, ((0, 0), (0, length)))  # so that every place is there
        return to[np.take_along_axis(wide, where, axis=1)]
