"""Textbook designs of a task: weak, usual and strong, each with a docstring that says in whose manner it is."""

import ast
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.grading.designs import BANDS
from harness.intake.syntax import InvalidSourceError, parse


@dataclass(frozen=True)
class Design:
    """A whole submission; `name` is one of `BANDS`, `manner` the first line of its docstring."""

    name: str
    source: Path
    manner: str


def read_designs(folder: Path, task: str) -> list[Design]:
    """Return the designs `folder/TASK/weak.py`, `usual.py` and `strong.py` that are there, in this order.

    They are read, not run. Raises UsageError for a file of another name, and for one that does not begin with a
    docstring.
    """
    paths = {p.stem: p for p in sorted((folder / task).glob("*.py")) if not p.name.startswith((".", "_"))}
    for name, path in paths.items():
        if name not in BANDS:
            raise UsageError(
                f"Expected textbook designs to be called {', '.join(BANDS)}, received {path}."
                f"{did_you_mean(name, BANDS)}"
            )
    return [Design(name, paths[name], _manner(paths[name])) for name in BANDS if name in paths]


def _manner(path: Path) -> str:
    form = "a docstring that says in its first line whose manner it is in"
    try:
        text = ast.get_docstring(parse(path.name, path.read_bytes())) or ""
    except InvalidSourceError as error:
        raise UsageError(f"Expected {path} to be Python with {form}; {error}") from error
    except OSError as error:
        raise UsageError(f"Expected a textbook design in {path}, received {error.strerror}.") from error
    if not text.strip():
        raise UsageError(f"Expected {path} to begin with {form}.")
    return text.strip().partition("\n")[0].strip()
