"""Names that a taken source reads and never sets."""

import builtins
import symtable
import warnings
from collections.abc import Collection, Iterator

from harness.intake.names import clean
from harness.intake.pieces import Kind
from harness.intake.taken import Taken

NOTEBOOK_WORDS = frozenset({"display", "get_ipython", *dir(builtins), "__name__", "__file__"})


def unresolved(taken: Taken, left: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return (who reads it, name) for each name of the module that the taken source reads and never sets.

    A name of Python's own is among them if it is in `left`, which a notebook sets where it is left out.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            top = symtable.symtable(taken.source, "notebook", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # the fault is told when the source is imported
    tables = {id(child): list(below(child)) for child in top.get_children()}
    known = taken.names | (NOTEBOOK_WORDS - {*left})
    known |= {s.get_name() for t in tables.values() for b in t for s in b.get_symbols() if s.is_declared_global()}
    found = [
        (owner_of(child), s.get_name())
        for child in top.get_children()
        for table in tables[id(child)]
        for s in table.get_symbols()
        if s.is_global() and s.is_referenced()
    ]
    found += [(f"Cell {p.cell}", name) for p in taken.pieces if p.kind is Kind.KEPT for name in sorted(p.at_once)]
    return list(dict.fromkeys((owner, name) for owner, name in found if name not in known))


def owner_of(table: symtable.SymbolTable) -> str:
    name = table.get_name()
    return "A lambda" if name == "lambda" else clean(name, 60)


def below(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    waiting = [table]
    while waiting:
        yield (found := waiting.pop())
        waiting += found.get_children()
