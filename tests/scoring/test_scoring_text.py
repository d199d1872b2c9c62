"""Measures of generated texts and of next-token probabilities: known values, and other implementations beside ours."""

import math
from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special, stats

from harness.scoring.kneser_ney import kneser_ney
from harness.scoring.sampling import answered, choose, continuations, likelihoods, log_likelihood, log_softmax
from harness.scoring.score import Score
from harness.scoring.text import balance, bleu, copied, distinct, existing, own_words, perplexity, self_bleu

CAT = ["the", "cat", "sat", "on", "the", "mat", "and", "looked", "at", "me"]
DOG = ["a", "dog", "ran", "over", "the", "mat", "and", "barked", "at", "me"]
SEEDS = range(4)


def invented(seed: int, texts: int, words: int = 12, kinds: int = 9) -> list[list[str]]:
    drawn = np.random.default_rng(seed).integers(0, kinds, (texts, words))
    return [[f"w{i}" for i in row] for row in drawn]


# ---------------------------------------------------------------------------------------------- BLEU and self-BLEU


def bleu_by_hand(texts: list[list[str]], references: list[list[list[str]]], order: int = 3) -> float:
    """Papineni et al. (2002) over the corpus; where nothing matches, 0.1 does (Chen and Cherry, 2014)."""
    logs = []
    for n in range(1, order + 1):
        matched = total = 0
        for text, several in zip(texts, references, strict=True):
            grams = [" ".join(text[i : i + n]) for i in range(len(text) - n + 1)]
            most: dict[str, int] = {}
            for reference in several:
                there = [" ".join(reference[i : i + n]) for i in range(len(reference) - n + 1)]
                most |= {g: max(most.get(g, 0), there.count(g)) for g in set(there)}
            matched += sum(min(c, most.get(g, 0)) for g, c in Counter(grams).items())
            total += max(1, len(grams))
        if n == 1 and not matched:
            return 0.0
        logs.append(math.log((matched or 0.1) / total))
    length = sum(map(len, texts))
    nearest = sum(
        min((abs(len(r) - len(t)), len(r)) for r in several)[1] for t, several in zip(texts, references, strict=True)
    )
    return math.exp(min(0.0, 1 - nearest / length) + sum(logs) / order) if length else 0.0


@pytest.mark.parametrize("seed", SEEDS)
def test_bleu_agrees_with_the_formula(seed: int) -> None:
    texts, references = invented(seed, 5, 10), invented(seed + 100, 7, 12)
    assert bleu(texts, [references[:4], *[references] * 4]).value == pytest.approx(
        bleu_by_hand(texts, [references[:4], *[references] * 4]), abs=1e-12
    )
    others = [[t for j, t in enumerate(texts) if j != i] for i in range(5)]
    assert self_bleu(texts).value == pytest.approx(bleu_by_hand(texts, others), abs=1e-12)


def test_bleu_without_a_long_match_is_smoothed() -> None:
    texts, references = [["a", "b", "c", "d"]], [["a", "c", "b", "d"]]
    assert bleu(texts, [references]).value == pytest.approx(bleu_by_hand(texts, [references]), abs=1e-12)


def test_bleu_is_1_for_a_reference_and_0_without_a_common_word() -> None:
    assert bleu([CAT], [[DOG, CAT]]).value == pytest.approx(1)
    assert bleu([["x"] * 9], [[CAT]]).value == 0
    assert bleu([CAT[:5]], [[CAT]]).value == pytest.approx(math.exp(1 - 2)), "a short text is penalised"


def test_bleu_names_weights_smoothing_and_references() -> None:
    one, two = bleu([CAT], [[DOG]]).signature, bleu([CAT], [[DOG, CAT]]).signature
    assert one.startswith("bleu:nltk,1..3 equal,method1|n:1|references:1@sha256:")
    assert two != one
    assert bleu([CAT], [[DOG[::-1]]]).signature != one, "other references of the same number"


def test_more_references_never_give_less() -> None:
    references = invented(9, 12)
    values = [bleu(invented(1, 6), [references[:n]] * 6).value for n in range(1, 13)]
    assert values == sorted(values)


def test_self_bleu_is_1_for_copies() -> None:
    assert self_bleu([CAT] * 4).value == pytest.approx(1)
    assert self_bleu([CAT, ["x"] * 9]).value == 0
    assert self_bleu([CAT]).value == 0, "nothing to compare with"


@pytest.mark.parametrize("texts", [[[], []], [[], CAT], [["a"], ["b"]]])
def test_texts_with_no_or_few_words_have_values(texts: list[list[str]]) -> None:
    values = [
        bleu(texts, [[CAT, DOG]] * 2),
        self_bleu(texts),
        distinct(texts, 1),
        distinct(texts, 2),
        copied(texts, CAT),
        own_words(texts, CAT),
    ]
    assert all(0 <= v.value <= len(CAT) for v in (*values, existing(texts, {"a"})))


