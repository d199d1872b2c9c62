"""The source that is taken from a notebook: what was chosen, less what nothing in it needs."""

import ast
import sys
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import groupby

from harness.intake.bound import STAR
from harness.intake.cells import Chosen, Kind, Piece

HEADER = "# Taken from a notebook: imports, definitions and constants of its code cells."
# Libraries that are there wherever a submission is built; an import of any other may fail.
LIBRARIES = sys.stdlib_module_names | {
    *("gymnasium", "jax", "keras", "matplotlib", "nltk"),
    *("numpy", "pandas", "scipy", "sklearn", "tensorflow", "torch"),
}


GUARD = "try:\n    {}\nexcept ImportError:\n    pass"


@dataclass(frozen=True)
class Taken:
    """The pieces that make up the source, in their order; `guarded` are imports that may fail without harm."""

    source: str
    pieces: tuple[Piece, ...]
    guarded: tuple[Piece, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(piece.sets for piece in self.pieces))

    @property
    def read(self) -> frozenset[str]:
        return frozenset().union(*(piece.reads for piece in self.pieces))


def take(chosen: Chosen, local: Collection[str]) -> Taken:
    """Return the source of what was chosen; `local` are the modules that lie beside the notebook.

    An import or a Keras object is left out if nothing that is taken reads it, as plots and data are what most imports
    of a notebook are for; an import of a module of the submission stays, because it may bring a builder.
    """
    chosen_pieces = needed(chosen.pieces, local)
    read = frozenset().union(*(p.reads for p in chosen_pieces))
    pieces = [shortened(p, read, local) for p in chosen_pieces]
    at_once = frozenset().union(*(p.at_once for p in pieces if p.kind is not Kind.IMPORT))
    guarded = [p for p in pieces if is_foreign(p, local) and not p.sets & at_once]
    texts = {p: GUARD.format(p.text.replace("\n", "\n    ")) for p in guarded}
    return Taken(written(chosen.docstring, pieces, texts), tuple(pieces), tuple(guarded))


def needed(pieces: list[Piece], local: Collection[str]) -> list[Piece]:
    """Return the pieces that are taken in any case, and those that set a name which one of these reads."""
    providers: dict[str, list[int]] = defaultdict(list)
    for i, piece in enumerate(pieces):
        for name in piece.sets:
            providers[name].append(i)
    found = {i for i, piece in enumerate(pieces) if is_required(piece, local)}
    waiting, asked = list(found), set[str]()
    while waiting:
        for name in pieces[waiting.pop()].reads - asked:
            asked.add(name)
            new = [i for i in providers[name] if i not in found]
            found.update(new)
            waiting += new
    return [piece for i, piece in enumerate(pieces) if i in found]


def is_required(piece: Piece, local: Collection[str]) -> bool:
    if piece.kind is Kind.IMPORT:
        return STAR in piece.sets or bool(set(modules(piece.node)) & {"", "__future__", *local})
    return piece.kind is not Kind.OBJECT


def modules(node: ast.stmt | None) -> list[str]:
    """Return the top-level modules that an import names; "" for a relative one."""
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["" if node.level else (node.module or "").split(".")[0]]
    return []


def is_foreign(piece: Piece, local: Collection[str]) -> bool:
    """Return whether a piece imports from a library that is not there wherever a submission is built."""
    return piece.kind is Kind.IMPORT and bool(set(modules(piece.node)) - LIBRARIES - {"", *local})


def shortened(piece: Piece, read: frozenset[str], local: Collection[str]) -> Piece:
    """Return an import with those names only that are read; any other piece as it is."""
    node = piece.node
    if not isinstance(node, ast.Import | ast.ImportFrom) or is_required(piece, local):
        return piece
    used = [alias for alias in node.names if (alias.asname or alias.name.split(".")[0]) in read]
    if len(used) == len(node.names):
        return piece
    shorter = ast.Import(used) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, used, node.level)
    return replace(piece, node=shorter, text=ast.unparse(shorter), sets=piece.sets & read)


def written(docstring: str, pieces: list[Piece], texts: dict[Piece, str]) -> str:
    """Return the source: a docstring and future imports first, then the pieces of each cell below its number."""
    future = [p for p in pieces if "__future__" in modules(p.node)]
    rest = [p for p in pieces if "__future__" not in modules(p.node)]
    parts = ["\n".join(filter(None, (HEADER, docstring, *(p.text for p in future))))]
    for number, group in groupby(rest, lambda piece: piece.cell):
        lines, before = [f"# cell {number}"], Kind.IMPORT
        for piece in group:
            apart = Kind.DEFINITION in (piece.kind, before) and len(lines) > 1
            lines.append(f"{chr(10) * 2 * apart}{texts.get(piece, piece.text)}")
            before = piece.kind
        parts.append("\n".join(lines))
    return "\n\n\n".join(parts) + "\n"
