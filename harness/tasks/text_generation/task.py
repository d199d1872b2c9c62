"""Language models of characters and of words, and the texts they write at several temperatures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.corpus import as_text
from harness.data.tokens import Level, Vocabulary, vocabulary, words
from harness.errors import DataError
from harness.recipes.recipe import EVERYWHERE
from harness.scoring.bigrams import bigram_logits
from harness.scoring.sampling import answered
from harness.scoring.score import Score
from harness.scoring.text import (
    balance,
    bleu,
    copied,
    distinct,
    existing,
    own_words,
    perplexity,
    self_bleu,
)
from harness.tasks.base import (
    Argument,
    Arrays,
    Builder,
    Call,
    Limits,
    Measure,
    NaiveAnswer,
    Profile,
    PublishedFigure,
    Scored,
    Task,
    TaskData,
    Variant,
    VariantRun,
    maps,
)
from harness.tasks.text_generation.figures import figures
from harness.tasks.text_generation.steps import TEMPERATURES, TEXTS, WORDS, lead, steps

LEVELS: Final[tuple[Level, ...]] = ("char", "word")
BALANCED: Final = "10"  # the temperature at which diversity, copying and existing words are looked at
REFERENCES = 80
LEAST: Final = {"char": 3, "word": 2}  # times that a token of the vocabulary stands in the training text

BUILDER = Builder(
    name="build_model",
    text="A model of the next token, for characters and for words.",
    arguments=(
        Argument("vocabulary_size", "int", "how many tokens there are; 0 stands for all that have no id of their own"),
        Argument("window", "int", "how many tokens the model is given"),
        Argument("level", '"char" or "word"', "what a token is"),
    ),
    returns="a keras.Model, not compiled, from int32 ids (batch, window), the latest at the end, to logits of the"
    " next token (batch, vocabulary_size), so without a softmax. The harness trains it by cross-entropy with Adam",
)

VARIANTS = (
    Variant("char", "characters", arguments={"level": "char", "window": 24}),
    Variant("word", "words and punctuation marks", arguments={"level": "word", "window": 8}),
    Variant(
        "char_bigram", "how often characters follow one another", arguments={"level": "char", "window": 24}, given=True
    ),
    Variant("word_bigram", "how often words follow one another", arguments={"level": "word", "window": 8}, given=True),
)


@dataclass(frozen=True)
class Settings:
    """`size` is how many tokens the vocabulary has at each level."""

    size: Mapping[str, int]
    learning_rate: float = 0.003


PROFILES = {
    "quick": Profile(
        name="quick",
        dataset="topics",
        epochs=8,
        batch_size=256,
        limits=Limits(wall_s=300, cpu_s=180, memory_mb=3_000),
        settings=Settings(size={"char": 48, "word": 1_800}),
    ),
    "full": Profile(
        name="full",
        dataset="text",
        epochs=8,
        batch_size=256,
        limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=8_000),
        settings=Settings(size={"char": 96, "word": 6_000}),
    ),
}

MEASURES = (
    Measure("perplexity", "exp of the mean surprise at a held-out token", "lower"),
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


# Course reports gave no figures: in two of three, BLEU of characters fell as temperature rose.
SHAKESPEARE = "exp of the validation loss, on tiny Shakespeare with capital letters and another split"
PUBLISHED = (
    PublishedFigure(
        "char.perplexity", 4.35, "nanoGPT, README", note=f"a transformer, three minutes on a GPU; {SHAKESPEARE}"
    ),
    PublishedFigure("char.perplexity", 6.55, "nanoGPT, README on a CPU", note=f"a small transformer; {SHAKESPEARE}"),
)

FREQUENCIES: Final = {
    "quick": ({"char": 19.6, "word": 311}, "counted in the training text, help topics of Python 3.11"),
    "full": ({"char": 19.7, "word": 401}, "counted in the training text, tiny Shakespeare"),
}
NAIVE = tuple(
    NaiveAnswer(f"{v.name}.{m.name}", "counted pairs of tokens", profile, measured=f"{v.name}_bigram.{m.name}")
    for profile in PROFILES
    for v in VARIANTS
    for m in MEASURES
    if not v.given
) + tuple(
    NaiveAnswer(f"{level}.perplexity", "frequencies of tokens", profile, value, origin)
    for profile, (values, origin) in FREQUENCIES.items()
    for level, value in values.items()
)


def prepare(dataset: Dataset, profile: Profile) -> TaskData:
    """Turn the text into ids at both levels.

    `ids_LEVEL` and `val_LEVEL` are streams to learn from. Hidden are the texts themselves, the tokens of the
    vocabulary, passages `contexts_LEVEL` with the token behind each in `y_test_LEVEL`, and the `prompts_LEVEL` among
    them. No passage holds the answer to another, and none stands in the text that references are taken from.
    """
    arrays = dict(dataset.arrays)
    texts = {part: as_text(points) for part, points in dataset.arrays.items()}
    if len(words(texts["x_reference"])) < REFERENCES * WORDS:
        raise DataError(
            f"Expected a text with more words ({dataset.origin}); take a longer one in an alphabet with spaces."
        )
    for variant in VARIANTS[: len(LEVELS)]:
        level, window = variant.arguments["level"], variant.arguments["window"]
        known = vocabulary(texts["x_train"], level, profile.settings.size[level], LEAST[level])
        contexts, answers = passages(known.encode(texts["x_test"]), window)
        arrays |= {
            f"ids_{level}": known.encode(texts["x_train"]),
            f"val_{level}": known.encode(texts["x_val"]),
            f"vocabulary_{level}": np.array(known.tokens),
            f"contexts_{level}": contexts,
            f"y_test_{level}": answers,
            f"prompts_{level}": prompts(contexts, known),
        }
    return TaskData(dataset, arrays, frozenset(n for n in arrays if n.partition("_")[0] not in ("ids", "val")))


def passages(ids: NDArray[np.int32], window: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Cut a stream into runs of `window` ids and the one behind each, none overlapping; known tokens only behind."""
    n = len(ids) // (window + 1)
    runs = ids[: n * (window + 1)].reshape(n, window + 1)
    runs = runs[runs[:, -1] > 0]
    return np.ascontiguousarray(runs[:, :-1]), runs[:, -1].astype(np.int64)


