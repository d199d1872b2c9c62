"""What tests of notebooks share: what is taken from cells, and what the card says of it."""

import ast
from collections.abc import Mapping, Sequence

from intake.notebooks import notebook

from harness.errors import SubmissionError
from harness.intake.cells import choose
from harness.intake.from_notebook import needed_cell
from harness.intake.limits import DEFAULT_LIMITS
from harness.intake.notebook import Notebook, read_cells
from harness.intake.remarks import remarks
from harness.intake.taken import take

NAME = "ann.ipynb"


def taken(raw: bytes, local: Sequence[str] = ()) -> tuple[str, tuple[str, ...]]:
    """Return the source that is taken and the remarks for the card."""
    chosen = choose(Notebook(NAME, read_cells(NAME, raw, DEFAULT_LIMITS)))
    found = take(chosen, local)
    if cell := needed_cell(chosen, found, ()):
        raise SubmissionError(cell.problem)
    return found.source, remarks(NAME, chosen, found)


def code(*sources: str, local: Sequence[str] = (), tags: Mapping[int, Sequence[str]] | None = None) -> list[str]:
    """Return the statements taken from cells, in one line each."""
    source, _ = taken(notebook(*sources, tags=tags), local)
    return [ast.unparse(node).replace("\n", " ") for node in ast.parse(source).body]


def said(*sources: str, tags: Mapping[int, Sequence[str]] | None = None) -> str:
    return "\n".join(taken(notebook(*sources, tags=tags))[1])


USES = "def f():\n    return {}"
