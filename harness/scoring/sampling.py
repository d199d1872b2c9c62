"""Questions to a next-token model and what is made of its logits: log-likelihoods, and texts by temperature.

Pure sums. The loops are generators that yield windows of ids and are sent logits, as `harness.task.Dialogue`
leads a model in the sandbox; `answered` leads one that is at hand.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_between, check_integers, check_least, check_numbers, check_rows

Ids = NDArray[np.int32]
Floats = NDArray[np.float64]
T = TypeVar("T")
Asked = TypeVar("Asked")
Questions = Generator[Ids, NDArray[Any], T]

LEAST_LOG: Final = float(np.log(1e-9))  # a token that a model calls less likely counts as this likely


def log_softmax(logits: NDArray[Any]) -> Floats:
    """Return the logarithms of softmax(logits) over the last axis in float64; finite for every finite input.

    Raises ValueError for NaN and infinity.
    """
    check_numbers("logits", logits)
    shifted: Floats = logits.astype(np.float64)
    shifted -= shifted.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def log_likelihood(logits: NDArray[Any], answers: NDArray[Any]) -> Floats:
    """Return ln p of each answer, float64 (n,) in [ln 1e-9, 0], from logits (n, v) and answers (n,) below v.

    Raises ValueError for anything else.
    """
    check_numbers("logits", logits, 2)
    check_integers("answers", answers, below=logits.shape[1])
    check_rows(logits=logits, answers=answers)
    likely: Floats = np.maximum(log_softmax(logits)[np.arange(len(answers)), answers], LEAST_LOG)
    return likely


def choose(logits: NDArray[Any], temperatures: NDArray[Any], rng: np.random.Generator) -> Ids:
    """Draw one id for each row from softmax(logits / temperature), by the inverse of its distribution function.

    `logits` (n, v); `temperatures` (n,) above 0, one a row. Returns int32 (n,) in 0..v-1; an id of probability 0 never
    comes. One uniform number is drawn a row, so that equal seeds draw alike. Raises ValueError for anything else.
    """
    check_numbers("logits", logits, 2)
    check_numbers("temperatures", temperatures, 1)
    check_between("temperatures", temperatures, np.finfo(np.float64).tiny, np.inf)
    check_rows(logits=logits, temperatures=temperatures)
    cumulative = np.exp(log_softmax(logits.astype(np.float64) / temperatures[:, None])).cumsum(axis=1)
    drawn = rng.random(len(logits)) * cumulative[:, -1]
    ids: Ids = np.minimum((cumulative <= drawn[:, None]).sum(axis=1), logits.shape[1] - 1).astype(np.int32)
    return ids


def likelihoods(contexts: Ids, answers: NDArray[Any], rows: int) -> Questions[Floats]:
    """Ask about contexts (questions, n, window), n ≤ rows; return ln p of every answer (questions, n) as float64.

    Every question has `rows` windows, filled up where there are fewer. What is returned has one axis, in the order of
    the answers. Raises ValueError for contexts or answers that are no ids, or not as many of both.
    """
    check_integers("contexts", contexts, 3)
    check_integers("answers", answers, 2)
    check_rows(contexts=contexts, answers=answers)
    found = []
    for windows, behind in zip(contexts, answers, strict=True):
        logits = yield filled(windows, rows)
        found.append(log_likelihood(logits[: len(behind)], behind))
    return np.concatenate(found)


def filled(contexts: Ids, rows: int) -> Ids:
    """Return exactly `rows` contexts, the first repeated where there are fewer: a new batch shape is a compilation.

    Raises ValueError for none or more of them.
    """
    check_integers("contexts", contexts, 2)
    check_least("rows", rows, len(contexts))
    return np.concatenate([contexts, np.repeat(contexts[:1], rows - len(contexts), axis=0)])


def continuations(
    prompts: Ids, temperatures: Sequence[float], length: int, tokens: int, rng: np.random.Generator
) -> Questions[Ids]:
    """Ask for texts that go on from prompts (n, window), every prompt at every temperature in one question.

    Ids are drawn from 1..tokens-1: never the unknown token 0, nor one that stands for nothing. Returns ids, int32 of
    shape (temperatures, n, length). Raises ValueError for anything else.
    """
    check_integers("prompts", prompts, 2)
    check_least("tokens", tokens, 2)
    check_least("length", length, 1)
    check_least("temperatures", len(temperatures), 1)
    windows = np.tile(prompts, (len(temperatures), 1))
    hot = np.repeat(np.asarray(temperatures, dtype=np.float64), len(prompts))
    drawn = np.empty((length, len(windows)), dtype=np.int32)
    for i in range(length):
        logits = yield windows
        drawn[i] = 1 + choose(logits[:, 1:tokens], hot, rng)
        windows = np.concatenate([windows[:, 1:], drawn[i][:, None]], axis=1)
    return drawn.T.reshape(len(temperatures), len(prompts), length)


def answered(questions: Generator[Asked, NDArray[Any], T], answer: Callable[[Asked], NDArray[Any]]) -> T:
    """Return what a generator of questions makes of the answers of a function, such as from windows to logits."""
    try:
        question = next(questions)
        while True:
            question = questions.send(answer(question))
    except StopIteration as end:
        result: T = end.value
        return result
