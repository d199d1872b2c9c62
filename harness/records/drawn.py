"""A file of figures drawn earlier: JSON behind a digest over it as it is written, so that it is read but once."""

import json
import re
from pathlib import Path
from typing import Any

from harness.records.database import digest_of

_KEPT = re.compile(r'\{"digest": "([0-9a-f]{64})", "figures": (\[.*\])\}', re.DOTALL)


def as_kept(figures: list[dict[str, Any]]) -> bytes:
    """Return what a file of figures holds."""
    text = json.dumps(figures)
    return f'{{"digest": "{digest_of(text)}", "figures": {text}}}'.encode()


def read_kept(path: Path) -> list[dict[str, Any]] | None:
    """Return the figures in a file; None if there is none, or it is not as it was stored."""
    try:
        text = path.read_text(encoding="utf-8")
        if kept := _KEPT.fullmatch(text):
            digest, text = kept.groups()
            if digest_of(text) != digest:
                return None
        figures = json.loads(text)  # older harnesses wrote no digest
    except (OSError, ValueError, RecursionError):
        return None
    return figures if isinstance(figures, list) else None
