"""Labelled texts as a data set: one rule for what a word is, and texts as numbers of words.

Which words a model knows is not decided here, since that may hang on the training part alone: see
`harness.data.word_ids`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

WORD: Final = re.compile(r"n't|'(?:s|re|ve|ll|d|m)\b|[^\W_]+(?=n't)|[^\W_]+")  # "don't" is "do n't", as in GloVe
BREAK: Final = re.compile(r"<br\s*/?>")  # of a line, in reviews as they were published
LONGEST: Final = 400  # words of a text that are kept, the last ones
LETTERS: Final = 40  # of a word; what is longer is none
NOTHING: Final = 0  # stands in a row behind the words of a text

Numbers = NDArray[np.int32]


def split(text: str) -> list[str]:
    """Return the words of a text in order, in lower case, without punctuation marks and line breaks."""
    plain = unicodedata.normalize("NFKC", BREAK.sub(" ", text)).lower().replace("’", "'")
    return [word for word in WORD.findall(plain) if len(word) <= LETTERS]


def numbered(*parts: Iterable[Sequence[str]]) -> tuple[list[Numbers], NDArray[Any]]:
    """Return for each of several parts its texts as numbers of words, int32 (n, longest), and the words.

    Word i of the words (w,), in the order of their characters, has number i + 1; 0 stands behind a text.
    """
    found: dict[str, int] = {}
    raw = [[[found.setdefault(word, len(found)) for word in text[-LONGEST:]] for text in part] for part in parts]
    words = sorted(found)
    place = np.empty(len(words) + 1, np.int32)
    place[-1] = NOTHING
    place[[found[word] for word in words]] = np.arange(1, len(words) + 1)
    longest = max((len(text) for part in raw for text in part), default=0)
    return [place[padded(part, longest)] for part in raw], np.array(words)


def padded(texts: Sequence[Sequence[int]], longest: int) -> Numbers:
    """Return lists of numbers as rows, -1 behind each."""
    rows = np.full((len(texts), longest), -1, np.int32)
    for row, text in zip(rows, texts, strict=True):
        row[: len(text)] = text
    return rows


def spelt(rows: Numbers, words: NDArray[Any]) -> Iterator[list[str]]:
    """Yield the words of each text."""
    for row in rows:
        yield [str(words[number - 1]) for number in row if number != NOTHING]
