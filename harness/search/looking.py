"""Looking through files for data that nobody should read."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.search.fragments import RUN, Form, reduced, runs_in_file, table
from harness.search.known import Wanted
from harness.search.pieces import pieces

SAMPLE, OF_EACH = 4_096, 16_384  # bytes of a text that are looked at of so many


class Looker:
    """Looks for all that is wanted at once."""

    def __init__(self, wanted: Sequence[Wanted]) -> None:
        self._wanted = wanted
        self._all = {form: runs for form in Form if len(runs := self._union(form))}
        self._table = {form: table(runs) for form, runs in self._all.items()}

    def _union(self, form: Form) -> NDArray[np.uint64]:
        runs = [one.runs[form] for one in self._wanted if form in one.runs]
        return np.unique(np.concatenate(runs)) if runs else np.zeros(0, np.uint64)

    def look(self, path: str) -> tuple[str, ...]:
        """Return the names of what a file holds."""
        met: dict[Form, set[int]] = {form: set() for form in Form}
        for piece in pieces(Path(path)):
            for form in forms_of(piece, path):
                if form in self._all:
                    met[form].update(self._met(piece, form))
        return tuple(one.name for one in self._wanted if any(self._holds(one, form, met[form]) for form in one.runs))

    def _met(self, piece: bytes, form: Form) -> list[int]:
        data = reduced(sampled(piece) if form is Form.LETTERS else piece, form)
        if len(data) < 2 * RUN:
            return []
        known, some = self._all[form], runs_in_file(data, self._table[form])
        places = np.minimum(np.searchsorted(known, some), len(known) - 1)
        return [int(one) for one in some[known[places] == some]]

    @staticmethod
    def _holds(one: Wanted, form: Form, met: set[int]) -> bool:
        if len(met) < one.least[form]:
            return False
        known = np.isin(np.fromiter(met, np.uint64, len(met)), one.runs[form])
        return int(known.sum()) >= one.least[form]


def sampled(text: bytes) -> bytes:
    """Return a quarter of a long text, evenly: a copy of any use is long itself, and met in part."""
    if len(text) <= OF_EACH:
        return text
    return b"".join(text[start : start + SAMPLE] for start in range(0, len(text), OF_EACH))


def forms_of(piece: bytes, path: str) -> tuple[Form, ...]:
    """Return how data may be written in a piece of a file: texts hold no NUL, and marshalled code holds texts."""
    if path.endswith(".pyc"):
        return (Form.LETTERS, Form.BYTES)
    return (Form.BYTES, Form.LETTERS) if b"\0" in piece[:4_096] else (Form.LETTERS, Form.DIGITS)
