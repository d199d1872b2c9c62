"""Sentiment of texts: an average of word vectors, an LSTM, and an LSTM on vectors that were learnt elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.word_ids import UNKNOWN, WordIds
from harness.data.word_vectors import matrix_of
from harness.recipes.classifier import Classifier
from harness.recipes.fewer import few_rows
from harness.recipes.known import measured as by_harness
from harness.recipes.known import naive, published, standing_in
from harness.recipes.loops import PARTS, Supervised
from harness.recipes.recipe import EVERYWHERE
from harness.recipes.steps import predicting, training_step
from harness.scoring.linear import id_counts, regression_probabilities
from harness.scoring.words import votes
from harness.task import (
    Argument,
    ArrayOutput,
    Arrays,
    Builder,
    Call,
    Dataset,
    Figure,
    FurtherData,
    Limits,
    Measure,
    NaiveAnswer,
    Profile,
    Recorded,
    Scored,
    Sizes,
    Step,
    TaskData,
    Variant,
    VariantRun,
    maps,
)
from harness.tasks.text_embeddings.figures import shown, words_near
from harness.tasks.text_embeddings.words import (
    GIVEN,
    MATRIX,
    MEASURES,
    TRAINED,
    VOCABULARY,
    asked_about,
    looking,
    measured,
    parts_of,
)

IDS = Argument("vocabulary_size", "int", "how many ids there are: 0 is padding, 1 every word without an id of its own")
LENGTH = Argument("length", "int", "how many ids a text has; padding stands behind the words")
SIZE = Argument("embedding_size", "int", "numbers in a word's vector")
ROWS = Argument(MATRIX, "float32 array (vocabulary_size, size)", "a vector for each id; zeros where there is none")
LEARNS = Argument("trainable", "bool", "whether these vectors learn on, or stay what they are to the last bit")
RETURNS = (
    "a compiled keras.Model from int32 ids (batch, length) to the probability of praise (batch, 1), behind a sigmoid;"
    " labels are 0 and 1, so the loss is binary cross-entropy; track the metric accuracy. Padding is no word. The layer"
    ' with a vector for each id is named "embedding"'
)
BUILDERS = (
    Builder("build_average", "A classifier of the mean of a text's vectors.", (IDS, LENGTH), RETURNS, compiles=True),
    Builder("build_lstm", "A classifier that reads a text in order.", (IDS, LENGTH, SIZE), RETURNS, compiles=True),
    Builder(
        "build_glove",
        "The same, and its vectors begin as those that are given.",
        (IDS, LENGTH, ROWS, LEARNS),
        RETURNS,
        compiles=True,
    ),
)
VARIANTS = (
    Variant("average", "the mean of word vectors, in which no order is left", "build_average"),
    Variant("lstm", "an LSTM on vectors of its own", "build_lstm"),
    Variant("glove", "an LSTM on given vectors that learn on", "build_glove", {"trainable": True}),
    Variant("frozen", "an LSTM on given vectors that stay what they are", "build_glove", {"trainable": False}),
)
LINEAR = Variant("linear", "logistic regression on counts of words", given=True)
VOTES = Variant("votes", "words counted for and against (naive Bayes)", given=True)


@dataclass(frozen=True)
class Reading:
    """How many ids a text has and how many there are at most; how long vectors are that are not given."""

    length: int
    ids: int
    size: int


PROFILES = (
    Profile(
        "quick",
        "sentences",
        epochs=16,
        batch_size=32,
        limits=Limits(wall_s=120, cpu_s=60, memory_mb=3_000),
        sizes=Sizes(train=600, val=200, test=1_000),
        further={"vectors": FurtherData("sentence_vectors")},
        settings=Reading(length=12, ids=1_000, size=16),
    ),
    Profile(
        "full",
        "imdb",
        epochs=5,
        batch_size=64,
        limits=Limits(wall_s=14_400, cpu_s=14_400, memory_mb=16_000),
        further={"vectors": FurtherData("glove")},
        settings=Reading(length=200, ids=10_000, size=100),
    ),
)
A, C = "course report A", "course report C"
PUBLISHED = (
    *published(A, "test_accuracy", average=0.8524, lstm=0.8511, glove=0.8682),
    *published(A, "probe_negative", average=0.368, lstm=0.224, glove=0.438),
    *published(A, "probe_positive", average=0.368, lstm=0.306, glove=0.484),
    *published(C, "test_accuracy", average=0.852, lstm=0.850, glove=0.856),
    *published(C, "probe_negative", average=0.345, lstm=0.184, glove=0.168),
    *published(C, "probe_positive", average=0.345, lstm=0.418, glove=0.703),
)
IN_ORDER: Final = ("lstm", *GIVEN)  # variants that can read the order of words
ACCURACIES: Final = ("val_accuracy", "test_accuracy")
COUNTED: Final = {"votes.val_accuracy": 0.8312, "votes.test_accuracy": 0.814}
NAIVE = naive(
    "chance", ("quick", "full"), TRAINED, dict.fromkeys(ACCURACIES, 0.5), "one class of two, equally frequent"
)
FINDINGS: Final = (
    *EVERYWHERE,
    *("weights_stand_still", "matrix_not_loaded", "matrix_not_frozen", "matrix_stands_still", "order_thrown_away"),
    *("order_seen_by_average", "padding_counted", "at_chance", "constant_output", "overfitting", "underfitting"),
)


class Sentiment(Classifier):
    """Yes or no of a text, and what is asked beside it."""

    examples = "texts"

    def given(self) -> tuple[Variant, ...]:
        return LINEAR, VOTES

    def beside(self) -> tuple[NaiveAnswer, ...]:
        """Return what counts of words reach; on reviews a regression on them is as good as LSTMs, and not among it."""
        regression, count = (
            tuple(by_harness(v.text, v.name, names, IN_ORDER, ACCURACIES))
            for v, names in ((LINEAR, ("quick",)), (VOTES, ("quick", "full")))
        )
        return (*regression, *standing_in(count, "full", COUNTED, "measured with 7,200 of 25,000 training reviews"))

    def measures(self) -> tuple[Measure, ...]:
        return (*super().measures(), *MEASURES)

    def findings(self) -> tuple[str, ...]:
        return FINDINGS

    def prepare(self, dataset: Dataset, profile: Profile) -> TaskData:
        """Return ids in place of words, of which only those of the training part have one, and the matrix of these."""
        data, reading = super().prepare(dataset, profile), profile.settings
        raw, words = dataset.arrays, dataset.arrays["words"]
        known = WordIds.of(raw["x_train"], words, reading.ids)
        ids = {f"x_{part}": known.translated(raw[f"x_{part}"], words, reading.length) for part in PARTS}
        more = {VOCABULARY: np.array(known.words), MATRIX: matrix_of(known, dataset.further["vectors"])}
        labels = {f"y_{part}": raw[f"y_{part}"] for part in PARTS}
        return replace(data, arrays={**ids, **labels, **more, **asked_about(known, ids["x_val"])})

    def fewer(self, data: TaskData) -> TaskData:
        """Return fewer rows, and none of what is asked beside the parts: an average is blind before it is trained."""
        return few_rows(super().fewer(data), ("x_probe", "x_once", "x_twice"), 0)

    def call(self, profile: Profile, variant: Variant, data: TaskData) -> Call:
        reading, ids = profile.settings, len(data.arrays[MATRIX])
        spec = maps((reading.length,), (1,), compiled=True, tokens=ids)
        plain: dict[str, Any] = {"vocabulary_size": ids, "length": reading.length}
        if variant.name == "lstm":
            plain["embedding_size"] = reading.size
        return self.building(variant, plain, spec, arrays={MATRIX: MATRIX} if variant.name in GIVEN else {})

    def steps(self, profile: Profile, variant: Variant, data: TaskData) -> tuple[Step, ...]:
        hint = "The last layer must be a sigmoid; if it is and the numbers are not finite, the loss diverged."
        parts = parts_of(variant)
        outputs = tuple(
            ArrayOutput(f"p_{part}", (len(data.arrays[f"x_{part}"]), 1), low=-1e-6, high=1 + 1e-6, hint=hint)
            for part in parts
        )
        taken = {f"p_{part}": f"x_{part}" for part in parts}
        predict = predicting(taken, outputs, profile.limits)
        return training_step(Supervised(), profile), predict, looking(profile, variant, data)

    def by_regression(self, truth: Arrays) -> Arrays:
        return self.counting(truth, regression_probabilities)

    def counting(self, truth: Arrays, answer: Any) -> Arrays:
        """Return the probabilities that `answer` makes of counts of words, in the form of a student's."""
        counts = [id_counts(truth[f"x_{part}"], len(truth[MATRIX]))[:, UNKNOWN:] for part in PARTS]
        found = answer(counts[0], truth["y_train"], counts)
        return {f"p_{part}": p for part, p in zip(PARTS, found, strict=True)}

    def score(self, run: VariantRun) -> Scored:
        if run.variant.given:
            truth = run.data.arrays
            said = self.counting(truth, votes) if run.variant.name == VOTES.name else self.by_regression(truth)
            return self.judged(run, said)
        both = {f"p_{part}": of_two(run.outputs[f"p_{part}"]) for part in PARTS if f"p_{part}" in run.outputs}
        scored = self.judged(run, both) if len(both) == len(PARTS) else Scored({})
        evidence = {**scored.evidence, **words_near(run)}
        return replace(scored, measures={**scored.measures, **measured(run)}, evidence=evidence)

    def figures(self, runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
        return (*super().figures(runs), *shown(runs))


def of_two(p: NDArray[Any]) -> NDArray[Any]:
    """Return the probabilities of both classes (n, 2) for those of the second one (n, 1)."""
    return np.hstack([1 - p, p])


TASK = Sentiment(
    "text_embeddings",
    "Word embeddings and sentiment",
    "Tell texts that praise from texts that blame: with the mean of word vectors, with an LSTM on vectors of its own,"
    " and with an LSTM on vectors that were learnt elsewhere, which learn on or are frozen. Two sentences of the"
    " same words show who reads them in order; the harness compares the frozen vectors number by number.",
    builders=BUILDERS,
    variants=VARIANTS,
    profiles=PROFILES,
    published=PUBLISHED,
    naive=tuple(NAIVE),
).task()
