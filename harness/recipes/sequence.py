"""Next-token models: streams of characters or words of a text, and how likely a model calls what comes next.

The data set is a text in parts (see `harness.data.corpus`). A task is its builder, its variants, made by `next_tokens`,
and its sizes; a variant's model takes windows of ids and gives logits of the token behind.
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from functools import partial
from itertools import islice
from typing import Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from harness.data.corpus import as_text
from harness.data.tokens import Level, vocabulary
from harness.recipes.fewer import few_rows
from harness.recipes.figures import learning_curves
from harness.recipes.known import measured
from harness.recipes.loops import Sequences
from harness.recipes.recipe import EVERYWHERE, Recipe
from harness.recipes.steps import answering, training_step
from harness.scoring.kneser_ney import KneserNey, growing, kneser_ney
from harness.scoring.sampling import answered, likelihoods, log_likelihood
from harness.scoring.text import perplexity
from harness.task import (
    Argument,
    ArrayOutput,
    Arrays,
    Builder,
    Call,
    Dataset,
    Dialogue,
    Figure,
    Measure,
    NaiveAnswer,
    Profile,
    Recorded,
    Score,
    Scored,
    Step,
    Talk,
    TaskData,
    Variant,
    VariantRun,
    maps,
)

Counted = Literal["pairs", "n-grams"]
TOKENS: Final[Mapping[Level, str]] = {"char": "characters", "word": "words"}
LONGEST: Final[Mapping[Level, tuple[int, ...]]] = {"char": (4, 5, 6, 7, 8, 10), "word": (2, 3, 4)}  # n-grams tried
TRIED: Final = 4_000  # tokens of the validation text that decide between them
LONG: Final = 8  # a held-out stretch is so many windows long or longer, so that few of its tokens go before them
QUESTIONS: Final = 128
FEW: Final = 4  # questions to a model as it was built
LARGEST_LOGIT: Final = 1e5
PERPLEXITY: Final = Measure("perplexity", "exp of the mean surprise at a held-out token", "lower")
ARGUMENTS: Final = (
    Argument("vocabulary_size", "int", "how many tokens there are; 0 stands for all that have no id of their own"),
    Argument("window", "int", "how many tokens the model is given"),
    Argument("level", '"char" or "word"', "what a token is"),
)
RETURNS: Final = (
    "a keras.Model, not compiled, from int32 ids (batch, window), the latest at the end, to logits of the next token"
    " (batch, vocabulary_size), so without a softmax. The harness trains it by cross-entropy with Adam"
)


@dataclass(frozen=True)
class Stream:
    """A text as tokens of one level, read through a window. Its arrays bear its `name`.

    A token of the vocabulary stands `least` times or more in the training text.
    """

    name: str
    level: Level
    window: int
    least: int = 1


@dataclass(frozen=True)
class NextTokens(Variant):
    """A variant that reads a `stream`; `counted` says what a given one counts."""

    _: KW_ONLY
    stream: Stream
    counted: Counted | None = None


@dataclass(frozen=True)
class Language:
    """Settings of a profile: how many tokens the vocabulary of a stream has, by the name of the stream.

    Training and validation take the first `tokens` of their parts, or all of them for None.
    """

    size: Mapping[str, int]
    learning_rate: float = 0.003
    tokens: int | None = None


def next_token_builder(
    *arguments: Argument, name: str = "build_model", text: str = "A model of the next token."
) -> Builder:
    """Return a builder of vocabulary, window, level and the `arguments` that variants change."""
    return Builder(name, text, (*ARGUMENTS, *arguments), RETURNS)


def next_tokens(name: str, text: str, level: Level, window: int, least: int = 1, **arguments: Any) -> NextTokens:
    """Return a variant that reads a stream of its own name through a window."""
    return NextTokens(name, text, arguments=arguments, stream=Stream(name, level, window, least))


@dataclass(frozen=True)
class SequenceModel(Recipe):
    """Windows of tokens in, logits of the next one out; counted pairs and n-grams are measured beside each variant.

    Every variant is made by `next_tokens`, and a profile's settings are `Language`. Questions have `rows` windows each,
    so that one function is compiled.
    """

    _: KW_ONLY
    variants: tuple[NextTokens, ...]
    asking: ClassVar[str] = "answer"  # the step's name
    rows: ClassVar[int] = 160

    def __post_init__(self) -> None:
        for variant in self.variants:
            NextTokens.of(variant)

    def given(self) -> tuple[NextTokens, ...]:
        return tuple(counting(v, counted) for v in self.variants for counted in COUNTED)

    def beside(self) -> tuple[NaiveAnswer, ...]:
        names = [m.name for m in self.measures()]
        return tuple(
            naive
            for profile in self.sizes
            for given in self.given()
            for naive in measured(given.text, given.name, (profile,), (given.stream.name,), names)
        )

    def measures(self) -> tuple[Measure, ...]:
        return (PERPLEXITY,)

    def findings(self) -> tuple[str, ...]:
        return (*EVERYWHERE, "weights_stand_still", "overfitting")

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Turn the text into ids, once for each variant.

        `ids_NAME` and `val_NAME` are streams to learn from. Hidden are the texts themselves, the tokens of the
        `vocabulary_NAME`, and `contexts_NAME` (questions, windows, window) with the token behind each in `y_test_NAME`.
        """
        arrays, learnt = dict(dataset.arrays), set[str]()
        for variant in self.variants:
            seen, held_out = streams(dataset, profile.settings, variant.stream, self.rows)
            arrays |= {**seen, **held_out}
            learnt |= seen.keys()
        return TaskData(dataset, arrays, frozenset(arrays) - learnt)

    def fewer(self, data: TaskData) -> TaskData:
        """Return the data with few questions about held-out text."""
        asked = [f"{name}_{v.stream.name}" for name in ("contexts", "y_test") for v in self.variants]
        return few_rows(data, asked, FEW)

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        del data
        stream = NextTokens.of(variant).stream
        size = profile.settings.size[stream.name]
        plain = {"vocabulary_size": size, "window": stream.window, "level": stream.level}
        return self.building(variant, plain, maps((stream.window,), (size,), tokens=size, logits=True))

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        stream = NextTokens.of(variant).stream
        size = profile.settings.size[stream.name]
        loop = Sequences(f"ids_{stream.name}", f"val_{stream.name}", stream.window, profile.settings.learning_rate)
        hint = "The model ends with logits, one finite number for each token."
        dialogue = Dialogue(
            partial(self.lead, stream),
            ArrayOutput("ids", (stream.window,), "int32", low=0, high=size - 1),
            ArrayOutput("logits", (size,), low=-LARGEST_LOGIT, high=LARGEST_LOGIT, hint=hint),
            self.rows,
        )
        told = self.told(profile, stream, data)
        return training_step(loop, profile), answering(self.asking, told, dialogue, profile.asking)

    def told(self, profile: Profile, stream: Stream, data: TaskData) -> tuple[ArrayOutput, ...]:
        """Return what the dialogue hands back."""
        del profile
        n = data.arrays[f"y_test_{stream.name}"].size
        return (ArrayOutput("log_likelihood", (n,), "float64", low=-100.0, high=0.0),)

    def lead(self, stream: Stream, data: TaskData, seed: int) -> Talk:
        """Ask what follows held-out contexts."""
        del seed
        contexts, answers = (data.arrays[f"{name}_{stream.name}"] for name in ("contexts", "y_test"))
        return {"log_likelihood": (yield from likelihoods(contexts, answers, self.rows))}

    def outputs(self, run: VariantRun) -> Arrays:
        """Return what a student's model answered, or what counted tokens do, in the same form."""
        variant = NextTokens.of(run.variant)
        if not variant.counted:
            return run.outputs
        counts = count(variant, run.data, run.profile.settings.size[variant.stream.name])
        return answered(self.lead(variant.stream, run.data, 0), counts.log_shares)

    def score(self, run: VariantRun) -> Scored:
        return Scored(self.likelihood(run, self.outputs(run)))

    def likelihood(self, run: VariantRun, outputs: Arrays) -> dict[str, Score]:
        """Return the perplexity of known tokens of held-out text; nothing where nothing was answered."""
        if "log_likelihood" not in outputs:
            return {}
        known = run.data.arrays[f"y_test_{NextTokens.of(run.variant).stream.name}"].ravel() > 0
        return {PERPLEXITY.name: perplexity(outputs["log_likelihood"][known])}

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        text = "Cross-entropy per token and epoch on training text and on text not trained on; lower is better."
        return tuple(learning_curves(runs, text))


