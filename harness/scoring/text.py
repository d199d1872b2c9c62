"""Measures of generated texts, each a list of words, and of the probabilities of held-out tokens.

One sentence again and again, random words, and the training text copied back are all told by `balance`, and by no
measure that looks at quality, diversity or copying alone.
"""

import hashlib
import math
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.guards import check_between, check_numbers, check_scores, check_texts, check_words
from harness.scoring.score import Score

Words = Sequence[str]
ORDER: Final = 3
RUN: Final = 8  # words in a row that stand in the training text count as copied; real texts share shorter phrases
METHOD: Final = f"bleu:nltk,1..{ORDER} equal,method1"


def perplexity(log_likelihoods: NDArray[Any]) -> Score:
    """Return exp(-mean ln p) of held-out tokens from their ln p (n,) in nats; at least 1, lower is better.

    The sampling error is that of the mean, carried through exp. Raises ValueError for NaN, infinity and ln p above 0.
    """
    check_numbers("ln p of held-out tokens", log_likelihoods, 1)
    check_between("ln p of held-out tokens", log_likelihoods, -np.inf, 0)
    nats = -log_likelihoods.astype(np.float64)
    value = math.exp(nats.mean())
    return Score(value, f"perplexity|n:{len(nats)}|least p:1e-9|v:1", value * standard_error(nats))


def standard_error(values: NDArray[Any]) -> float:
    """Return sd / sqrt(n) of values (n,). Raises ValueError for an empty input, NaN and infinity."""
    check_numbers("values", values, 1)
    return float(values.std() / math.sqrt(len(values)))


def bleu(texts: Sequence[Words], references: Sequence[Sequence[Words]]) -> Score:
    """Return corpus BLEU of texts, each with references of its own, in [0, 1]; higher is better.

    nltk's `corpus_bleu` over 1- to 3-grams of words with equal weights and smoothing method 1 (Chen and Cherry, 2014).
    More references give higher values, so their number and a hash of them are in the signature. Raises ValueError for
    anything but lists of words, at least one on either side, and for references of more or fewer texts.
    """
    together = list(chain.from_iterable(references))
    check_texts("references", together)
    value = corpus_bleu(references, texts)
    signature = f"{METHOD}|n:{len(texts)}|references:{len(together)}@sha256:{fingerprint(together)}|v:2"
    return Score(value, signature, value * bleu_error(references, texts))


def self_bleu(texts: Sequence[Words]) -> Score:
    """Return corpus BLEU of texts, the others being the references of each: 1 where all are the same.

    Lower is more diverse (Zhu et al., 2018). Weights and smoothing as in `bleu`.
    """
    check_texts("texts", texts)
    others = [[*texts[:i], *texts[i + 1 :]] for i in range(len(texts))]
    value = corpus_bleu(others, texts)
    return Score(value, f"self-{METHOD}|n:{len(texts)}|v:1", value * bleu_error(others, texts))


def bleu_error(references: Sequence[Sequence[Words]], texts: Sequence[Words]) -> float:
    """Return the standard error of `corpus_bleu` over the texts as a share of its value, in [0, 1] for the most part.

    The delta method: BLEU is the geometric mean of precisions, each the sum of matches over that of n-grams, and what
    one text adds to them is known. Of the penalty for short texts nothing is counted, nor of n-grams without a match.
    """
    from nltk.translate.bleu_score import modified_precision

    check_texts("texts", texts)
    if not any(references):
        return 0.0
    influence = np.zeros(len(texts))
    for n in range(1, ORDER + 1):
        found = [modified_precision(several, text, n) for several, text in zip(references, texts, strict=True)]
        matches, grams = np.array([(p.numerator, p.denominator) for p in found], dtype=np.float64).T
        if not matches.any():
            continue  # smoothed
        influence += (matches - grams * matches.sum() / grams.sum()) / (matches.sum() * ORDER)
    return math.sqrt(float((influence**2).sum()))


def corpus_bleu(references: Sequence[Sequence[Words]], texts: Sequence[Words]) -> float:
    """Return nltk's value as a float. Texts without a word in them, or without any other to compare with, have 0.

    Raises ValueError for anything but lists of words, and for references of more or fewer texts.
    """
    from nltk.translate.bleu_score import SmoothingFunction
    from nltk.translate.bleu_score import corpus_bleu as by_nltk

    check_texts("texts", texts)
    if len(references) != len(texts):
        raise ValueError(f"Expected references of {len(texts)} texts, received {len(references)}.")
    if not references[0] or not any(texts):
        return 0.0
    return float(by_nltk(references, texts, [1 / ORDER] * ORDER, SmoothingFunction().method1))


