"""Texts side by side as cells of a table: plain strings, cut and cleaned, that a template escapes."""

from collections.abc import Mapping
from typing import Any

from harness.report.words.text import MISSING, clean

MAX_ROWS, MAX_COLUMNS = 24, 8
LONGEST, MOST_LINES = 600, 16
_NAME = 60


def sample_table(data: Mapping[str, Any]) -> list[list[str]]:
    """Return `rows: {label: {column: text}}` as rows of cells: heads first, then each label with its texts.

    Columns stand in the order they first appear; a text that a row lacks is a dash. At most MAX_ROWS by MAX_COLUMNS
    texts of LONGEST characters and MOST_LINES lines each; what is cut ends in an ellipsis. Raises ValueError without
    any text.
    """
    rows: Mapping[str, Mapping[str, str]] = data["rows"]
    columns = list(dict.fromkeys(column for texts in rows.values() for column in texts))[:MAX_COLUMNS]
    if not columns:
        raise ValueError(f"Expected rows with at least one text; received {len(rows)} without any.")
    heads = ["", *(_cut(column, _NAME) for column in columns)]
    body = [
        [_cut(label, _NAME), *(_sample(texts[column]) if column in texts else MISSING for column in columns)]
        for label, texts in list(rows.items())[:MAX_ROWS]
    ]
    return [heads, *body]


def _sample(text: str) -> str:
    lines = str(text)[: LONGEST + 1].splitlines()
    return _cut("\n".join(lines[:MOST_LINES]) + ("\n…" if len(lines) > MOST_LINES else ""), LONGEST)


def _cut(text: object, longest: int) -> str:
    kept = clean(str(text))
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"
