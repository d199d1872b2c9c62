"""Next-token models on a small made-up language: streams, what is held out, counted pairs, and a real training."""

from pathlib import Path

import numpy as np
import pytest
from recipes.running import LIMITS, dataset, run_variant
from sandbox.students import RunStudent

from harness.data.corpus import as_points
from harness.errors import UsageError
from harness.recipes.sequence import Language, SequenceModel, next_token_builder, next_tokens, passages
from harness.task import Argument, Profile, TaskData, Variant, VariantRun

TEXT = "the cat saw a dog. the dog saw a cat. "
PROFILE = Profile(
    "quick", "made", epochs=3, batch_size=32, limits=LIMITS, settings=Language({"char": 20, "word": 9}, 0.02)
)
TASK = SequenceModel(
    "tiny_language",
    "A tiny language",
    "Learn what follows in a language of seven words, by characters and by words, from a text that repeats itself.",
    builders=(next_token_builder(Argument("units", "int", "units of the embedding")),),
    variants=(
        next_tokens("char", "characters", "char", window=4, units=6),
        next_tokens("word", "words", "word", window=3, least=2, units=6),
    ),
    profiles=(PROFILE,),
).task()
SOURCE = """
import keras
from keras import layers

def build_model(vocabulary_size, window, level, units):
    tokens = keras.Input((window,), dtype="int32")
    x = layers.Flatten()(layers.Embedding(vocabulary_size, units)(tokens))
    return keras.Model(tokens, layers.Dense(vocabulary_size)(x))
"""


@pytest.fixture(scope="module")
def data() -> TaskData:
    parts = {"x_train": 30 * TEXT + "zebra ", "x_val": 5 * TEXT, "x_test": 12 * TEXT}
    return TASK.prepare(dataset({name: as_points(text) for name, text in parts.items()}), PROFILE)


def test_a_variant_without_a_stream_is_told() -> None:
    with pytest.raises(UsageError, match=r"'word' to be a NextTokens, .*NextTokens\('word', ..., stream=...\)"):
        SequenceModel("lost", "Lost", "", builders=(), variants=(Variant("word", "words"),), profiles=())  # type: ignore[arg-type]


def test_passages_do_not_overlap_and_go_before_known_tokens() -> None:
    contexts, answers = passages(np.array([1, 2, 3, 4, 5, 0, 6, 7, 8, 9, 1], np.int32), 2)
    assert contexts.tolist() == [[1, 2], [6, 7]]
    assert answers.tolist() == [3, 8]


def test_a_variant_has_a_stream_of_its_own_and_the_rest_is_hidden(data: TaskData) -> None:
    assert set(data.arrays) - data.hidden == {"ids_char", "ids_word", "val_char", "val_word"}
    assert "zebra" not in data.arrays["vocabulary_word"].tolist(), "it stands there once"
    assert data.arrays["contexts_word"].shape[1] == 3
    call = TASK.call(PROFILE, TASK.variant("word"), data)
    assert call.arguments == {"vocabulary_size": 9, "window": 3, "level": "word", "units": 6}
    assert call.returns[0].inputs[0].tokens == 9


def test_a_small_profile_learns_from_less_and_is_asked_the_same(data: TaskData) -> None:
    few = Profile("tiny", "made", 1, 32, LIMITS, settings=Language({"char": 20, "word": 9}, tokens=50))
    small = TASK.prepare(data.dataset, few)
    assert {len(small.arrays[name]) for name in ("ids_char", "ids_word", "val_char", "val_word")} == {50}
    assert np.array_equal(small.arrays["contexts_char"], data.arrays["contexts_char"])


def test_a_model_that_is_certain_has_no_perplexity_and_one_without_answers_no_measure(data: TaskData) -> None:
    certain = {"log_likelihood": np.zeros(len(data.arrays["y_test_char"]))}
    variant = TASK.variant("char")
    assert TASK.score(VariantRun(PROFILE, variant, data, certain)).measures["perplexity"].value == 1
    assert TASK.score(VariantRun(PROFILE, variant, data, {})).measures == {}


def test_counted_pairs_stand_beside_each_variant(data: TaskData) -> None:
    assert {(n.measure, n.measured) for n in TASK.naive} == {
        ("char.perplexity", "char_bigram.perplexity"),
        ("word.perplexity", "word_bigram.perplexity"),
    }
    found = TASK.score(VariantRun(PROFILE, TASK.variant("word_bigram"), data, {})).measures["perplexity"].value
    assert 1 < found < 2.5, "of seven words one or two follow"


@pytest.mark.parametrize("variant", ["char", "word"])
def test_what_follows_is_learnt(run_student: RunStudent, data: TaskData, tmp_path: Path, variant: str) -> None:
    found, made = run_variant(run_student, TASK, TASK.variant(variant), data, SOURCE, tmp_path)
    size = PROFILE.settings.size[variant]
    assert found.measures["perplexity"].value < size / 2, "below guessing"
    assert made["curve"].shape == (3, 2)
    assert made["curve"][-1, 0] < made["curve"][0, 0]
