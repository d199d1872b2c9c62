"""How much a source holds: where trained weights or answers could hide, in whatever form."""

import ast
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from harness.intake.syntax import InvalidSourceError, parse, text_of

NUMBER_BYTES = 8
# A comment or a string, so that a # in a string is none; a part that is matched is never given back.
TOKEN = re.compile(
    r"""#[^\n]*+|\"{3}(?:[^"\\]++|\\.|"(?!""))*+\"{3}|'{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}"""
    r"""|"(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+'""",
    re.DOTALL,
)
NOTED_BYTES = 8_000  # compressed; the references take 0.6 to 3 kB


@dataclass(frozen=True)
class Size:
    """Bytes of source, of literals and comments in it, and of all files together when they are compressed.

    No way of writing numbers down makes them smaller than that: names of parameters, letters of rare scripts, and
    comments, which a file can read as well.
    """

    source: int = 0
    data: int = 0
    packed: int = 0

    def note(self, task: str) -> str:
        """Return a sentence for whoever reads the card if a source is remarkably large, else nothing."""
        if self.packed < NOTED_BYTES:
            return ""
        return (
            f"The source for {task} takes {self.packed / 1000:.0f} kB when compressed, and a builder seldom more"
            " than 3; weights or answers may be in it."
        )


def packed_bytes(files: Iterable[bytes]) -> int:
    """Return how many bytes files take together when they are compressed (zlib)."""
    return len(zlib.compress(b"\n".join(files), 9))


def data_bytes(path: str, source: bytes) -> int:
    """Return how many bytes of a file are data: all of one that is not Python. Runs nothing."""
    try:
        tree = parse(path, source)
    except InvalidSourceError:
        return len(source)
    return data_in(ast.walk(tree), text_of(path, source))


def data_in(nodes: Iterable[ast.AST], text: str) -> int:
    """Return how many bytes of a source are literals and comments; `nodes` are all parts of its syntax tree."""
    constants = (node.value for node in nodes if isinstance(node, ast.Constant))
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
    """Yield the comments of a source that is Python: what begins with # outside of any string."""
    return (found[0] for found in TOKEN.finditer(text) if found[0].startswith("#"))
