"""The probe sentences with their scores, and the nearest words, of every variant."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.recipes.words import ASKED, PROBES, known_words, near, near_in_given
from harness.task import Figure, Recorded, VariantRun

GIVEN_WORDS = "near_in_given"
FOUND_WORDS = "near"


def words_near(run: VariantRun) -> dict[str, NDArray[Any]]:
    """Return the nearest words of each word asked about as text (asked,), found and in the given vectors."""
    if "similarities" not in run.outputs:
        return {}
    known = known_words(run.data)
    both = {FOUND_WORDS: near(run.outputs["similarities"], known), GIVEN_WORDS: near_in_given(run.data)}
    return {name: np.array([", ".join(map(known.word, ids)) for ids in rows.tolist()]) for name, rows in both.items()}


def shown(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    """Return both tables, as far as variants have what stands in them."""
    return (*probes(runs), *nearest_words(runs))


def probes(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    names = ("probe_negative", "probe_positive")
    rows = {
        said: {name: f"{r.measures[measure]:.3f}" for name, r in runs.items() if measure in r.measures}
        for said, measure in zip(PROBES, names, strict=True)
    }
    text = (
        "How likely each variant takes two sentences of the same words for praise. A mean of vectors cannot tell them"
        " apart; who reads them in order gives the first a low score and the second a high one."
    )
    return (Figure("texts", "Two sentences of the same words", text, {"rows": rows}),) if all(rows.values()) else ()


def nearest_words(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    there = {name: r.evidence for name, r in runs.items() if FOUND_WORDS in r.evidence}
    if not there:
        return ()
    given = next(iter(there.values()))[GIVEN_WORDS]
    columns = {"given vectors": given, **{name: evidence[FOUND_WORDS] for name, evidence in there.items()}}
    rows = {word: {name: str(words[i]) for name, words in columns.items()} for i, word in enumerate(ASKED)}
    text = (
        "The five words whose vectors point most in the direction of each, in the vectors that are given and in those"
        " that each variant ends with. Vectors that learn from labels alone know what praises, not what it is about."
    )
    return (Figure("texts", "Nearest words", text, {"rows": rows}),)
