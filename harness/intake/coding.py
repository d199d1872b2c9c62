"""The text of a source: in UTF-8, or in ASCII or Latin-1 where its first lines say so, and in nothing else.

Python lets a comment choose any codec, also one that unpacks, turns letters around or raises what no reader expects.
"""

import codecs
import re

COOKIE = re.compile(rb"[ \t\f]*+#[^\n]*?coding[:=][ \t]*+([-\w.]++)")  # as in PEP 263
BLANK = re.compile(rb"[ \t\f]*+(?:#[^\n]*+)?\r?\n?$")
HONOURED = {
    **dict.fromkeys(("utf-8", "utf8", "utf-8-sig", "u8"), "utf-8"),
    **dict.fromkeys(("ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1"), "latin-1"),
}


class UnknownCodingError(ValueError):
    """The source names a coding that is not honoured; the message is that name."""


def decoded(source: bytes) -> str:
    """Return the text of a source.

    Raises UnknownCodingError for another coding than is honoured, and UnicodeDecodeError where the bytes are not in it.
    """
    name = declared(source)
    if name not in HONOURED:
        raise UnknownCodingError(name)
    return source.removeprefix(codecs.BOM_UTF8).decode(HONOURED[name])


def declared(source: bytes) -> str:
    """Return the coding that one of the first two lines names, in lower case with hyphens; "utf-8" if none does."""
    start = source.removeprefix(codecs.BOM_UTF8)
    for line in start[:2_000].split(b"\n", 2)[:2]:
        if found := COOKIE.match(line):
            return found[1].decode("ascii", "replace").lower().replace("_", "-")
        if not BLANK.match(line):
            break
    return "utf-8"