def test_no_texts_are_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        bleu([], [[CAT]])
    for measure in (lambda: self_bleu([]), lambda: distinct([], 1), lambda: copied([], CAT)):
        with pytest.raises(ValueError, match="at least one"):
            measure()
    with pytest.raises(ValueError, match="at least one"):
        perplexity(np.zeros(0))


# -------------------------------------------------------------------------------------------------- other measures


@pytest.mark.parametrize(
    ("quality", "alike", "own", "expected"),
    [
        (0.2, 0.4, 0.5, 1),
        (0.4, 0.1, 0.9, 1),
        (0.1, 0.4, 0.5, 3 / 4),
        (0.2, 0.7, 0.5, 3 / 4),
        (0.2, 0.4, 0.25, 3 / 4),
        (0.1, 0.7, 0.25, 1 / 2),
        (0, 0.4, 0.5, 0),
        (0.2, 1, 0.5, 0),
        (0.2, 0.4, 0, 0),
    ],
)
def test_balance_of_quality_diversity_and_own_words(quality: float, alike: float, own: float, expected: float) -> None:
    """Real texts have BLEU 0.2, self-BLEU 0.4 and half of their words in no copied run."""
    written, real = ([Score(v, "s") for v in values] for values in ((quality, alike, own), (0.2, 0.4, 0.5)))
    assert balance(written, real).value == pytest.approx(expected)


@pytest.mark.parametrize("texts", [[CAT] * 5, invented(0, 5), [CAT, DOG]], ids=["repeated", "random", "copied"])
def test_what_is_no_writing_is_out_of_balance(texts: list[list[str]]) -> None:
    held_out = [[*CAT[3:], *DOG[:4]], [*DOG[6:], *CAT[:6]]]

    def measured(texts: list[list[str]]) -> list[Score]:
        return [bleu(texts, [[CAT[2:], DOG[2:]]] * len(texts)), self_bleu(texts), own_words(texts, [*CAT, *DOG])]

    assert balance(measured(held_out), measured(held_out)).value == pytest.approx(1)
    assert balance(measured(texts), measured(held_out)).value < 0.05


@pytest.mark.parametrize("seed", SEEDS)
def test_own_words_agree_with_looking_at_each(seed: int) -> None:
    texts, training = invented(seed, 4, 30, 2), invented(seed + 50, 1, 60, 2)[0]
    line, own = " ".join(training), 0
    for text in texts:
        for i in range(30):
            around = [text[start : start + 8] for start in range(max(0, i - 7), min(i, 22) + 1)]
            own += not any(" ".join(run) in line for run in around)
    assert 0 < own < 120
    assert own_words(texts, training).value == own / 120


def test_own_words_of_few() -> None:
    assert own_words([CAT[:7]], CAT).value == 1
    assert own_words([CAT, DOG], [*CAT, "so"]).value == 0.5
    assert own_words([[]], CAT).value == 0


@pytest.mark.parametrize(("n", "share"), [(1, 3 / 8), (2, 4 / 6), (4, 1), (5, 0)])
def test_distinct_of_known_texts(n: int, share: float) -> None:
    score = distinct([list("abab"), list("bbac")], n)
    assert score.value == pytest.approx(share)
    assert score.signature == f"distinct-{n}|texts:2|v:1"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_distinct_agrees_with_nltk(seed: int, n: int) -> None:
    from nltk.util import ngrams

    texts = invented(seed, 4)
    grams = [g for text in texts for g in ngrams(text, n)]
    assert distinct(texts, n).value == len(set(grams)) / len(grams)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_longest_copied_run_agrees_with_difflib(seed: int) -> None:
    texts, training = invented(seed, 3, 20, 4), invented(seed + 50, 1, 300, 4)[0]
    matchers = [SequenceMatcher(None, text, training, autojunk=False) for text in texts]
    assert copied(texts, training).value == max(m.find_longest_match().size for m in matchers)


def test_a_part_of_a_word_is_not_copied() -> None:
    assert copied([["the", "cat", "sa"]], CAT).value == 2
    assert copied([["at", "sat"]], CAT).value == 1
    assert copied([CAT, ["x"]], [*DOG, *CAT]).value == len(CAT)


def test_existing_words_leave_out_punctuation() -> None:
    score = existing([["the", "kat", ".", ","], ["mat", "xx"]], {"the", "mat"})
    assert score.value == 0.5
    assert score.sampling_error == 0.25
    assert existing([[".", ","]], {"."}).value == 0


