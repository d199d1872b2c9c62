"""Imports by the name of the folder that was handed in, and relative ones, made to work where the files lie now.

A folder that holds all files is taken off, and the entry file is imported by itself: `from coursework.blocks import
head` and `from .blocks import head` find their module all the same.
"""

import ast
import re
from collections.abc import Mapping

from harness.intake.names import clean, some
from harness.intake.segments import split
from harness.intake.syntax import InvalidSourceError, parse, text_of

STANDS_FOR = '''"""The folder that was handed in: its modules lie one folder up."""

__path__ = [__path__[0].rpartition("/")[0]]
'''
RELATIVE = re.compile(rb"\bfrom[ \t]*+\.")
WHOLE = "from {0}.__init__ import *\n"


def with_folder(files: Mapping[str, bytes], wrapper: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the files, with a package for the folder that was taken off if they import by its name, and notes."""
    name = wrapper.rstrip("/").rpartition("/")[2]
    if not name.isidentifier() or any(path.split("/")[0] in (name, f"{name}.py") for path in files):
        return dict(files), []
    if not any(name.encode() in source and name in top_modules(path, source) for path, source in files.items()):
        return dict(files), []
    source = STANDS_FOR + (WHOLE.format(name) if "__init__.py" in files else "")
    note = f"The folder {clean(name, 60)} was taken off; what imports by its name finds the files as well."
    return {**files, f"{name}/__init__.py": source.encode()}, [note]


def top_modules(path: str, source: bytes) -> set[str]:
    """Return the first part of each module that a file imports by its full name; none if it is not Python."""
    try:
        tree = parse(path, source)
    except InvalidSourceError:
        return set()
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in found}


def without_dots(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """Return the files with `from .blocks import head` at the top read as `from blocks import head`, and notes.

    Only where blocks.py or a folder of this name lies there; no line changes its number.
    """
    top = {path.split("/")[0].removesuffix(".py") for path in files}
    changed = {path: absolute(path, source, top) for path, source in files.items() if may_be_relative(path, source)}
    found = sorted(path for path, source in changed.items() if source != files[path])
    note = f"In {some(found)}, relative imports were read as ones of the files beside: `from .x` as `from x`."
    return {**files, **changed}, [note] if found else []


def may_be_relative(path: str, source: bytes) -> bool:
    return "/" not in path and path != "__init__.py" and bool(RELATIVE.search(source))


def absolute(path: str, source: bytes, top: set[str]) -> bytes:
    """Return a source with relative imports of what lies at the top written as absolute ones."""
    try:
        tree = parse(path, source)
        text = text_of(path, source)
    except InvalidSourceError:
        return source
    if not text.isascii() and b"coding" in source[:200]:
        return source
    nodes = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level == 1 and names_of(n) <= top]
    if not nodes:
        return source
    lines = split(text.encode())
    for node in nodes:
        line = lines[node.lineno - 1]
        start, rest = line[: node.col_offset], line[node.col_offset :]
        lines[node.lineno - 1] = start + rewritten(rest, node)
    return b"\n".join(lines)


def names_of(node: ast.ImportFrom) -> set[str]:
    """Return the modules at the top that a relative import names."""
    return {node.module.split(".")[0]} if node.module else {alias.name for alias in node.names}


def rewritten(rest: bytes, node: ast.ImportFrom) -> bytes:
    """Return the text of an import without its dot; as it was where it is written in another way."""
    words, dot, behind = rest.partition(b".")
    if words.strip() != b"from" or not dot:
        return rest
    if node.module:
        return b"from " + behind.lstrip()
    before, word, names = behind.partition(b"import")
    plain = not before.strip() and word and b"(" not in names and b"\\" not in names
    return b"import" + names if plain else rest
