"""Which task a file's name means: `Copy of rnn_regression.ipynb`, `rnn_regression (1).py`, `RNN-Regression.PY`."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

FIRST = re.compile(r"(?:copy[ _-]+of|kopie[ _-]+von|copie[ _-]+de)[ _-]+")  # what Colab and file managers put in front
LAST = re.compile(r"[ _-]*(?:\(\d{1,3}\)|[ _-]\d{1,3}|[ _-](?:copy|kopie|copie))$")  # and behind
MOST = 4  # copies of copies; more is a name of its own


@dataclass(frozen=True)
class Meant:
    """The task that a file's name means, and whether it is spelt as expected."""

    task: str
    exact: bool


def task_meant(path: str, tasks: Collection[str]) -> Meant | None:
    """Return the task that the name of a file means; None if it means none. Case and endings do not count."""
    stem = PurePosixPath(path).stem
    if stem in tasks:
        return Meant(stem, exact=True)
    plain = stem.casefold().strip()[:200]
    for _ in range(MOST):
        if found := spelt(plain, tasks):
            return Meant(found, exact=False)
        shorter = plain[match.end() :] if (match := FIRST.match(plain)) else without_end(plain)
        if shorter == plain:
            return None
        plain = shorter
    return None


def spelt(plain: str, tasks: Collection[str]) -> str:
    """Return the task that a name is, hyphens and spaces read as underscores; "" if it is none."""
    name = re.sub(r"[ -]+", "_", plain.strip())
    return next((task for task in tasks if task.casefold() == name), "")


def without_end(plain: str) -> str:
    """Return a name without the number or word that a copy has behind it."""
    start = max(len(plain) - 12, 0)  # no such end is longer; a long name is not searched
    found = LAST.search(plain, start)
    return plain[: found.start()] if found else plain