def test_perplexity_of_known_probabilities() -> None:
    p = np.array([0.5, 0.25, 0.125, 0.5])
    score = perplexity(np.log(p))
    assert score.value == pytest.approx(stats.gmean(1 / p))
    assert score.sampling_error == pytest.approx(score.value * np.log(p).std() / 2)
    assert perplexity(np.full(9, np.log(1 / 48))).value == pytest.approx(48)


# ------------------------------------------------------------------------------------------------------- sampling


@pytest.mark.parametrize("seed", SEEDS)
def test_log_softmax_agrees_with_scipy(seed: int) -> None:
    logits = np.random.default_rng(seed).normal(0, 50, (6, 11)).astype(np.float32)
    np.testing.assert_allclose(log_softmax(logits), special.log_softmax(logits.astype(np.float64), axis=1), atol=1e-10)
    answers = np.arange(6)
    expected = np.maximum(special.log_softmax(logits.astype(np.float64), axis=1)[answers, answers], np.log(1e-9))
    np.testing.assert_allclose(log_likelihood(logits, answers), expected, atol=1e-10)


def test_extreme_logits_stay_finite() -> None:
    logits = np.array([[1e5, -1e5], [-1e5, -1e5], [0, 1e5]], np.float32)
    assert log_likelihood(logits, np.array([1, 0, 0])).tolist() == pytest.approx(
        [np.log(1e-9), np.log(0.5), np.log(1e-9)]
    )
    assert choose(logits, np.full(3, 0.2), np.random.default_rng(0)).tolist()[::2] == [0, 1]


@pytest.mark.parametrize("temperature", [0.2, 0.5, 1.0, 1.5])
def test_ids_are_drawn_by_temperature(temperature: float) -> None:
    logits = np.array([1.0, 0.0, 2.0, -1.0, 0.5])
    n = 20_000
    drawn = choose(np.tile(logits, (n, 1)), np.full(n, temperature), np.random.default_rng(0))
    expected = special.softmax(logits / temperature) * n
    assert stats.chisquare(np.bincount(drawn, minlength=5), expected).pvalue > 1e-3
    again = choose(np.tile(logits, (n, 1)), np.full(n, temperature), np.random.default_rng(0))
    assert np.array_equal(drawn, again)


def test_an_id_of_no_probability_never_comes() -> None:
    drawn = choose(np.tile([-1e5, 0.0, 0.0, -1e5], (5_000, 1)), np.ones(5_000), np.random.default_rng(1))
    assert set(drawn.tolist()) == {1, 2}


def successor(size: int) -> NDArray[np.float32]:
    """A table of logits whose model counts 1, 2, ... size - 1, 1, ..."""
    table = np.full((size, size), -50, np.float32)
    table[np.arange(size), np.arange(size) % (size - 1) + 1] = 50
    return table


def test_continuations_go_on_from_every_prompt_at_every_temperature() -> None:
    table, asked = successor(6), []

    def answer(windows: NDArray[np.int32]) -> NDArray[np.float32]:
        asked.append(windows)
        return table[windows[:, -1]]

    prompts = np.array([[1, 2, 3], [3, 4, 5]], np.int32)
    ids = answered(continuations(prompts, (0.2, 1.0), 4, 6, np.random.default_rng(0)), answer)
    assert ids.tolist() == [[[4, 5, 1, 2], [1, 2, 3, 4]]] * 2
    assert ids.dtype == np.int32
    assert [a.shape for a in asked] == [(4, 3)] * 4, "one question a position"
    assert asked[-1].tolist() == [[4, 5, 1], [1, 2, 3]] * 2, "the window moves along"


def test_unknown_and_unused_ids_are_never_drawn() -> None:
    def answer(windows: NDArray[np.int32]) -> NDArray[np.float32]:
        return np.tile(np.array([90, 0, 0, 0, 90, 90], np.float32), (len(windows), 1))

    ids = answered(continuations(np.ones((3, 2), np.int32), (1.0,), 200, 4, np.random.default_rng(0)), answer)
    assert set(ids.ravel().tolist()) == {1, 2, 3}


@pytest.mark.parametrize(("questions", "n", "rows"), [(3, 2, 4), (2, 3, 3), (1, 1, 5), (1, 1, 1)])
def test_likelihoods_do_not_depend_on_the_size_of_a_question(questions: int, n: int, rows: int) -> None:
    rng = np.random.default_rng(0)
    table, contexts, answers = (
        rng.normal(size=(5, 5)),
        rng.integers(0, 5, (questions, n, 4), dtype=np.int32),
        rng.integers(0, 5, (questions, n)),
    )
    asked = []

    def answer(windows: NDArray[np.int32]) -> NDArray[np.float64]:
        asked.append(len(windows))
        return table[windows[:, -1]]

    found = answered(likelihoods(contexts, answers, rows), answer)
    np.testing.assert_array_equal(found, log_likelihood(table[contexts[..., -1].ravel()], answers.ravel()))
    assert set(asked) == {rows}


