"""Texts that a model goes on writing at several temperatures, measured beside real text."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Final

from harness.data.corpus import as_text
from harness.data.tokens import Level, split, words
from harness.errors import DataError
from harness.recipes.sequence import Stream
from harness.scoring.score import Score
from harness.scoring.text import balance, bleu, copied, distinct, existing, own_words, self_bleu
from harness.task import Better, Measure, TaskData

TEMPERATURES: Final = {"02": 0.2, "05": 0.5, "10": 1.0, "15": 1.5}
BALANCED: Final = "10"  # the temperature at which diversity, copying and existing words are looked at
TEXTS: Final = 40  # texts written at each temperature
REFERENCES: Final = 8  # of each text at most, and two at least
WORDS: Final = 32  # of a text that are measured, and of a reference
LENGTH: Final[Mapping[Level, int]] = {"char": 240, "word": WORDS}  # tokens written: characters enough for the words

BY_TEMPERATURE: Final[tuple[tuple[str, str, Better], ...]] = (
    ("bleu", "BLEU-3 of texts at temperature {}, beside their own passages", "higher"),
    ("self_bleu", "BLEU-3 of each text at temperature {} against the others", "lower"),
    ("balance", "quality, diversity and own words at temperature {}, beside real text", "higher"),
)
MEASURES = (
    *(
        Measure(f"{m}_{t}", text.format(v), better)
        for m, text, better in BY_TEMPERATURE
        for t, v in TEMPERATURES.items()
    ),
    Measure("distinct_1", "share of different words at temperature 1", "higher"),
    Measure("distinct_2", "share of different pairs of words at temperature 1", "higher"),
    Measure("copied", "longest run of words copied from the training text at temperature 1", "lower", "words"),
    Measure("existing", "share of words at temperature 1 that the corpus has", "higher"),
)


@dataclass(frozen=True)
class Passage:
    """A held-out passage: the tokens that a text goes on from, the words that go on in truth, and those after them."""

    prompt: list[str]
    real: list[str]
    references: list[list[str]]


def passages(text: str, level: Level, window: int) -> list[Passage]:
    """Cut a held-out text into TEXTS passages; prompts have `window` tokens, and of characters end with a word.

    Raises DataError where a passage has too few words.
    """
    tokens = split(text, level)
    length = len(tokens) // TEXTS
    found = [passage(tokens[i * length : (i + 1) * length], level, window) for i in range(TEXTS)]
    if not all(p.prompt and all(p.references) for p in found):
        raise DataError("Expected a text with more words; take a longer one in an alphabet with spaces.")
    return found


def passage(tokens: list[str], level: Level, window: int) -> Passage:
    ends = [i for i in range(window, len(tokens)) if level == "word" or tokens[i - 1] == " "]
    end = ends[0] if ends else 0
    after = words(("" if level == "char" else " ").join(tokens[end:]))
    real, *references = (after[i : i + WORDS] for i in range(0, max(len(after), 3 * WORDS), WORDS))
    return Passage(tokens[max(end - window, 0) : end], real, references[:REFERENCES])


@dataclass(frozen=True)
class Corpus:
    """What texts are measured beside: words, held-out passages, and BLEU, self-BLEU and own words of real texts."""

    train: list[str]
    known: frozenset[str]
    references: list[list[list[str]]]
    real: tuple[Score, ...]


def measure_texts(
    written: Mapping[str, list[list[str]]], stream: Stream, data: TaskData
) -> tuple[dict[str, Score], tuple[Score, ...]]:
    """Return the measures of texts by temperature, and BLEU, self-BLEU and own words of as many real ones."""
    beside = corpus(stream, **{part: as_text(data.arrays[part]) for part in data.dataset.arrays})
    found: dict[str, Score] = {}
    for t, texts in written.items():
        scores = {"bleu": bleu(texts, beside.references), "self_bleu": self_bleu(texts)}
        scores["balance"] = balance((*scores.values(), own_words(texts, beside.train)), beside.real)
        found |= {f"{name}_{t}": at(value, t) for name, value in scores.items()}
    texts = written[BALANCED]
    scores = {f"distinct_{n}": distinct(texts, n) for n in (1, 2)}
    scores |= {"copied": copied(texts, beside.train), "existing": existing(texts, beside.known)}
    return found | {name: at(value, BALANCED) for name, value in scores.items()}, beside.real


@lru_cache(maxsize=4)
def corpus(stream: Stream, **whole: str) -> Corpus:
    """Return what there is in whole texts, by part; read once, as they are the same for every submission."""
    split_up = {part: words(text) for part, text in whole.items()}
    train, held_out = split_up["x_train"], passages(whole["x_reference"], stream.level, stream.window)
    references, texts = [p.references for p in held_out], [p.real for p in held_out]
    real = bleu(texts, references), self_bleu(texts), own_words(texts, train)
    return Corpus(train, frozenset(chain.from_iterable(split_up.values())), references, real)


def at(score: Score, t: str) -> Score:
    """Say in the signature how the texts were drawn."""
    return replace(
        score, signature=f"{score.signature}|temperature:{TEMPERATURES[t]}|words:{WORDS}|tokens:words and marks"
    )