def prompts(contexts: NDArray[np.int32], known: Vocabulary) -> NDArray[np.int32]:
    """Return TEXTS contexts, evenly spread; of characters only those that end with a whole word."""
    if known.level == "char":
        contexts = contexts[contexts[:, -1] == known.tokens.index(" ")]
    return contexts[np.linspace(0, len(contexts) - 1, TEXTS).astype(np.int64)]


def call(profile: Profile, variant: Variant, data: TaskData) -> Call:
    del data
    level, window = variant.arguments["level"], variant.arguments["window"]
    size = profile.settings.size[level]
    spec = maps((window,), (size,), tokens=size)
    return Call(BUILDER.name, {"vocabulary_size": size, "window": window, "level": level}, (spec,))


def by_bigrams(profile: Profile, variant: Variant, data: TaskData) -> Arrays:
    """Return what counted pairs of tokens answer, in the form of a student's outputs."""
    level = variant.arguments["level"]
    table = bigram_logits(data.arrays[f"ids_{level}"], profile.settings.size[level])
    return answered(lead(level, data, 0), lambda windows: table[windows[:, -1]])


def score(run: VariantRun) -> Scored:
    level, arrays = run.variant.arguments["level"], run.data.arrays
    outputs = by_bigrams(run.profile, run.variant, run.data) if run.variant.given else run.outputs
    if "ids" not in outputs:
        return Scored({})
    known = Vocabulary(level, tuple(arrays[f"vocabulary_{level}"].tolist()))
    measures = {"perplexity": perplexity(outputs["log_likelihood"])}
    written = {t: [known.decode(ids) for ids in texts] for t, texts in zip(TEMPERATURES, outputs["ids"], strict=True)}
    found, real = measure_texts({t: [words(x)[:WORDS] for x in texts] for t, texts in written.items()}, run.data)
    evidence = {
        "prompt": np.array(known.decode(arrays[f"prompts_{level}"][0])),
        "written": np.array([texts[0] for texts in written.values()]),
        "real": np.array([score.value for score in real]),
    }
    return Scored(measures | found, evidence)


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


TASK = Task(
    name="text_generation",
    version=1,
    title="Text generation",
    summary="Learn a language from a text, by characters and by words, and write it. You give a network from a window"
    " of tokens to logits of the next one; the harness trains it and then draws from it token by token at temperatures"
    " from 0.2 to 1.5. Good texts are like held-out text and unlike one another.",
    builders=(BUILDER,),
    variants=VARIANTS,
    profiles=PROFILES,
    measures=MEASURES,
    prepare=prepare,
    call=call,
    steps=steps,
    score=score,
    figures=figures,
    findings=(*EVERYWHERE, "weights_stand_still", "overfitting", "underfitting"),
    published=PUBLISHED,
    naive=NAIVE,
)
