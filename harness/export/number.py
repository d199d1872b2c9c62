"""Marks as platforms write them: two decimals, the decimal mark of the file, halves up."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

DecimalMark = Literal[".", ","]

_NUMBER = re.compile(r"[+-]?\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+(?:[.,]\d+)?|[+-]?\d+(?:[.,]\d+)?|[+-]?[.,]\d+")
_CENT, _WHOLE = Decimal("0.01"), Decimal(1)
_CLOSE = 9  # decimals: a float is this near to what was meant


def read_number(text: str) -> Decimal | None:
    """Return a number in any locale; None for what is none, and for `1,000`, which is a thousand to some and one to
    others. Of several marks the last is the decimal mark, and spaces and apostrophes separate thousands."""
    text = text.strip()
    if not _NUMBER.fullmatch(text) or _ambiguous(text):
        return None
    marks = [i for i, c in enumerate(text) if c in ".,"]
    same = len(marks) > 1 and len({text[i] for i in marks}) == 1  # 1.000.000: no decimals
    last = marks[-1] if marks and not same else len(text)
    digits = re.sub(r"[^\d]", "", text[:last])
    sign = "-" if text.startswith("-") else ""
    return Decimal(f"{sign}{digits or '0'}.{text[last + 1 :] or '0'}")


def _ambiguous(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", text))


def decimal_mark(cells: Iterable[str], delimiter: str) -> DecimalMark:
    """Return the decimal mark that numbers of a file have; where none has decimals, what goes with its delimiter."""
    numbers = [text.strip() for text in cells if read_number(text) is not None]
    found = [mark for text in numbers for mark in re.findall(r"[.,](?=\d+$)", text)]
    if found:
        return "," if found.count(",") > found.count(".") else "."
    return "," if delimiter == ";" else "."


def scaled(share: float, maximum: Decimal) -> Decimal:
    """Return a share in [0, 1] of a maximum, at two decimals, halves up; never more than the maximum."""
    exact = Decimal(str(round(share, _CLOSE + 3))) * maximum
    return round_half_up(min(maximum, exact))


def round_half_up(value: Decimal, *, whole: bool = False) -> Decimal:
    """Return a number at two decimals, or whole: the nearest one, and of two as near the greater."""
    return round(value, _CLOSE).quantize(_WHOLE if whole else _CENT, ROUND_HALF_UP)


def written(value: Decimal, mark: DecimalMark) -> str:
    """Return `71.50`, or `71,50`; a whole number without decimals only if it was made whole."""
    return f"{value:f}".replace(".", mark)
