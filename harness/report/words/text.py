"""Numbers and untrusted words as a reader should see them."""

import math
import re

from harness.grading.words import sentence
from harness.report.words.phrase import Phrase

__all__ = ["MISSING", "clean", "count", "number", "percent", "points", "sentence", "short_name"]

# Control characters, direction overrides, other invisible marks and lone surrogates can disguise a name or
# break a file. Joiners (U+200C, U+200D) stay: Persian, Indic scripts and emoji need them.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
MISSING = "–"
LARGEST = 1e100  # beyond it nothing is drawn: differences and ratios of two such values are still numbers


def clean(text: str) -> str:
    """Return `text` with every control, direction or invisible character shown as U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub("\ufffd", text) if _UNSAFE.search(text) else text


def short_name(name: str, otherwise: str, longest: int = 100) -> str:
    """Return a name on one line, at most `longest` characters; `otherwise` where nothing is left of it."""
    line = " ".join(clean(name).split()) or otherwise
    return line if len(line) <= longest else line[: longest - 1] + "…"


def is_drawable(value: float | None) -> bool:
    """Say whether a value has a place on an axis."""
    return value is not None and abs(value) <= LARGEST  # NaN is not


def number(value: float | None, unit: str = "") -> str:
    """Return four significant digits with the unit; NaN and infinity in words, None as a dash."""
    if value is None:
        return MISSING
    if math.isnan(value):
        return Phrase("not a number")
    if math.isinf(value):
        return Phrase("infinite") if value > 0 else Phrase("minus infinite")
    digits = f"{value:,.0f}" if 10_000 <= abs(value) < 1e9 else f"{value:.4g}"
    return f"{digits} {unit}".rstrip() if unit else digits


def points(value: float | None) -> str:
    """Return points with at most two decimals: `12.5`, `30`; a dash for None or NaN."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def percent(share: float | None) -> str:
    """Return a share in [0, 1] as a percentage with at most one decimal; a dash for None."""
    return MISSING if share is None else f"{points(round(100 * share, 1))} %"


def count(n: float, one: str, many: str = "") -> Phrase:
    """Return `1 point`, `2 points`, `2.5 points`."""
    amount = f"{n:,}" if isinstance(n, int) else points(n)
    return Phrase(f"%(n)s {one if n == 1 else many or one + 's'}", n=amount)
