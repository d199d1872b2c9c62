"""What students of text_embeddings are given, what is asked of their models, and what is shown of it."""

from typing import Any

import numpy as np
import pytest
from tasks.recorded import recorded, task_data

from harness.data.word_ids import OWN, UNKNOWN
from harness.recipes.words import ASKED, MATRIX, PROBES, known_words, near
from harness.scoring.score import Score
from harness.task import TaskData, VariantRun
from harness.tasks import find

TASK = find("text_embeddings")
QUICK = TASK.profiles["quick"]
GIVEN = ("glove", "frozen")
TRAINED = ("average", "lstm", *GIVEN)


@pytest.fixture(scope="module")
def data() -> TaskData:
    return task_data("text_embeddings", "quick")


def scored(data: TaskData, variant: str, **outputs: Any) -> dict[str, Score]:
    arrays = {name: np.asarray(value, np.float32) for name, value in outputs.items()}
    return dict(TASK.score(VariantRun(QUICK, TASK.variant(variant), data, arrays)).measures)


def test_each_builder_is_given_what_it_asks_for(data: TaskData) -> None:
    for variant in TASK.trained():
        call, builder = TASK.call(QUICK, variant, data), TASK.builder_of(variant)
        assert {*call.arguments, *call.arrays} == {a.name for a in builder.arguments}
        assert (call.arrays == {MATRIX: MATRIX}) == (variant.name in GIVEN)
    assert [TASK.variant(v).arguments["trainable"] for v in GIVEN] == [True, False]


def test_no_word_of_held_out_texts_alone_has_an_id(data: TaskData) -> None:
    raw, words = data.dataset.arrays, data.dataset.arrays["words"]
    trained = {str(words[i - 1]) for i in np.unique(raw["x_train"]) if i}
    assert set(known_words(data).words) <= trained
    assert data.hidden == {"y_test"}
    for step in (s for v in TASK.trained() for s in TASK.steps(QUICK, v, data)):
        assert not {"words", "vocabulary", "y_test"} & set(step.inputs), "ids are all that is seen of words"
        assert step.beside == (step.name != "look")


def test_the_probes_are_the_same_words_in_another_order(data: TaskData) -> None:
    negative, positive = data.arrays["x_probe"].tolist()
    assert sorted(negative) == sorted(positive) and negative != positive
    assert UNKNOWN not in negative, "the grammar has all of their words"


def test_a_text_said_twice_has_the_same_mean_without_its_padding(data: TaskData) -> None:
    matrix = data.arrays[MATRIX]
    for once, twice in zip(data.arrays["x_once"], data.arrays["x_twice"], strict=True):
        means = [matrix[ids[ids > 0]].mean(axis=0) for ids in (once, twice)]
        assert means[0] == pytest.approx(means[1], abs=1e-6)
        assert (twice > 0).sum() == 2 * (once > 0).sum() > 0


def test_probes_padding_and_order_are_measured(data: TaskData) -> None:
    n = len(data.arrays["x_once"])
    once, twice = np.full((n, 1), 0.4), np.full((n, 1), 0.4)
    twice[3] = 0.15
    found = scored(data, "average", p_probe=[[0.25], [0.75]], p_once=once, p_twice=twice)
    assert {name: score.value for name, score in found.items()} == pytest.approx(
        {
            **{"probe_negative": 0.25, "probe_positive": 0.75, "probe_difference": 0.5},
            **{"order_counts": 0.5, "padding_counts": 0.25},
        }
    )
    in_order = scored(data, "lstm", p_probe=[[0.75], [0.25]])
    assert in_order["probe_difference"].value == -0.5 and "order_counts" not in in_order


def test_nearest_words_are_compared_with_the_given_vectors(data: TaskData) -> None:
    matrix, known = data.arrays[MATRIX].astype(np.float64), known_words(data)
    unit = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
    cosines = unit[[known.id(word) for word in ASKED]] @ unit.T
    assert scored(data, "glove", similarities=cosines)["neighbours"].value == 1
    assert scored(data, "lstm", similarities=-cosines)["neighbours"].value == 0
    assert near(cosines, known).min() >= OWN


def test_what_a_model_is_asked_as_built_leaves_out_what_an_average_is_blind_to_anyhow(data: TaskData) -> None:
    assert TASK.fewer is not None
    few = TASK.fewer(data)
    assert [len(few.arrays[f"x_{part}"]) for part in ("probe", "once", "twice", "test")] == [0, 0, 0, 200]
    nothing = np.zeros((0, 1))
    assert not scored(few, "average", p_probe=nothing, p_once=nothing, p_twice=nothing)


def test_counts_of_words_do_not_tell_order(data: TaskData) -> None:
    for name in ("linear", "votes"):
        found = scored(data, name)
        assert 0.6 < found["test_accuracy"].value < 0.85
        assert set(found) == {m.name for m in TASK.measures_of(TASK.variant(name))}


def test_a_card_shows_both_sentences_and_the_nearest_words() -> None:
    shown = {figure.title: figure.data["rows"] for figure in TASK.figures(recorded("text_embeddings"))[-2:]}
    assert list(shown["Two sentences of the same words"]) == list(PROBES)
    assert set(shown["Two sentences of the same words"][PROBES[0]]) == set(TRAINED)
    assert list(shown["Nearest words"]) == list(ASKED)
    assert shown["Nearest words"]["book"]["given vectors"].count(",") == 4
