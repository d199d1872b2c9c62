"""A Python file that was written out of a notebook: its shell lines and magics are skipped, as in the notebook."""

import ast
from dataclasses import dataclass

from harness.intake.facts import SourceFacts
from harness.intake.magics import plain
from harness.intake.names import clean
from harness.intake.segments import split
from harness.intake.syntax import InvalidSourceError, parse, text_of

CALLS = "get_ipython"


@dataclass(frozen=True)
class Exported:
    """A source without what only a notebook understands, line for line, and a note if there was anything."""

    source: bytes
    note: str = ""


def may_be_exported(source: bytes, facts: SourceFacts) -> bool:
    """Return whether a source is worth a look: it is no Python, or it calls what only a notebook has."""
    return bool(facts.problem) or CALLS.encode() in source


def without_magics(path: str, source: bytes) -> Exported:
    """Return a source that can be run by itself; as it is if it needs no help or is not Python anyhow."""
    try:
        tree = parse(path, source)
    except InvalidSourceError:
        return without_escapes(path, source)
    return without_calls(path, source, tree) if CALLS.encode() in source else Exported(source)


def without_escapes(path: str, source: bytes) -> Exported:
    """Return a source without lines such as `!pip install keras`, if it is Python then."""
    try:
        code = plain(text_of(path, source), cell=False)
        if not code.skipped:
            return Exported(source)
        tree = parse(path, code.text.encode())
    except (InvalidSourceError, UnicodeEncodeError):
        return Exported(source)
    shown = ", ".join(dict.fromkeys(clean(word, 20) for word in code.skipped[:4]))
    found = without_calls(path, code.text.encode(), tree)
    return Exported(found.source, f"Skipped lines of {clean(path)} that only a notebook understands: {shown}.")


def without_calls(path: str, source: bytes, tree: ast.Module) -> Exported:
    """Return a source with `pass` for each statement at its top that calls get_ipython()."""
    nodes = [node for node in tree.body if isinstance(node, ast.Expr | ast.Assign) and calls(node)]
    lines = split(source)
    for node in nodes:
        first, last = node.lineno - 1, node.end_lineno or node.lineno
        alone = not lines[first][: node.col_offset].strip() and b";" not in lines[last - 1][node.end_col_offset or 0 :]
        if alone:
            lines[first:last] = [b"pass", *[b""] * (last - first - 1)]
    changed = b"\n".join(lines) if nodes else source
    where = f"line {nodes[0].lineno}" if nodes else ""
    note = f"Skipped calls of get_ipython() in {clean(path)} ({where}), which only a notebook has."
    return Exported(changed, note if changed != source else "")


def calls(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Name) and part.id == CALLS for part in ast.walk(node))
