"""The text of a statement as it stands in its cell."""

import ast
import re
from collections.abc import Sequence

from harness.intake.bound import DEFINITIONS

TRAILING = re.compile(rb"[ \t;]*+(#[^\n]*+)?$")


def encoded(text: str) -> list[bytes]:
    """Return the lines of a text as Python counts columns in them."""
    return [line.encode("utf-8", "surrogatepass") for line in text.split("\n")]


def split(source: bytes) -> list[bytes]:
    """Return the lines of a file as Python counts them: one ends at a line feed, a carriage return, or both."""
    return re.split(rb"\r\n?|\n", source)


def segment(lines: Sequence[bytes], node: ast.stmt) -> str:
    """Return the text of a statement with its decorators, and the comment behind it if nothing else is there."""
    decorators = node.decorator_list if isinstance(node, DEFINITIONS) else []
    start = min([node.lineno, *(d.lineno for d in decorators)])
    begin = 0 if decorators else node.col_offset
    end, stop = node.end_lineno or start, node.end_col_offset or 0
    rest = TRAILING.match(lines[end - 1], stop)
    comment = b"  " + rest[1] if rest and rest[1] else b""
    if start == end:
        return (lines[start - 1][begin:stop] + comment).decode()
    whole = [lines[start - 1][begin:], *lines[start : end - 1], lines[end - 1][:stop] + comment]
    return b"\n".join(whole).decode()