def fingerprint(texts: Sequence[Words]) -> str:
    """Return the first eight hex digits of SHA-256 over the words, one text a line.

    Raises ValueError for anything but lists of words.
    """
    check_texts("texts", texts)
    return hashlib.sha256("\n".join(" ".join(text) for text in texts).encode()).hexdigest()[:8]


def balance(written: Sequence[Score], real: Sequence[Score]) -> Score:
    """Return how near texts come to real ones in quality, diversity and originality together, in [0, 1].

    Both are (BLEU, self-BLEU, share of own words). The harmonic mean of BLEU, 1 - self-BLEU and the share of own words,
    each divided by that of real texts and at most 1. Copies of one sentence have no diversity, random words no quality,
    and copied passages no words of their own: each is near 0. Higher is better. The sampling error is theirs, of those
    that are below real text. Raises ValueError for a value that is not finite.
    """
    check_scores(BLEU=written[0], self_BLEU=written[1], share_of_own_words=written[2])
    check_scores(real_BLEU=real[0], real_self_BLEU=real[1], real_share_of_own_words=real[2])
    good, alike, own = (score.value for score in written)
    real_good, real_alike, real_own = (score.value for score in real)
    shares = ratio(good, real_good), ratio(1 - alike, 1 - real_alike), ratio(own, real_own)
    value = len(shares) / sum(1 / share for share in shares) if all(shares) else 0.0
    against = ",".join(f"{score.value:.4f}" for score in real)
    errors = [
        value**2 / (len(shares) * share**2) * (score.sampling_error or 0) / scale if 0 < share < 1 else 0.0
        for share, score, scale in zip(shares, written, (real_good, 1 - real_alike, real_own), strict=True)
    ]
    signature = f"balance|harmonic of bleu, 1-self-bleu, own|real:{against}|{written[0].signature}|v:2"
    return Score(value, signature, math.hypot(*errors))


def ratio(value: float, of: float) -> float:
    """Return value / of, held to [0, 1]; 0 where `of` is not above 0. Raises ValueError for NaN and infinity."""
    if not (math.isfinite(value) and math.isfinite(of)):
        raise ValueError(f"Expected finite numbers to divide, received {value} and {of}.")
    return min(max(value, 0.0) / of, 1.0) if of > 0 else 0.0


def distinct(texts: Sequence[Words], n: int) -> Score:
    """Return the share of different n-grams among all of them, in [0, 1]; higher is more diverse (Li et al., 2016).

    It falls with the number of words, which is in the signature. 0 where there is no n-gram.
    """
    check_texts("texts", texts)
    grams = [tuple(text[i : i + n]) for text in texts for i in range(len(text) - n + 1)]
    share = len(set(grams)) / len(grams) if grams else 0.0
    return Score(share, f"distinct-{n}|texts:{len(texts)}|v:1")


def copied(texts: Sequence[Words], training: Words) -> Score:
    """Return the longest run of words in any of the texts that stands in the training text in the same order.

    Lower is better; how long a run counts as copied is up to a rubric, as real texts share phrases too.
    """
    check_texts("texts", texts)
    check_words("the training text", training)
    line = f" {' '.join(training)} "
    longest = 0
    for text in texts:
        start = 0
        for end in range(1, len(text) + 1):
            while start < end and f" {' '.join(text[start:end])} " not in line:
                start += 1
            longest = max(longest, end - start)
    return Score(float(longest), f"copied|texts:{len(texts)}|training words:{len(training)}|v:1")


def own_words(texts: Sequence[Words], training: Words) -> Score:
    """Return the share of words that stand in no run of 8 words copied from the training text, in [0, 1].

    Higher is more original; 0 where there is no word.
    """
    check_texts("texts", texts)
    check_words("the training text", training)
    there = {tuple(training[i : i + RUN]) for i in range(len(training) - RUN + 1)}
    own = []
    for text in texts:
        starts = [i for i in range(len(text) - RUN + 1) if tuple(text[i : i + RUN]) in there]
        own.append(len(text) - len({i + k for i in starts for k in range(RUN)}))
    total = sum(map(len, texts))
    share = sum(own) / total if total else 0.0
    signature = f"own words|run:{RUN}|texts:{len(texts)}|training words:{len(training)}|v:1"
    spread = math.hypot(*(n - share * len(text) for n, text in zip(own, texts, strict=True)))
    return Score(share, signature, spread / total if total else None)


def existing(texts: Sequence[Words], known: Collection[str]) -> Score:
    """Return the share of words, punctuation left out, that are among the `known` ones, in [0, 1]; higher is better.

    0 where there is no word.
    """
    check_texts("texts", texts)
    found = [word for word in chain.from_iterable(texts) if any(c.isalnum() for c in word)]
    share = sum(word in known for word in found) / len(found) if found else 0.0
    error = math.sqrt(share * (1 - share) / len(found)) if found else None
    return Score(share, f"existing words|texts:{len(texts)}|known:{len(known)}|v:1", error)
