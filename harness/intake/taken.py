"""The source that is taken from a notebook: what was chosen, less what nothing in it needs."""

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import PurePosixPath

from harness.intake.bound import STAR
from harness.intake.exports import Exports
from harness.intake.known import ALWAYS_THERE
from harness.intake.libraries import BROUGHT
from harness.intake.needed import needed
from harness.intake.pieces import Chosen, Kind, Names, Piece

HEADER = "# Taken from a notebook: imports, definitions and constants of its code cells."
GUARD = "try:\n    {}\nexcept ImportError:\n    pass"
# A function that calls these may read any name.
BY_SPELLING = frozenset({"globals", "eval", "exec"})
# Annotations are not looked at: names in them may be of libraries that are missing.
LATER = "from __future__ import annotations"


@dataclass(frozen=True)
class Taken:
    """The pieces that make up the source, in their order; `guarded` are imports that may fail without harm.

    `wanted` are the functions that a task asks for, where those were found; without, all functions are taken. `places`
    says where each piece stands among all.
    """

    source: str
    pieces: tuple[Piece, ...]
    guarded: tuple[Piece, ...]
    wanted: Names = frozenset()
    places: tuple[int, ...] = ()

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset().union(*(piece.sets for piece in self.pieces))

    @cached_property
    def read(self) -> frozenset[str]:
        return frozenset().union(*(piece.reads for piece in self.pieces))


def take(chosen: Chosen, local: Collection[str], exports: Iterable[Exports] = ()) -> Taken:
    """Return the source of what was chosen; `local` are the modules that lie beside the notebook.

    Where all that one of `exports` requires is defined, only what this needs is taken, and all functions with what
    they need otherwise. An import of a module of the submission stays, because it may bring a builder.
    """
    wanted = found_exports(chosen, exports)
    roots = [i for i, piece in enumerate(chosen.pieces) if is_root(piece, local, wanted)]
    taken = needed(chosen, roots, wanted)
    if wanted and any(not BY_SPELLING.isdisjoint(piece.reads) for piece in taken):
        roots = [i for i, piece in enumerate(chosen.pieces) if is_root(piece, local, frozenset())]
        taken = needed(chosen, roots, wanted)
    read = frozenset().union(*(p.reads | p.annotated for p in taken), wanted)
    pieces = [shortened(p, read, local) for p in taken]
    at_once = frozenset().union(*(p.at_once for p in pieces if p.kind is not Kind.IMPORT))
    beside = {*local, *(PurePosixPath(file).stem for _, file in chosen.writes)}  # one that is written is to be missed
    guarded = [p for p in pieces if is_foreign(p, beside) and not p.sets & at_once]
    texts = {p: GUARD.format(p.text.replace("\n", "\n    ")) for p in guarded}
    source = written(chosen.docstring, pieces, texts, later=annotates(pieces, guarded))
    place = {piece: i for i, piece in enumerate(chosen.pieces)}
    return Taken(source, tuple(pieces), tuple(guarded), wanted, tuple(place[piece] for piece in taken))


def found_exports(chosen: Chosen, exports: Iterable[Exports]) -> Names:
    """Return what tasks ask for and a notebook defines, of those tasks for which nothing is missing."""
    defined = frozenset().union(*(piece.sets for piece in chosen.pieces))
    whole = [e for e in exports if e.required and e.required <= defined]
    return frozenset().union(*((e.required | e.further) & defined for e in whole))


def is_root(piece: Piece, local: Collection[str], wanted: Names) -> bool:
    """Return whether a piece is taken whatever reads it."""
    if piece.kind is Kind.FUNCTION:
        return not wanted
    return piece.kind is Kind.KEPT or (piece.kind is Kind.IMPORT and is_required(piece, local))


def annotates(pieces: Collection[Piece], guarded: Collection[Piece]) -> bool:
    """Return whether annotations read a name that nothing taken is sure to set."""
    names = frozenset().union(*(p.annotated for p in pieces))
    sure = frozenset().union(*(p.sets for p in pieces if p not in {*guarded}))
    return STAR not in sure and bool(names - sure - ALWAYS_THERE)


def is_required(piece: Piece, local: Collection[str]) -> bool:
    """Return whether an import is of a module of the submission, or of every name of one, or of the future."""
    return STAR in piece.sets or bool(set(modules(piece.node)) & {"", "__future__", *local})


def modules(node: ast.stmt | None) -> list[str]:
    """Return the top-level modules that an import names; "" for a relative one."""
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["" if node.level else (node.module or "").split(".")[0]]
    return []


def is_foreign(piece: Piece, local: Collection[str]) -> bool:
    """Return whether a piece imports from a library that is not there wherever a submission is built."""
    return piece.kind is Kind.IMPORT and bool(set(modules(piece.node)) - BROUGHT - {"", *local})


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


def written(docstring: str, pieces: list[Piece], texts: dict[Piece, str], *, later: bool) -> str:
    """Return the source: a docstring and future imports first, then the pieces of each cell below its number."""
    future = [p for p in pieces if "__future__" in modules(p.node)]
    rest = [p for p in pieces if "__future__" not in modules(p.node)]
    first = [HEADER, docstring, *(p.text for p in future)]
    first += [LATER] if later and LATER not in first else []
    parts = ["\n".join(filter(None, first))]
    for number, group in groupby(rest, lambda piece: piece.cell):
        lines, before = [f"# cell {number}"], Kind.IMPORT
        for piece in group:
            apart = len(lines) > 1 and bool({Kind.FUNCTION, Kind.CLASS} & {piece.kind, before})
            lines.append(f"{chr(10) * 2 * apart}{texts.get(piece, piece.text)}")
            before = piece.kind
        parts.append("\n".join(lines))
    return "\n\n\n".join(parts) + "\n"
