"""What a scorer asks of its input before it counts anything, one sentence each.

A scorer does not rely on what its callers happen to stop: labels of shape (n, 1) would be compared with every answer, a
NaN lost in a comparison, and a word taken for a list of letters. All raise ValueError.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.scoring.score import Score

OFF: Final = 1e-6  # by how much shares may miss 1: those of float32


def check_numbers(what: str, values: NDArray[Any], axes: int | None = None, *, empty: bool = False) -> None:
    """Ask for an array of finite numbers with a first axis, with so many `axes` if stated; `empty` allows none."""
    check_array(what, values, "iuf", "numbers", axes, empty=empty)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"Expected finite {what}, received NaN or infinity in {unsound(values)}.")


def check_array(
    what: str, values: NDArray[Any], kinds: str, named: str, axes: int | None, *, empty: bool = False
) -> None:
    """Ask for an array whose dtype is of one of the `kinds` of NumPy, which are `named` so."""
    if not isinstance(values, np.ndarray) or values.dtype.kind not in kinds:
        received = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
        raise ValueError(f"Expected {what} to be an array of {named}, received {received}.")
    if values.ndim != axes if axes is not None else not values.ndim:
        raise ValueError(f"Expected {what} with {axes or 1} axes{'' if axes else ' or more'}, received {values.shape}.")
    if not values.size and not empty:
        raise ValueError(f"Expected at least one number in {what}, received shape {values.shape}.")


def unsound(values: NDArray[Any]) -> str:
    """Say how many rows hold a number that is not finite."""
    rows = ~np.isfinite(values).reshape(len(values), -1).all(axis=1)
    return f"{int(rows.sum())} of {len(rows)} rows"


def check_integers(
    what: str, values: NDArray[Any], axes: int = 1, *, below: int | None = None, empty: bool = False
) -> None:
    """Ask for integers from 0, `below` a number if stated."""
    check_array(what, values, "iu", "integers", axes, empty=empty)
    if values.size and (values.min() < 0 or (below is not None and values.max() >= below)):
        most = "" if below is None else f" to {below - 1}"
        raise ValueError(f"Expected {what} from 0{most}, received {values.min()} to {values.max()}.")


def check_flags(what: str, values: NDArray[Any]) -> None:
    """Ask for booleans (n,)."""
    check_array(what, values, "b", "booleans", 1)


def check_rows(**arrays: NDArray[Any]) -> None:
    """Ask for as many rows in each of these."""
    lengths = {name: len(values) for name, values in arrays.items()}
    if len(set(lengths.values())) > 1:
        names = " and ".join(name.replace("_", " ") for name in lengths)
        raise ValueError(f"Expected as many {names}, received {' and '.join(map(str, lengths.values()))}.")


def check_same_shape(**arrays: NDArray[Any]) -> None:
    """Ask for the same shape of each of these."""
    shapes = [values.shape for values in arrays.values()]
    if len(set(shapes)) > 1:
        names = " and ".join(name.replace("_", " ") for name in arrays)
        raise ValueError(f"Expected equal shapes of {names}, received {' and '.join(map(str, shapes))}.")


def check_same_example(**arrays: NDArray[Any]) -> None:
    """Ask for the same shape of one example (everything behind the first axis) in each of these."""
    shapes = [values.shape[1:] for values in arrays.values()]
    if len(set(shapes)) > 1:
        names = " and ".join(name.replace("_", " ") for name in arrays)
        raise ValueError(f"Expected examples of one shape in {names}, received {' and '.join(map(str, shapes))}.")


def check_shares(what: str, values: NDArray[Any]) -> None:
    """Ask for numbers in [0, 1] that sum to 1 over the last axis."""
    check_numbers(what, values, values.ndim)
    off = float(np.abs(values.sum(axis=-1, dtype=np.float64) - 1).max())
    if values.min() < 0 or off > OFF:
        raise ValueError(
            f"Expected {what} of at least 0 that sum to 1, received {values.min():g} and a sum off by {off:g}."
        )


def check_between(what: str, values: NDArray[Any], low: float, high: float) -> None:
    """Ask for numbers in [low, high]."""
    if values.size and not (values.min() >= low and values.max() <= high):
        raise ValueError(f"Expected {what} from {low:g} to {high:g}, received {values.min():g} to {values.max():g}.")


def check_classes(what: str, labels: NDArray[Any]) -> None:
    """Ask for labels of two classes at least: nothing tells one class from itself."""
    if len(found := np.unique(labels)) < 2:
        raise ValueError(f"Expected {what} of two classes or more, received only {found[0]}.")


def check_least(what: str, value: float, least: float) -> None:
    """Ask for a number of at least `least`; NaN is none."""
    if not value >= least or value == np.inf:
        raise ValueError(f"Expected {what} of at least {least:g}, received {value:g}.")


def check_scores(**scores: Score) -> None:
    """Ask for finite values: `min(1, NaN)` is 1, which would make the worst value the best."""
    for name, score in scores.items():
        if not np.isfinite(score.value):
            raise ValueError(f"Expected a finite value of {name.replace('_', ' ')}, received {score.value}.")


def check_words(what: str, words: Sequence[str]) -> None:
    """Ask for one text as a list of words: a string would be taken for a list of letters."""
    if isinstance(words, str) or not all(isinstance(word, str) for word in words):
        raise ValueError(f"Expected {what} as a list of words, received {type(words).__name__}.")


def check_texts(what: str, texts: Sequence[Sequence[str]]) -> None:
    """Ask for at least one text, each a list of words."""
    if isinstance(texts, str) or len(texts) == 0:
        raise ValueError(f"Expected at least one text in {what}, received {'one string' if len(texts) else 'none'}.")
    for text in texts:
        check_words(f"every text in {what}", text)