COUNTED: Final[Mapping[Counted, tuple[str, str]]] = {
    "pairs": ("bigram", "counted pairs of {}"),
    "n-grams": ("kneser_ney", "counted n-grams of {} (Kneser-Ney)"),
}


def counting(variant: NextTokens, counted: Counted) -> NextTokens:
    """Return the given variant that counts what the stream of another holds."""
    suffix, text = COUNTED[counted]
    said = text.format(TOKENS[variant.stream.level])
    return NextTokens(f"{variant.name}_{suffix}", said, given=True, stream=variant.stream, counted=counted)


def count(variant: NextTokens, data: TaskData, size: int) -> KneserNey:
    """Return counts of the training text: of pairs, or of n-grams as long as validation text is best expected by."""
    name, window = variant.stream.name, variant.stream.window
    ids, val = data.arrays[f"ids_{name}"], data.arrays[f"val_{name}"][:TRIED]
    if variant.counted == "pairs":
        return kneser_ney(ids, size, 2)
    runs = np.lib.stride_tricks.sliding_window_view(val, window + 1)

    def expected(counts: KneserNey) -> float:
        return float(log_likelihood(counts.log_shares(runs[:, :-1]), runs[:, -1]).mean())

    orders = LONGEST[variant.stream.level]
    grown = enumerate(islice(growing(ids, size), max(orders)), 1)
    return max((counts for order, counts in grown if order in orders), key=expected)


