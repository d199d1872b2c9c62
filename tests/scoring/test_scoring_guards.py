"""Every public function of the scoring room, found by walking it, refuses what is no measurement, in one sentence."""

import importlib
import inspect
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from scoring.sound import ASKED, CALLS, K, Sound, labels, numbers

import harness.scoring
from harness.scoring import action_rules, classification, generated, inception, linear, representation, rollout, text
from harness.scoring.guards import check_scores
from harness.scoring.score import Score

NO_INPUT = {
    "threads.one_thread": "takes nothing",
    "rollout.episode_seed": "takes a number",
    "rollout.play": "see test_answers_of_a_q_network_are_looked_at",
    "rollout.check_size": "a guard itself",
    "classification.check_answers": "a guard itself",
    "superclasses.check_belongs": "a guard itself",
    "representation.check_codes": "a guard itself",
    "action_rules.right_answers": "takes arrays by name; see test_questions_to_rules_are_looked_at",
    "sampling.answered": "leads another",
    "inception.forward": "behind classify",
    "alike.redrawn": "behind features",
    "alike.parted": "behind features",
    "alike.banks": "behind nearest_moved",
    "alike.nearest_rows": "behind nearest_moved",
    "blends.seen": "takes parents; what it is made of is looked at",
    "blends.from_parent": "takes parents",
    "blends.best_of": "takes what seen gives",
    "blends.error": "behind seen",
    "patches.learnt": "behind patch_classifier",
    "patches.classify_patches": "takes a classifier",
    "patches.fitted": "behind patch_classifier",
    "patches.whitened_filters": "behind patch_classifier",
    "patches.normalised": "behind patch_classifier",
    "patches.features": "behind patch_classifier",
    "patches.blocks": "behind patch_classifier",
    "generated.rising": "takes numbers",
    "generated.sound_score": "takes guards; see test_nan_is_never_the_best_value",
    "generated.sound_distance": "takes guards; see test_nan_is_never_the_best_value",
    "generated.said": "takes numbers",
    "inception.convolve": "behind classify",
    "inception.pool": "behind classify",
    "kneser_ney.level": "behind kneser_ney",
    "kneser_ney.growing": "behind kneser_ney",
    "means.mean_score": "takes values that a scorer has looked at",
    "once.once": "takes a function",
    "pca.components": "behind pca_codes",
    "pca.rows": "behind pca_codes",
    "linear.regression_probabilities": "called with one array asked",
    "linear.ridge_predictions": "called with one array asked",
    "words.votes": "called with one array asked",
    "sampling.choose": "called with a generator of random numbers",
    "sampling.likelihoods": "led",
    "sampling.continuations": "led",
    "series.one_ahead": "led",
    "variety.ignored": "takes settings, which are looked at where they are chosen",
    "variety.differing": "takes settings",
    "variety.varied": "takes settings",
    "variety.apart": "takes settings",
}


def walked() -> Iterator[str]:
    for module in pkgutil.iter_modules(harness.scoring.__path__):
        if module.name != "guards":
            found = importlib.import_module(f"harness.scoring.{module.name}")
            for name, value in vars(found).items():
                if inspect.isfunction(value) and value.__module__ == found.__name__ and not name.startswith("_"):
                    yield f"{module.name}.{name}"


def name_of(sound: Sound) -> str:
    return f"{sound.call.__module__.rpartition('.')[2]}.{sound.call.__name__}"


def test_every_scorer_has_a_sound_call() -> None:
    """A new one is to stand in `tests/scoring/sound.py`: then all that is hostile here is tried on it."""
    assert set(walked()) - {name_of(sound) for sound in CALLS} == set(NO_INPUT)


def spoilt(values: np.ndarray[Any, Any], empty: bool, shape: bool = False) -> Iterator[tuple[str, Any]]:
    """Yield what is no measurement in place of an array that may be `empty` or of another `shape`."""
    yield "words", values.astype(str)
    yield "complex", values.astype(complex)
    yield "a list", values.tolist()
    if not empty:
        yield "empty", values[:0]
    if values.ndim == 1 and not shape:
        yield "(n, 1)", values.reshape(-1, 1)
        yield "a number", values[0] * np.ones(())
    if values.dtype.kind == "f":
        for name, value in (("NaN", np.nan), ("infinity", np.inf), ("-infinity", -np.inf)):
            other = values.copy()
            other.reshape(len(other), -1)[-1, 0] = value
            yield name, other
    if values.dtype.kind == "i":
        yield "floats", values.astype(np.float32)
        yield "negative", np.where(np.arange(values.size).reshape(values.shape) == 0, -1, values)


