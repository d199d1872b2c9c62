"""Language models of characters and of words, and the texts they write at several temperatures."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.base import Dataset
from harness.data.corpus import as_text
from harness.data.tokens import Level, Vocabulary, vocabulary, words
from harness.errors import DataError
from harness.scoring.bigrams import bigram_logits
from harness.scoring.sampling import answered, continuations, likelihoods
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
    ArrayOutput,
    Arrays,
    Builder,
    BytesOutput,
    Call,
    Dialogue,
    Figure,
    Limits,
    Measure,
    ModelSpec,
    Naive,
    Profile,
    Published,
    Recorded,
    Score,
    Scored,
    Step,
    Task,
    TaskData,
    Variant,
    VariantRun,
)

LEVELS: Final[tuple[Level, ...]] = ("char", "word")
CURVE = ("loss", "val_loss")
TEMPERATURES: Final = {"02": 0.2, "05": 0.5, "10": 1.0, "15": 1.5}
BALANCED: Final = "10"  # the temperature at which diversity, copying and existing words are looked at
TEXTS = 40  # texts written at each temperature
WORDS = 32  # of a text that are measured, and of a reference
REFERENCES = 80
LENGTH: Final = {"char": 240, "word": WORDS}  # tokens written: characters enough for the words
LEAST: Final = {"char": 3, "word": 2}  # times that a token of the vocabulary stands in the training text
ROWS = TEXTS * len(TEMPERATURES)  # of every question, so that one function is compiled
LARGEST_LOGIT = 1e5

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

PROFILES = {
    "quick": Profile(
        name="quick",
        dataset="topics",
        epochs=8,
        batch_size=256,
        limits=Limits(wall_s=300, cpu_s=180, memory_mb=3_000),
        settings={"size": {"char": 48, "word": 1_800}, "learning_rate": {"char": 0.003, "word": 0.003}},
    ),
    "full": Profile(
        name="full",
        dataset="text",
        epochs=8,
        batch_size=256,
        limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=8_000),
        settings={"size": {"char": 96, "word": 6_000}, "learning_rate": {"char": 0.003, "word": 0.003}},
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
    Published("char.perplexity", 4.35, "nanoGPT, README", note=f"a transformer, three minutes on a GPU; {SHAKESPEARE}"),
    Published("char.perplexity", 6.55, "nanoGPT, README on a CPU", note=f"a small transformer; {SHAKESPEARE}"),
)

FREQUENCIES: Final = {
    "quick": ({"char": 19.6, "word": 311}, "counted in the training text, help topics of Python 3.11"),
    "full": ({"char": 19.7, "word": 401}, "counted in the training text, tiny Shakespeare"),
}
NAIVE = tuple(
    Naive(f"{v.name}.{m.name}", "counted pairs of tokens", profile, measured=f"{v.name}_bigram.{m.name}")
    for profile in PROFILES
    for v in VARIANTS
    for m in MEASURES
    if not v.given
) + tuple(
    Naive(f"{level}.perplexity", "frequencies of tokens", profile, value, origin)
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
        known = vocabulary(texts["x_train"], level, profile.settings["size"][level], LEAST[level])
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


def call(profile: Profile, variant: Variant) -> Call:
    level, window = variant.arguments["level"], variant.arguments["window"]
    size = profile.settings["size"][level]
    spec = ModelSpec("model", (window,), (size,), tokens=size)
    return Call(BUILDER.name, {"vocabulary_size": size, "window": window, "level": level}, (spec,))


def steps(profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
    level, window = variant.arguments["level"], variant.arguments["window"]
    size, n = profile.settings["size"][level], len(data.arrays[f"y_test_{level}"])
    train = Step(
        name="train",
        run="harness.training.sequences:train",
        inputs=(f"ids_{level}", f"val_{level}"),
        outputs=(
            BytesOutput("weights", 200_000_000),
            ArrayOutput("curve", (profile.epochs, len(CURVE)), "float64", finite=False),
            ArrayOutput("facts", (2,), "float64"),
        ),
        limits=profile.limits,
        settings={
            "epochs": profile.epochs,
            "batch_size": profile.batch_size,
            "columns": CURVE,
            "level": level,
            "window": window,
            "learning_rate": profile.settings["learning_rate"][level],
        },
    )
    hint = "The model ends with logits, one finite number for each token."
    write = Step(
        name="write",
        run="harness.training.answering:answering",
        inputs=("weights",),
        outputs=(
            ArrayOutput("log_likelihood", (n,), "float64", low=-100.0, high=0.0),
            ArrayOutput("ids", (len(TEMPERATURES), TEXTS, LENGTH[level]), "int32", low=0, high=size - 1),
        ),
        limits=profile.limits,
        settings={"level": level},
        hidden=True,
        dialogue=Dialogue(
            lead,
            ArrayOutput("ids", (window,), "int32", low=0, high=size - 1),
            ArrayOutput("logits", (size,), low=-LARGEST_LOGIT, high=LARGEST_LOGIT, hint=hint),
            ROWS,
        ),
    )
    return train, write


def lead(
    data: TaskData, settings: Mapping[str, Any], seed: int
) -> Generator[NDArray[Any], NDArray[Any], dict[str, NDArray[Any]]]:
    """Ask what follows held-out contexts, then for texts at every temperature; all that is drawn is drawn here."""
    level, arrays = settings["level"], data.arrays
    likely = yield from likelihoods(arrays[f"contexts_{level}"], arrays[f"y_test_{level}"], ROWS)
    hot, tokens = tuple(TEMPERATURES.values()), len(arrays[f"vocabulary_{level}"])
    rng = np.random.default_rng(seed)
    ids = yield from continuations(arrays[f"prompts_{level}"], hot, LENGTH[level], tokens, rng)
    return {"log_likelihood": likely, "ids": ids}


def by_bigrams(profile: Profile, variant: Variant, data: TaskData) -> Arrays:
    """Return what counted pairs of tokens answer, in the form of a student's outputs."""
    level = variant.arguments["level"]
    table = bigram_logits(data.arrays[f"ids_{level}"], profile.settings["size"][level])
    return answered(lead(data, {"level": level}, 0), lambda windows: table[windows[:, -1]])


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
    parts = {part: words(as_text(data.arrays[part])) for part in data.dataset.arrays}
    references = spread(parts["x_reference"], REFERENCES)
    real_texts = spread(parts["x_test"], TEXTS)
    real = bleu(real_texts, references), self_bleu(real_texts), own_words(real_texts, parts["x_train"])
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