# ----------------------------------------------------------------------------------------------------- Kneser-Ney


def stream(seed: int, n: int = 400, kinds: int = 7) -> NDArray[np.int64]:
    return np.minimum(np.random.default_rng(seed).geometric(0.3, n), kinds) - 1


def behind(ids: NDArray[np.int64], order: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    runs = np.lib.stride_tricks.sliding_window_view(ids, order)
    return runs[:, :-1], runs[:, -1]


@pytest.mark.parametrize("order", [2, 3, 5])
def test_kneser_ney_agrees_with_nltk(order: int) -> None:
    from nltk.lm import KneserNeyInterpolated
    from nltk.util import everygrams

    ids, kinds = stream(order), [str(i) for i in range(7)]
    theirs = KneserNeyInterpolated(order, discount=0.4)
    theirs.fit([list(everygrams([str(i) for i in ids], max_len=order))], vocabulary_text=kinds)
    contexts = behind(stream(order + 100), order)[0][:40]
    expected = [[theirs.score(token, [str(i) for i in context]) for token in kinds] for context in contexts]
    ours = np.exp(kneser_ney(ids, 7, order, 0.4).log_shares(contexts))
    proper = np.isclose(np.sum(expected, axis=1), 1)  # not behind what begins the stream, which nltk counts in part
    assert proper.mean() > 0.9
    np.testing.assert_allclose(ours[proper], np.array(expected)[proper], atol=1e-12)


@pytest.mark.parametrize("order", [2, 4])
def test_kneser_ney_agrees_with_its_formula(order: int) -> None:
    ids = stream(9, 150, 5)
    grams = [Counter(map(tuple, np.lib.stride_tricks.sliding_window_view(ids, n + 1).tolist())) for n in range(order)]
    for shorter, longer in pairwise(grams):
        shorter.clear()
        shorter.update(gram[1:] for gram in longer)

    def share(context: tuple[int, ...], token: int) -> float:
        counts = grams[len(context)]
        once, twice = (sum(c == n for c in counts.values()) for n in (1, 2))
        less = max(once, 1) / (max(once, 1) + 2 * max(twice, 1))
        below = share(context[1:], token) if context else 1 / 6
        after = {gram[-1]: c for gram, c in counts.items() if gram[:-1] == context}
        if not after:
            return below
        return (max(after.get(token, 0) - less, 0) + less * len(after) * below) / sum(after.values())

    contexts = behind(stream(10, 60, 6), order)[0]
    ours = np.exp(kneser_ney(ids, 6, order).log_shares(contexts))
    np.testing.assert_allclose(ours, [[share(tuple(c), t) for t in range(6)] for c in contexts.tolist()], atol=1e-12)
    np.testing.assert_allclose(ours.sum(axis=1), 1)


def test_longer_windows_than_were_counted_are_taken() -> None:
    counts, windows = kneser_ney(stream(1), 7, 3), behind(stream(2), 9)[0]
    np.testing.assert_array_equal(counts.log_shares(windows), counts.log_shares(windows[:, -2:]))
    np.testing.assert_array_equal(counts.log_shares(windows[:, -1:])[0].shape, (7,))


def test_long_contexts_help_where_they_come_again() -> None:
    ids = np.tile(np.array([1, 2, 0, 1, 3, 0]), 40)
    expected = [
        log_likelihood(kneser_ney(ids, 4, order).log_shares(behind(ids, 6)[0]), behind(ids, 6)[1]).mean()
        for order in (1, 2, 3, 4)
    ]
    assert expected == sorted(expected)
    assert expected[-1] > np.log(0.9)


# ------------------------------------------------------------------------------------------------ sampling errors


def test_the_error_of_bleu_is_that_of_drawing_the_texts_anew() -> None:
    """Errors of many sets of texts of one kind are as large as these sets differ."""
    found = [bleu(invented(i, 30), [[r] for r in invented(1_000 + i, 30)]) for i in range(60)]
    errors = [score.sampling_error or 0 for score in found]
    assert np.mean(errors) == pytest.approx(np.std([score.value for score in found]), rel=0.35)


def test_balance_carries_the_errors_of_what_is_below_real_text() -> None:
    real = [Score(v, "s") for v in (0.2, 0.4, 0.5)]
    below = balance([Score(0.1, "s", 0.01), Score(0.4, "s", 0.05), Score(0.5, "s")], real)
    assert below.sampling_error == pytest.approx(0.75**2 / (3 * 0.5**2) * 0.05)
    assert balance([Score(0.3, "s", 0.01), *real[1:]], real).sampling_error == 0
