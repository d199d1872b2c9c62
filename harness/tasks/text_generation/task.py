"""Language models of characters and of words, and the texts they write at several temperatures."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from harness.data.corpus import as_text
from harness.data.tokens import Vocabulary, words
from harness.recipes.fewer import few_rows
from harness.recipes.known import published
from harness.recipes.sequence import Language, NextTokens, SequenceModel, Stream, next_token_builder, next_tokens
from harness.scoring.sampling import continuations
from harness.task import (
    ArrayOutput,
    Dataset,
    Figure,
    Limits,
    Measure,
    Profile,
    Recorded,
    Scored,
    Talk,
    TaskData,
    VariantRun,
)
from harness.tasks.text_generation.figures import figures
from harness.tasks.text_generation.written import (
    LENGTH,
    MEASURES,
    TEMPERATURES,
    TEXTS,
    WORDS,
    measure_texts,
    passages,
)

VARIANTS = (
    next_tokens("char", "characters", "char", window=32, least=3),
    next_tokens("word", "words and punctuation marks", "word", window=16, least=2),
)
QUICK = Profile(
    name="quick",
    dataset="tales",
    epochs=6,
    batch_size=128,
    limits=Limits(wall_s=1_440, cpu_s=720, memory_mb=3_000),
    settings=Language(size={"char": 32, "word": 320}),
)
FULL = Profile(
    name="full",
    dataset="text",
    epochs=8,
    batch_size=256,
    limits=Limits(wall_s=7_200, cpu_s=7_200, memory_mb=8_000),
    settings=Language(size={"char": 96, "word": 6_000}),
)
TINY = replace(QUICK, name="tiny", epochs=1, settings=Language(size={"char": 32, "word": 320}, tokens=3_000))

# Course reports gave no figures: in two of three, BLEU of characters fell as temperature rose.
SHAKESPEARE = "exp of the validation loss, on tiny Shakespeare with capital letters and another split"
GPU, CPU = f"a transformer, three minutes on a GPU; {SHAKESPEARE}", f"a small transformer; {SHAKESPEARE}"
PUBLISHED = (
    *published("nanoGPT, README", "perplexity", GPU, char=4.35),
    *published("nanoGPT, README on a CPU", "perplexity", CPU, char=6.55),
)


@dataclass(frozen=True)
class TextGeneration(SequenceModel):
    """Next-token models that also go on from held-out passages, at every temperature."""

    asking: ClassVar = "write"
    rows: ClassVar = TEXTS * len(TEMPERATURES)

    def measures(self) -> tuple[Measure, ...]:
        return (*super().measures(), *MEASURES)

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Add `prompts_NAME`: what texts go on from, of passages that no question about likelihood shows."""
        data = super().prepare(dataset, profile)
        asked = {f"prompts_{v.stream.name}": self.prompts(v.stream, data) for v in self.variants}
        return TaskData(dataset, {**data.arrays, **asked}, data.hidden | asked.keys())

    def fewer(self, data: TaskData) -> TaskData:
        """Return the data with nothing to go on from: texts take too long for a model as it was built."""
        return few_rows(super().fewer(data), [name for name in data.arrays if name.startswith("prompts_")], 0)

    def prompts(self, stream: Stream, data: TaskData) -> NDArray[np.int32]:
        """Return the beginnings of held-out passages as ids (TEXTS, window)."""
        known = self.vocabulary(stream, data)
        held_out = passages(as_text(data.arrays["x_reference"]), stream.level, stream.window)
        return np.array([known.numbers(p.prompt) for p in held_out], dtype=np.int32)

    def vocabulary(self, stream: Stream, data: TaskData) -> Vocabulary:
        return Vocabulary(stream.level, tuple(data.arrays[f"vocabulary_{stream.name}"].tolist()))

    def told(self, profile: Profile, stream: Stream, data: TaskData) -> tuple[ArrayOutput, ...]:
        if not len(data.arrays[f"prompts_{stream.name}"]):
            return super().told(profile, stream, data)
        shape, largest = (len(TEMPERATURES), TEXTS, LENGTH[stream.level]), profile.settings.size[stream.name] - 1
        return (*super().told(profile, stream, data), ArrayOutput("ids", shape, "int32", low=0, high=largest))

    def lead(self, stream: Stream, data: TaskData, seed: int) -> Talk:
        """Ask what follows held-out contexts, then for texts at every temperature; all that is drawn is drawn here."""
        likely = yield from super().lead(stream, data, seed)
        if not len(data.arrays[f"prompts_{stream.name}"]):
            return likely
        hot, tokens = tuple(TEMPERATURES.values()), len(data.arrays[f"vocabulary_{stream.name}"])
        asked = data.arrays[f"prompts_{stream.name}"]
        ids = yield from continuations(asked, hot, LENGTH[stream.level], tokens, np.random.default_rng(seed))
        return {**likely, "ids": ids}

    def score(self, run: VariantRun) -> Scored:
        stream, outputs = NextTokens.of(run.variant).stream, self.outputs(run)
        if "ids" not in outputs:
            return Scored(self.likelihood(run, outputs))
        known = self.vocabulary(stream, run.data)
        texts = {t: [known.decode(ids) for ids in many] for t, many in zip(TEMPERATURES, outputs["ids"], strict=True)}
        cut = {t: [words(x)[:WORDS] for x in many] for t, many in texts.items()}
        found, real = measure_texts(cut, stream, run.data)
        evidence = {
            "prompt": np.array(known.decode(run.data.arrays[f"prompts_{stream.name}"][0])),
            "written": np.array([many[0] for many in texts.values()]),
            "real": np.array([score.value for score in real]),
        }
        return Scored({**self.likelihood(run, outputs), **found}, evidence)

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        return (*super().figures(runs), *figures(runs))


TASK = TextGeneration(
    "text_generation",
    "Text generation",
    "Learn a language from a text, by characters and by words, and write it. You give a network from a window"
    " of tokens to logits of the next one; the harness trains it and then draws from it token by token at temperatures"
    " from 0.2 to 1.5. Good texts go on as held-out passages do and are unlike one another. The quick profile reads"
    " tales in a language that is invented anew for every class, the full one any text.",
    builders=(next_token_builder(text="A model of the next token, for characters and for words."),),
    variants=VARIANTS,
    profiles=(QUICK, FULL),
    version=2,
    published=PUBLISHED,
    tiny=TINY,
).task()
