"""Sentiment: yes or no of a text, by word vectors, and what is asked beside accuracy."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from harness.data.word_ids import UNKNOWN, WordIds
from harness.data.word_vectors import matrix_of
from harness.recipes.classifier import Classifier
from harness.recipes.fewer import few_rows
from harness.recipes.loops import PARTS, Supervised
from harness.recipes.recipe import EVERYWHERE
from harness.recipes.steps import predicting, training_step
from harness.recipes.word_tables import shown, words_near
from harness.recipes.words import GIVEN, MATRIX, MEASURES, VOCABULARY, asked_about, looking, measured, parts_of
from harness.scoring.linear import id_counts, regression_probabilities
from harness.scoring.words import votes
from harness.task import (
    ArrayOutput,
    Arrays,
    Call,
    Dataset,
    Figure,
    Measure,
    Profile,
    Recorded,
    Scored,
    Step,
    TaskData,
    Variant,
    VariantRun,
    maps,
)

LINEAR: Final = Variant("linear", "logistic regression on counts of words", given=True)
VOTES: Final = Variant("votes", "words counted for and against (naive Bayes)", given=True)
FINDINGS: Final = (
    *EVERYWHERE,
    *("weights_stand_still", "matrix_not_loaded", "matrix_not_frozen", "matrix_stands_still", "order_thrown_away"),
    *("order_seen_by_average", "padding_counted", "at_chance", "constant_output", "overfitting", "underfitting"),
)


@dataclass(frozen=True)
class Reading:
    """Settings of a profile: how many ids a text has and how many there are at most; length of vectors not given."""

    length: int
    ids: int
    size: int


class Sentiment(Classifier):
    """Yes or no of a text by the variants of `harness.recipes.words`, and what is asked beside it.

    The data set is one of labelled texts, with `words`, and a further one `vectors`; settings are `Reading`.
    """

    examples: ClassVar = "texts"

    def given(self) -> tuple[Variant, ...]:
        return LINEAR, VOTES

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
        predict = predicting(taken, outputs, profile.asking)
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
