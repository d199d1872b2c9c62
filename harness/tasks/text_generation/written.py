"""Texts that a model goes on writing at several temperatures, measured beside real text."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.corpus import as_text
from harness.data.tokens import Level, words
from harness.scoring.score import Score
from harness.scoring.text import balance, bleu, copied, distinct, existing, own_words, self_bleu
from harness.task import Measure, TaskData

TEMPERATURES: Final = {"02": 0.2, "05": 0.5, "10": 1.0, "15": 1.5}
BALANCED: Final = "10"  # the temperature at which diversity, copying and existing words are looked at
TEXTS: Final = 40  # texts written at each temperature
REFERENCES: Final = 80
WORDS: Final = 32  # of a text that are measured, and of a reference
LENGTH: Final[Mapping[Level, int]] = {"char": 240, "word": WORDS}  # tokens written: characters enough for the words

MEASURES = (
    *(Measure(f"bleu_{t}", f"BLEU-3 of texts at temperature {v}", "higher") for t, v in TEMPERATURES.items()),
    *(
        Measure(f"self_bleu_{t}", f"BLEU-3 of each text at temperature {v} against the others", "lower")
        for t, v in TEMPERATURES.items()
    ),
    *(
        Measure(f"balance_{t}", f"quality, diversity and own words at temperature {v}, beside real text", "higher")
        for t, v in TEMPERATURES.items()
    ),
    Measure("distinct_1", "share of different words at temperature 1", "higher"),
    Measure("distinct_2", "share of different pairs of words at temperature 1", "higher"),
    Measure("copied", "longest run of words copied from the training text at temperature 1", "lower", "words"),
    Measure("existing", "share of words at temperature 1 that the corpus has", "higher"),
)


def evenly(contexts: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return TEXTS contexts (n, window), evenly spread."""
    return contexts[np.linspace(0, len(contexts) - 1, TEXTS).astype(np.int64)]


def measure_texts(written: Mapping[str, list[list[str]]], data: TaskData) -> tuple[dict[str, Score], tuple[Score, ...]]:
    """Return the measures of texts by temperature, and BLEU, self-BLEU and own words of as many real ones."""
    whole = {part: as_text(data.arrays[part]) for part in data.dataset.arrays}
    parts = {part: words(text) for part, text in whole.items()}
    references = spread(parts["x_reference"], REFERENCES)
    real = real_scores(whole["x_test"], whole["x_reference"], whole["x_train"])
    found: dict[str, Score] = {}
    for t, texts in written.items():
        scores = {"bleu": bleu(texts, references), "self_bleu": self_bleu(texts)}
        scores["balance"] = balance((*scores.values(), own_words(texts, parts["x_train"])), real)
        found |= {f"{name}_{t}": at(value, t) for name, value in scores.items()}
    texts = written[BALANCED]
    everything = frozenset().union(*parts.values())
    scores = {f"distinct_{n}": distinct(texts, n) for n in (1, 2)}
    scores |= {"copied": copied(texts, parts["x_train"]), "existing": existing(texts, everything)}
    return found | {name: at(value, BALANCED) for name, value in scores.items()}, real


@lru_cache(maxsize=2)
def real_scores(test: str, reference: str, train: str) -> tuple[Score, ...]:
    """Return BLEU, self-BLEU and own words of real texts; counted once, as they are the same for every submission."""
    texts = spread(words(test), TEXTS)
    return bleu(texts, spread(words(reference), REFERENCES)), self_bleu(texts), own_words(texts, words(train))


def spread(text: list[str], n: int) -> list[list[str]]:
    """Return n pieces of WORDS words, evenly spread over a text."""
    starts = np.linspace(0, len(text) - WORDS, n).astype(np.int64)
    return [text[i : i + WORDS] for i in starts]


def at(score: Score, t: str) -> Score:
    """Say in the signature how the texts were drawn."""
    return replace(
        score, signature=f"{score.signature}|temperature:{TEMPERATURES[t]}|words:{WORDS}|tokens:words and marks"
    )