def spread(text: list[str], n: int) -> list[list[str]]:
    """Return n pieces of WORDS words, evenly spread over a text."""
    starts = np.linspace(0, len(text) - WORDS, n).astype(np.int64)
    return [text[i : i + WORDS] for i in starts]


def at(score: Score, t: str) -> Score:
    """Say in the signature how the texts were drawn."""
    return replace(
        score, signature=f"{score.signature}|temperature:{TEMPERATURES[t]}|words:{WORDS}|tokens:words and marks"
    )


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found = []
    if panels := {name: r.curve for name, r in runs.items() if r.curve}:
        text = "Cross-entropy per token and epoch on training text and on text not trained on."
        found.append(Figure("curves", "Learning curves", text, {"panels": panels}))
    written = {name: r for name, r in runs.items() if "written" in r.evidence}
    if written:
        found += [against_temperature(written), side_by_side(written)]
    return tuple(found)


def against_temperature(runs: Mapping[str, Recorded]) -> Figure:
    x = list(TEMPERATURES.values())
    held_out = next(iter(runs.values())).evidence["real"].tolist()
    panels: dict[str, dict[str, tuple[list[float], list[float]]]] = {}
    for title, measure, real in (
        ("BLEU", "bleu", held_out[0]),
        ("Self-BLEU", "self_bleu", held_out[1]),
        ("Balance", "balance", 1.0),
    ):
        series = {name: (x, [r.measures[f"{measure}_{t}"] for t in TEMPERATURES]) for name, r in runs.items()}
        panels[title] = {**series, "held-out text": (x, [real] * len(x))}
    text = (
        "How like held-out text (BLEU) and how like one another (self-BLEU) the written texts are, by temperature, and"
        " both together with how little is copied (balance)."
    )
    data = {"panels": panels, "x": "temperature", "y": "value", "truth": "held-out text"}
    return Figure("lines", "BLEU against temperature", text, data)


def side_by_side(runs: Mapping[str, Recorded]) -> Figure:
    rows = {"goes on from": {name: str(r.evidence["prompt"]) for name, r in runs.items()}}
    for i, value in enumerate(TEMPERATURES.values()):
        rows[f"temperature {value}"] = {name: str(r.evidence["written"][i]) for name, r in runs.items()}
    text = "The same held-out passage continued at each temperature."
    return Figure("texts", "Texts by temperature", text, {"rows": rows})


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
    published=PUBLISHED,
    naive=NAIVE,
)
