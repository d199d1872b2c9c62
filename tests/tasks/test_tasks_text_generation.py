"""What a model of text is asked and what never reaches it; and what real text would score."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.data.corpus import as_text
from harness.data.load import load
from harness.data.tokens import Level, Vocabulary, words
from harness.errors import DataError
from harness.recipes.sequence import NextTokens
from harness.scoring.sampling import answered
from harness.task import Recorded, Scored, TaskData, VariantRun
from harness.tasks import find
from harness.tasks.text_generation.written import LENGTH, TEMPERATURES, TEXTS, WORDS, Passage, passages

TASK = find("text_generation")
QUICK = TASK.profiles["quick"]
LEVELS: tuple[Level, ...] = ("char", "word")
both_levels = pytest.mark.parametrize("level", LEVELS)


@pytest.fixture(scope="module")
def data() -> TaskData:
    return TASK.prepare(load(QUICK.dataset, (), QUICK.sizes), QUICK)


def vocabulary_of(data: TaskData, level: Level) -> Vocabulary:
    return Vocabulary(level, tuple(data.arrays[f"vocabulary_{level}"].tolist()))


def held_out(data: TaskData, level: Level) -> list[Passage]:
    stream = NextTokens.of(TASK.variant(level)).stream
    return passages(as_text(data.arrays["x_reference"]), level, stream.window)


def scored(data: TaskData, level: Level, *texts: str) -> Scored:
    """Return the measures of a model that was certain of every answer, and wrote these texts again and again.

    One text is cut in as many as are asked for.
    """
    known, shape = vocabulary_of(data, level), (len(TEMPERATURES), TEXTS, LENGTH[level])
    cut = [np.resize(known.encode(text), LENGTH[level]) for text in texts]
    ids = np.resize(np.concatenate(cut) if len(texts) > 1 else known.encode(texts[0]), shape)
    outputs: dict[str, NDArray[Any]] = {"log_likelihood": np.zeros(data.arrays[f"y_test_{level}"].size), "ids": ids}
    return TASK.score(VariantRun(QUICK, TASK.variant(level), data, outputs))


@both_levels
def test_passages_and_prompts_are_held_out_and_of_two_parts(data: TaskData, level: Level) -> None:
    known = vocabulary_of(data, level)
    contexts, prompts = (data.arrays[f"{name}_{level}"] for name in ("contexts", "prompts"))
    window = contexts.shape[-1]
    text = known.encode(as_text(data.arrays["x_test"]))
    runs = {tuple(run) for run in np.lib.stride_tricks.sliding_window_view(text, window)}
    assert {tuple(c) for c in contexts.reshape(-1, window)} <= runs
    assert len({tuple(p) for p in prompts}) == len(prompts) == TEXTS
    others = known.encode(as_text(data.arrays["x_reference"]))
    there = {tuple(run) for run in np.lib.stride_tricks.sliding_window_view(others, window)}
    assert {tuple(p) for p in prompts} <= there - runs
    if level == "char":
        assert all(known.decode(p).endswith(" ") for p in prompts), "a text begins with a whole word"


@both_levels
def test_only_training_and_validation_text_may_enter(data: TaskData, level: Level) -> None:
    visible = {name for name in data.arrays if name not in data.hidden}
    assert visible == {f"{part}_{each}" for part in ("ids", "val") for each in LEVELS}
    known = vocabulary_of(data, level)
    for part, name in (("x_train", "ids"), ("x_val", "val")):
        assert np.array_equal(data.arrays[f"{name}_{level}"], known.encode(as_text(data.arrays[part])))


@both_levels
def test_the_lead_asks_questions_of_one_size_that_draw_the_same_texts_again(data: TaskData, level: Level) -> None:
    asked: list[NDArray[Any]] = []
    size = QUICK.settings.size[level]
    dialogue = TASK.steps(QUICK, TASK.variant(level), data)[-1].dialogue
    assert dialogue is not None

    def answer(windows: NDArray[np.int32]) -> NDArray[np.float32]:
        asked.append(windows)
        return np.zeros((len(windows), size), np.float32)

    outputs = [answered(dialogue.lead(data, seed), answer) for seed in (1, 1, 2)]
    assert {a.shape for a in asked} == {(TEXTS * len(TEMPERATURES), NextTokens.of(TASK.variant(level)).stream.window)}
    assert dialogue.most == TEXTS * len(TEMPERATURES)
    assert outputs[0]["log_likelihood"] == pytest.approx(-np.log(size))
    assert np.array_equal(outputs[0]["ids"], outputs[1]["ids"])
    assert not np.array_equal(outputs[0]["ids"], outputs[2]["ids"])
    ids = outputs[0]["ids"]
    assert 1 <= ids.min() <= ids.max() < len(data.arrays[f"vocabulary_{level}"])


@both_levels
def test_real_text_is_in_balance_and_a_repeated_sentence_is_not(data: TaskData, level: Level) -> None:
    real = scored(data, level, *(" ".join(p.real) + " " for p in held_out(data, level))).measures
    assert min(real[f"balance_{t}"].value for t in TEMPERATURES) > 0.9
    assert real["perplexity"].value == 1
    assert real["existing"].value > 0.95, "texts may begin and end within a word"
    sentence = " ".join(words(as_text(data.arrays["x_train"]))[:9]) + " "
    repeated = scored(data, level, sentence).measures
    assert max(repeated[f"balance_{t}"].value for t in TEMPERATURES) < 0.1
    assert repeated["self_bleu_10"].value > 0.9


@both_levels
def test_copied_training_text_is_told(data: TaskData, level: Level) -> None:
    copy = scored(data, level, as_text(data.arrays["x_train"])).measures
    assert copy["copied"].value > WORDS / 2
    assert max(copy[f"balance_{t}"].value for t in TEMPERATURES) < 0.4


def by_counting(data: TaskData, name: str) -> Recorded:
    found = TASK.score(VariantRun(QUICK, TASK.variant(name), data, {}))
    return Recorded(name, {key: score.value for key, score in found.measures.items()}, {}, found.evidence)


@both_levels
def test_real_text_of_another_passage_is_less_like_it(data: TaskData, level: Level) -> None:
    """Words of a passage's own subject come again in it: who goes on with anything at all is told."""
    true = [" ".join(p.real) + " " for p in held_out(data, level)]
    own, others = (scored(data, level, *texts).measures["bleu_10"] for texts in (true, [*true[20:], *true[:20]]))
    assert others.value < own.value - 3 * (own.sampling_error or 0)


def test_a_text_with_too_few_words_is_told() -> None:
    with pytest.raises(DataError, match="more words"):
        passages("word " * 1_000, "word", 8)


def test_figures_show_every_temperature(data: TaskData) -> None:
    lines, texts = TASK.figures({v: by_counting(data, v) for v in ("char_bigram", "word_bigram")})
    assert lines.kind == "lines"
    assert lines.data["truth"] in lines.data["panels"]["BLEU"]
    for panel in lines.data["panels"].values():
        assert all(x == list(TEMPERATURES.values()) and len(y) == len(x) for x, y in panel.values())
    assert texts.kind == "texts"
    assert len(texts.data["rows"]) == 1 + len(TEMPERATURES)
    assert all(isinstance(t, str) for row in texts.data["rows"].values() for t in row.values())
