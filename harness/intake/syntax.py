"""Finding a file that is not valid Python without running any of it."""

import ast
import codecs
import warnings
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from harness.intake.names import clean


class InvalidSourceError(ValueError):
    """One sentence: the file, the line if known, and what is wrong."""


def first_error(files: Mapping[str, bytes], entry: str) -> str:
    """Return what is wrong with `entry` or with a file it imports, directly or not; "" if nothing is.

    A broken file that nothing imports does no harm and is not looked at.
    """
    waiting, seen = [entry], {entry}
    while waiting:
        path = waiting.pop(0)
        try:
            tree = parse(path, files[path])
        except InvalidSourceError as error:
            return str(error)
        found = [p for p in imported(tree, path) if p in files and p not in seen]
        waiting += dict.fromkeys(found)
        seen.update(found)
    return ""


def parse(path: str, source: bytes) -> ast.Module:
    """Return the syntax tree of a file; raise InvalidSourceError if it is not UTF-8 or not Python.

    It is parsed as text, so that a coding comment cannot choose a codec, and never compiled or run.
    """
    name = clean(path)
    try:
        text = source.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        again = "Save the file as UTF-8 and hand in again."
        raise InvalidSourceError(f"{name} line {line} is not UTF-8 text. {again}") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InvalidSourceError(
            f"{name} line {line} is not valid Python: it holds a NUL byte. Save the file as text and hand in again."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape sequence is the student's to read, not ours
            return ast.parse(text, filename=name)
    except SyntaxError as error:
        raise InvalidSourceError(_sentence(name, error)) from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise InvalidSourceError(
            f"{name} is not valid Python: it is nested too deeply. Split the long expression and hand in again."
        ) from error


def imported(tree: ast.Module, path: str) -> Iterator[str]:
    """Yield the paths at which modules that a file imports would lie, if they were part of the submission."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _paths(alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            base = _base(path, node.level) + (node.module.split(".") if node.module else [])
            for alias in node.names:
                yield from _paths([*base, alias.name])


def _base(path: str, level: int) -> list[str]:
    """Return the package that a relative import with `level` dots starts from."""
    if level == 0:
        return []
    package = list(PurePosixPath(path).parent.parts)
    return package[: max(len(package) - (level - 1), 0)]


def _paths(parts: list[str]) -> Iterator[str]:
    for end in range(1, len(parts) + 1):
        stem = "/".join(parts[:end])
        yield f"{stem}.py"
        yield f"{stem}/__init__.py"


def _sentence(name: str, error: SyntaxError) -> str:
    where = f"{name} line {error.lineno}" if error.lineno else name
    return f"{where} is not valid Python: {clean(error.msg, 200)}. Correct the line and hand in again."
