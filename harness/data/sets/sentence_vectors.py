"""Vectors of the words of `sentences`, from how often they stand near one another in many more of them."""

from typing import Final

from harness.data.base import Dataset
from harness.data.co_occurrences import word_vectors
from harness.data.key import Key
from harness.data.loader import Whole
from harness.data.sets.sentences import spoken
from harness.data.word_vectors import vectors

READ: Final = 6_000  # sentences, none of them one of the data set but by chance
SIZE: Final = 16
WINDOW: Final = 4


def made(key: Key) -> Dataset:
    """Return `words` (w,) and `vectors`, float32 (w, 16), under the same key as the sentences."""
    texts = (text for text, _ in spoken(key, "vectors", READ))
    origin = f"co-occurrences of words in {READ:,} further sentences"
    return vectors("sentence_vectors", *word_vectors(texts, SIZE, WINDOW), origin, key)


DATASET = Whole("sentence_vectors", made, invented=True)