def streams(dataset: Dataset, language: Language, stream: Stream, rows: int) -> tuple[Arrays, Arrays]:
    """Return the streams to learn from, and what is held out, by the names of `SequenceModel.prepare`."""
    texts = {part: as_text(dataset.arrays[part]) for part in ("x_train", "x_val", "x_test")}
    known = vocabulary(texts["x_train"], stream.level, language.size[stream.name], stream.least)
    contexts, answers = passages(known.encode(texts["x_test"]), stream.window, rows)
    seen = {
        f"ids_{stream.name}": known.encode(texts["x_train"])[: language.tokens],
        f"val_{stream.name}": known.encode(texts["x_val"])[: language.tokens],
    }
    held_out = {
        f"vocabulary_{stream.name}": np.array(known.tokens),
        f"contexts_{stream.name}": contexts,
        f"y_test_{stream.name}": answers,
    }
    return seen, held_out


def passages(ids: NDArray[np.int32], window: int, rows: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return windows (questions, windows, window) of a stream and the id behind each (questions, windows).

    The stream is cut into stretches, up to `rows` of them, and a question has the next window of every stretch: none
    holds the answer to another window of the same question or of a later one. At most QUESTIONS are asked.
    """
    stretches = min(rows, max(1, len(ids) // (LONG * window)))
    length = len(ids) // stretches
    cut = np.asarray(ids[: stretches * length]).reshape(stretches, length)
    runs = np.lib.stride_tricks.sliding_window_view(cut, window + 1, axis=1)[:, :QUESTIONS].swapaxes(0, 1)
    return np.ascontiguousarray(runs[..., :-1]), np.ascontiguousarray(runs[..., -1])