def hostile(sound: Sound) -> Iterator[tuple[str, dict[str, Any]]]:
    arrays = {name: a for name, a in sound.given.items() if isinstance(a, np.ndarray)}
    for name, values in arrays.items():
        for what, other in spoilt(values, name in sound.empty_allowed, name in sound.any_shape):
            yield f"{name}: {what}", {**sound.given, name: other}
        if any(len(other) == len(values) for key, other in arrays.items() if key != name):
            yield f"{name}: a row short", {**sound.given, name: values[:-1]}
    for name, value in sound.given.items():
        if isinstance(value, Score):
            yield f"{name}: NaN", {**sound.given, name: Score(np.nan, "made")}
            yield f"{name}: infinity", {**sound.given, name: Score(np.inf, "made")}


@pytest.mark.parametrize("sound", CALLS, ids=name_of)
def test_sound_input_is_measured(sound: Sound) -> None:
    assert sound.call(**sound.given) is not None


@pytest.mark.parametrize("sound", CALLS, ids=name_of)
def test_what_is_no_measurement_is_refused_in_one_sentence(sound: Sound) -> None:
    said = {what: sentence(sound.call, given) for what, given in hostile(sound)}
    assert {what: s for what, s in said.items() if not re.fullmatch(r"Expected .*, received .*\.", s)} == {}


def sentence(call: Callable[..., object], given: Mapping[str, Any]) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a division by zero is no guard
        try:
            return f"accepted: {call(**given)}"
        except ValueError as e:
            return str(e)
        except Exception as e:
            return f"{type(e).__name__}: {e}"


@pytest.mark.parametrize("off", [2.0, np.inf, 0.5])
@pytest.mark.parametrize("rule", [action_rules.rule_share, lambda a, p: action_rules.p_value(a[0], p[0])])
def test_shares_that_do_not_sum_to_one_are_refused(rule: Any, off: float) -> None:
    with pytest.raises(ValueError, match="probabilities"):
        rule(np.ones((4, K), np.int64), off * np.full((4, K), 1 / K))


def test_answers_past_the_last_class_are_refused() -> None:
    wrong = np.array([0, 1, K])
    with pytest.raises(ValueError, match=f"labels from 0 to {K - 1}, received 0 to {K}"):
        classification.accuracy(numbers(3, K), wrong)
    with pytest.raises(ValueError, match="actions from 0"):
        action_rules.rule_share(np.full((1, 8), K), np.full((1, K), 1 / K))
    with pytest.raises(ValueError, match="labels from 0"):
        generated.class_balance(wrong, K)


def test_one_class_tells_nothing() -> None:
    codes, alone = numbers(9, 2), np.zeros(9, np.int64)
    for measure in (representation.probed, representation.cluster_accuracy):
        with pytest.raises(ValueError, match="two classes or more"):
            measure(codes, alone, codes, labels(9))
    with pytest.raises(ValueError, match="two classes or more"):
        linear.regression_probabilities(codes, alone, [codes])
    with pytest.raises(ValueError, match="two classes or more"):
        classification.accuracy(numbers(9, 1), alone)
    with pytest.raises(ValueError, match="classes of at least 2"):
        generated.class_balance(alone, 1)
    with pytest.raises(ValueError, match="two or more"):
        inception.inception_score(numbers(9, 1), "made")


def test_a_string_is_no_list_of_words() -> None:
    """Nltk would count letters in place of words."""
    whole: Any = ["a cat sat down", "the dog ran off"]
    for measure in (text.self_bleu, lambda t: text.bleu(t, [t, t]), lambda t: text.distinct(t, 1)):
        with pytest.raises(ValueError, match="list of words, received str"):
            measure(whole)
    with pytest.raises(ValueError, match="at least one text"):
        text.self_bleu([])


def test_nan_is_never_the_best_value() -> None:
    sound = Score(1.0, "s")
    with pytest.raises(ValueError, match="finite value of diversity, received nan"):
        generated.sound_score(Score(9.0, "IS"), generated.Guards(Score(np.nan, "d"), sound, sound))
    with pytest.raises(ValueError, match="finite value of Frechet distance, received nan"):
        generated.sound_distance(Score(np.nan, "f"), generated.Guards(sound, sound, sound))
    check_scores(diversity=Score(0.5, "d"))


@pytest.mark.parametrize("name", ASKED)
def test_questions_to_rules_are_looked_at(name: str) -> None:
    assert action_rules.right_answers(ASKED, 0.9)["softmax"].shape == (6, K)
    for _, other in spoilt(ASKED[name], empty=False):
        with pytest.raises(ValueError, match=r"^Expected"):
            action_rules.right_answers({**ASKED, name: other}, 0.9)


@pytest.mark.parametrize("answer", [np.full((2, 2), np.nan), np.zeros((1, 2)), np.zeros(2), np.zeros((2, 2), str)])
def test_answers_of_a_q_network_are_looked_at(answer: Any) -> None:
    game = rollout.play(2, 0, np.eye(4, dtype=np.float32))
    next(game)
    with pytest.raises(ValueError, match="Q-values"):
        game.send(answer)
