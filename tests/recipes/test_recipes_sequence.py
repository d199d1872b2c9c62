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
    parts = {"x_train": 30 * TEXT + "zebra ", "x_val": 5 * TEXT, "x_test": 12 * f"{TEXT} zebra "}
    return TASK.prepare(dataset({name: as_points(text) for name, text in parts.items()}), PROFILE)


def test_a_variant_without_a_stream_is_told() -> None:
    with pytest.raises(UsageError, match=r"'word' to be a NextTokens, .*NextTokens\('word', ..., stream=...\)"):
        SequenceModel("lost", "Lost", "", builders=(), variants=(Variant("word", "words"),), profiles=())  # type: ignore[arg-type]


def test_every_held_out_token_is_asked_about_but_those_before_the_first_window() -> None:
    ids = np.arange(300, dtype=np.int32)
    contexts, answers = passages(ids, 2, 3)
    assert contexts.shape == (98, 3, 2)
    assert sorted(answers.ravel().tolist()) == [i for i in range(300) if i % 100 > 1]
    assert np.array_equal(contexts[..., -1] + 1, answers)
    assert passages(ids, 2, 400)[1].shape == (14, 18), "a stretch is eight windows long"
    assert passages(np.arange(4_000, dtype=np.int32), 2, 9)[1].shape == (128, 9), "no more questions than that"


def test_no_window_holds_the_answer_to_one_asked_with_it_or_later() -> None:
    contexts, answers = passages(np.arange(1_000, dtype=np.int32), 5, 8)
    for i, behind in enumerate(answers):
        assert not set(behind) & set(contexts[: i + 1].ravel())


def test_a_variant_has_a_stream_of_its_own_and_the_rest_is_hidden(data: TaskData) -> None:
    assert set(data.arrays) - data.hidden == {"ids_char", "ids_word", "val_char", "val_word"}
    assert "zebra" not in data.arrays["vocabulary_word"].tolist(), "it stands there once"
    assert data.arrays["contexts_word"].shape[2] == 3
    call = TASK.call(PROFILE, TASK.variant("word"), data)
    assert call.arguments == {"vocabulary_size": 9, "window": 3, "level": "word", "units": 6}
    assert call.returns[0].inputs[0].tokens == 9


def test_a_small_profile_learns_from_less_and_is_asked_the_same(data: TaskData) -> None:
    few = Profile("tiny", "made", 1, 32, LIMITS, settings=Language({"char": 20, "word": 9}, tokens=50))
    small = TASK.prepare(data.dataset, few)
    assert {len(small.arrays[name]) for name in ("ids_char", "ids_word", "val_char", "val_word")} == {50}
    assert np.array_equal(small.arrays["contexts_char"], data.arrays["contexts_char"])


def test_a_model_that_is_certain_has_no_perplexity_and_one_without_answers_no_measure(data: TaskData) -> None:
    certain = {"log_likelihood": np.zeros(data.arrays["y_test_char"].size)}
    variant = TASK.variant("char")
    assert TASK.score(VariantRun(PROFILE, variant, data, certain)).measures["perplexity"].value == 1
    assert TASK.score(VariantRun(PROFILE, variant, data, {})).measures == {}


def test_what_counting_reaches_stands_beside_each_variant(data: TaskData) -> None:
    assert {(n.measure, n.measured) for n in TASK.naive} == {
        (f"{level}.perplexity", f"{level}_{counted}.perplexity")
        for level in ("char", "word")
        for counted in ("bigram", "kneser_ney")
    }
    names = ("word_bigram", "word_kneser_ney")
    pairs, more = (TASK.score(VariantRun(PROFILE, TASK.variant(n), data, {})).measures["perplexity"] for n in names)
    assert 1 < more.value < pairs.value < 2.5, "of seven words one or two follow, and two words before tell which"


def test_unknown_tokens_are_not_in_the_perplexity(data: TaskData) -> None:
    known = data.arrays["y_test_word"].ravel() > 0
    assert not known.all(), "a zebra is there"
    outputs = {"log_likelihood": np.where(known, 0.0, -20.0)}
    assert TASK.score(VariantRun(PROFILE, TASK.variant("word"), data, outputs)).measures["perplexity"].value == 1


@pytest.mark.parametrize("variant", ["char", "word"])
def test_what_follows_is_learnt(run_student: RunStudent, data: TaskData, tmp_path: Path, variant: str) -> None:
    found, made = run_variant(run_student, TASK, TASK.variant(variant), data, SOURCE, tmp_path)
    size = PROFILE.settings.size[variant]
    assert found.measures["perplexity"].value < size / 2, "below guessing"
    assert made["curve"].shape == (3, 2)
    assert made["curve"][-1, 0] < made["curve"][0, 0]
