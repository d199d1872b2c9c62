"""How much a source holds that is data and not code: where trained weights or answers could hide."""

import ast
import io
import tokenize
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from harness.intake.syntax import InvalidSourceError, parse, text_of

NUMBER_BYTES = 8
NOTED_BYTES = 8_000  # far above the numbers and words that building a model takes


@dataclass(frozen=True)
class Size:
    """Bytes of source, and of literals and comments in it: a file can read its own comments as well."""

    source: int = 0
    data: int = 0

    def note(self, task: str) -> str:
        """Return a sentence for whoever reads the card if there is remarkably much data, else nothing."""
        if self.data < NOTED_BYTES:
            return ""
        return f"The source for {task} holds {self.data / 1000:.0f} kB of literals and comments; a builder needs few."


def data_bytes(path: str, source: bytes) -> int:
    """Return how many bytes of a file are data: all of one that is not Python. Runs nothing."""
    try:
        tree = parse(path, source)
    except InvalidSourceError:
        return len(source)
    return data_in(tree, text_of(path, source))


def data_in(tree: ast.Module, text: str) -> int:
    """Return how many bytes of a source are literals and comments."""
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return sum(map(size_of, constants)) + sum(map(len, comments(text)))


def size_of(value: object) -> int:
    """Return the bytes a literal can carry; a whole number as many as it is long."""
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, bytes):
        return len(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(NUMBER_BYTES, value.bit_length() // 8)
    return NUMBER_BYTES if isinstance(value, float | complex) else 0


def comments(text: str) -> Iterable[str]:
    """Yield the comments of a source up to where it cannot be read any further."""
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string
