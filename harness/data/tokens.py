"""Text as ids: one rule for what a word is, and a vocabulary of characters or words."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["char", "word"]
Ids = NDArray[np.int32]

UNKNOWN: Final = 0
WORD: Final = re.compile(r"\w+(?:['.-]\w+)*|[.,;:!?]")  # `don't`, `e.g` and `sys.path` are words; marks stand alone


def words(text: str) -> list[str]:
    """Return the words and punctuation marks of a text, in order."""
    return WORD.findall(text)


def split(text: str, level: Level) -> list[str]:
    """Return the characters or the words of a text."""
    return list(text) if level == "char" else words(text)


@dataclass(frozen=True)
class Vocabulary:
    """What ids stand for: `tokens[i]` has id i, and id 0 is everything that has none of its own."""

    level: Level
    tokens: tuple[str, ...]

    def encode(self, text: str) -> Ids:
        """Return a text as ids, int32 of shape (tokens,)."""
        return np.array(self.numbers(split(text, self.level)), dtype=np.int32)

    def numbers(self, tokens: Iterable[str]) -> list[int]:
        """Return the ids of tokens."""
        ids = {token: i for i, token in enumerate(self.tokens)}
        return [ids.get(token, UNKNOWN) for token in tokens]

    def decode(self, ids: Iterable[int]) -> str:
        """Return ids as text: words with a space between them, characters without; ids without a token are left out."""
        known = (self.tokens[i] for i in ids if UNKNOWN < i < len(self.tokens))
        return ("" if self.level == "char" else " ").join(known)


def vocabulary(text: str, level: Level, size: int, least: int) -> Vocabulary:
    """Return up to `size` tokens: the unknown one, then those found `least` times or more, the most frequent first.

    Equally frequent ones are in the order of their characters, so that the same text gives the same ids everywhere.
    """
    counts = Counter(split(text, level))
    found = sorted((t for t, n in counts.items() if n >= least), key=lambda token: (-counts[token], token))
    return Vocabulary(level, ("", *found[: size - 1]))
