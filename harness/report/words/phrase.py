"""Sentences made in Python that a theme can replace: the English text with what was put into it kept apart.

A placeholder is written `%(name)s`, as in gettext; any other per cent sign is one.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class Phrase(str):
    """Words with values in them, `Phrase("%(done)s of %(n)s tasks", done=1, n=2)`.

    It is the English text wherever it is used as text; pages print it in the words of their theme. Operations on
    text give plain text again: to join phrases, put them into another one.
    """

    __slots__ = ("msgid", "values")
    msgid: str
    values: Mapping[str, object]

    def __new__(cls, msgid: str, /, **values: object) -> "Phrase":
        made = super().__new__(cls, filled(msgid, values))
        made.msgid = msgid
        made.values = values
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.msgid, dict(self.values))


def _again(msgid: str, values: dict[str, object]) -> Phrase:
    return Phrase(msgid, **values)


def plural(n: float, one: str, many: str, /, **values: object) -> Phrase:
    """Return the phrase `one` for n = 1 and `many` otherwise; `%(n)s` is n, unless the values have another."""
    return Phrase(one if n == 1 else many, **({"n": f"{n:,}"} | values))


def listed(parts: Iterable[object], between: str = ", ") -> Phrase:
    """Return the parts one after the other as one phrase, in which those that are phrases stay so."""
    named = {f"part{i}": part for i, part in enumerate(parts)}
    return Phrase(between.join(f"%({name})s" for name in named), **named)


def filled(text: str, values: Mapping[str, object]) -> str:
    """Return `text` with the values in its placeholders; raises KeyError for one that has none."""
    return _form(text) % values


@lru_cache(maxsize=2_000)  # pages say some hundred different sentences, each thousands of times
def _form(text: str) -> str:
    """Return `text` as the operator `%` takes it: with every per cent sign doubled that begins no placeholder."""
    pieces = PLACEHOLDER.split(text.replace("%%", "%"))
    return "".join(f"%({piece})s" if i % 2 else piece.replace("%", "%%") for i, piece in enumerate(pieces))


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))
