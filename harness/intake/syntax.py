"""Finding a file that is not valid Python without running any of it."""

import ast
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from harness.intake.coding import UnknownCodingError, decoded
from harness.intake.names import clean

LONGEST_PATH = 300  # characters; no file that is kept has a longer one
CORRECT = "Correct the line and hand in again."
# What came after Python 3.11, as a line that fails begins.
NEWER = re.compile(r"\s*+(?:type\s++\w++\s*+[\[=]|(?:async\s++)?(?:def|class)\s++\w++\s*+\[|except\s++\w++\s*+,)")
STRINGS = ("f-string:", "f-string expression part")


class InvalidSourceError(ValueError):
    """Two sentences: the file, the line if known, and `what` is wrong; then what to do."""

    def __init__(self, what: str, way_out: str) -> None:
        super().__init__(f"{what} {way_out}")
        self.what = what


def parse(path: str, source: bytes) -> ast.Module:
    """Return the syntax tree of a file; raise InvalidSourceError if its coding is not honoured or it is not Python.

    It is parsed as text, so that a coding comment cannot choose a codec, and never compiled or run.
    """
    name = clean(path)
    text = text_of(name, source)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InvalidSourceError(
            f"{name} line {line} is not valid Python: it holds a NUL byte.", "Save the file as text and hand in again."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape sequence is the student's to read, not ours
            return ast.parse(text, filename=name)
    except SyntaxError as error:
        raise _invalid(name, text, error) from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise InvalidSourceError(
            f"{name} is not valid Python: it is nested too deeply.", "Split the long expression and hand in again."
        ) from error


def text_of(name: str, source: bytes) -> str:
    """Return the text of a source; raise InvalidSourceError if it cannot be read as text."""
    again = "and hand in again."
    try:
        return decoded(source)
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        kind = "UTF-8" if error.encoding.startswith("utf") else "Latin-1"
        raise InvalidSourceError(
            f"{name} line {line} is not {kind} text.", f"Save the file as UTF-8 {again}"
        ) from error
    except UnknownCodingError as error:
        coding = clean(str(error), 30)
        what = f"{name} says in its first lines that it is in {coding}; expected UTF-8, ASCII or Latin-1."
        raise InvalidSourceError(what, f"Save the file as UTF-8 without that comment {again}") from error


def imported(nodes: Iterable[ast.AST], path: str) -> Iterator[str]:
    """Yield the paths at which modules that a file imports would lie, if they were part of the submission.

    `nodes` are all parts of its syntax tree.
    Linear in the length of the source: no path longer than that of any file is followed.
    """
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _paths(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = "".join(f"{part}." for part in (*_base(path, node.level), *([node.module] if node.module else [])))
            yield from _paths(base.rstrip("."))
            if len(base) < LONGEST_PATH:
                yield from (p for alias in node.names for p in _last(f"{base}{alias.name}"))


def _base(path: str, level: int) -> list[str]:
    """Return the package that a relative import with `level` dots starts from."""
    if level == 0:
        return []
    package = list(PurePosixPath(path).parent.parts)
    return package[: max(len(package) - (level - 1), 0)]


def _paths(name: str) -> Iterator[str]:
    """Yield where a dotted name and each package around it would lie."""
    start = name[:LONGEST_PATH]
    for end, letter in enumerate(f"{start}."):
        if letter == "." and end:
            yield from _last(start[:end])


def _last(name: str) -> Iterator[str]:
    stem = name.replace(".", "/")
    yield f"{stem}.py"
    yield f"{stem}/__init__.py"


def _invalid(name: str, text: str, error: SyntaxError) -> InvalidSourceError:
    where = f"{name} line {error.lineno}" if error.lineno else name
    what = clean(error.msg, 200)
    if not is_newer(text, error):
        return InvalidSourceError(f"{where} is not valid Python: {what}.", CORRECT)
    version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    return InvalidSourceError(
        f"{where} is not valid in {version}, with which it is graded: {what}.",
        "A newer Python may allow it; write the line for this one and hand in again.",
    )


def is_newer(text: str, error: SyntaxError) -> bool:
    """Return whether a line that is refused looks like one that a later Python allows."""
    if error.msg.startswith(STRINGS):
        return True
    lines = text.split("\n")
    at = (error.lineno or 0) - 1
    return 0 <= at < len(lines) and bool(NEWER.match(lines[at]))
