"""What a card says about a notebook: what was taken, what was left out, and which names are missing for it."""

import builtins
import symtable
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from harness.intake.bound import STAR
from harness.intake.cells import KEEP, SKIP, Chosen, Kind
from harness.intake.names import clean, some
from harness.intake.taken import Taken, modules

MOST = 6  # remarks on single names; a card is no log
SHOWN = 8  # names in the sentence that says what was taken
NOTEBOOK_WORDS = frozenset({"display", "get_ipython", *dir(builtins), "__name__", "__file__"})


def remarks(name: str, chosen: Chosen, taken: Taken) -> tuple[str, ...]:
    """Return the sentences for the card of a submission whose notebook is called `name`."""
    single = [*left_definitions(chosen), *missing(chosen, taken), *set_again(chosen, taken), *twice(taken)]
    single += [*foreign(taken), *unknown(chosen)]
    more = [f"There are {len(single) - MOST} more remarks like these."] if len(single) > MOST else []
    return (said_taken(clean(name), taken), *said_left(chosen, taken), *single[:MOST], *more)


def said_taken(name: str, taken: Taken) -> str:
    imports = sum(piece.kind is Kind.IMPORT for piece in taken.pieces)
    kept = [piece.cell for piece in taken.pieces if piece.kind is Kind.KEPT]
    defined = [p for kind in (Kind.DEFINITION, Kind.CONSTANT, Kind.OBJECT) for p in taken.pieces if p.kind is kind]
    names = list(dict.fromkeys(clean(n, 60) for piece in defined for n in sorted(piece.sets)))
    listed = [", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")]
    listed += [f"{imports} import{'s'[: imports > 1]}"] if imports else []
    listed += [f"{numbered('cell', kept)} as a whole"] if kept else []
    what = "; ".join(filter(None, listed))
    if not what:
        return f"Nothing was taken from {name}: it defines no function."
    return f"Taken from {name} ({numbered('cell', [p.cell for p in taken.pieces])}): {what}."


def said_left(chosen: Chosen, taken: Taken) -> Iterator[str]:
    """Yield a sentence on the cells that were left out, and one on magics."""
    used = {piece.cell for piece in taken.pieces}
    left = {left.cell for left in chosen.left} | ({piece.cell for piece in chosen.pieces} - used)
    left -= {*chosen.skipped}
    whole, parts = sorted(left - used), sorted(left & used)
    told = [numbered("cell", whole)] if whole else []
    told += [f"parts of {numbered('cell', parts)}"] if parts else []
    told += [f"{numbered('cell', chosen.skipped)}, tagged {SKIP}"] if chosen.skipped else []
    if told:
        yield f"Left out, as nothing was run: {'; '.join(told)}."
    if chosen.magics:
        words = list(dict.fromkeys(clean(word, 20) for _, word in chosen.magics))
        shown = ", ".join(words[:4]) + (f" and {len(words) - 4} more" if len(words) > 4 else "")
        yield f"Skipped magics, shell lines and help in {numbered('cell', [n for n, _ in chosen.magics])}: {shown}."


def left_definitions(chosen: Chosen) -> Iterator[str]:
    for left in chosen.left:
        if left.definition:
            what = clean(left.definition, 60)
            yield (
                f"{what} (cell {left.cell}) was left out: it reads {clean(left.lacks, 60)} where it is defined, "
                f"which is not taken; tag the cells of both {KEEP}."
            )


def missing(chosen: Chosen, taken: Taken) -> Iterator[str]:
    """Yield a sentence for each definition that reads names which nothing taken sets."""
    where = {name: left.cell for left in chosen.left for name in left.sets}
    star = STAR in taken.names
    absent: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for owner, name in unresolved(taken):
        if name in where or not star:
            absent[owner, name in where].append(name)
    for (owner, was_left), names in absent.items():
        shown = some(sorted(names))
        if was_left:
            cells = numbered("cell", (where[name] for name in names))
            way_out = f"tag {'it' if cells.startswith('cell ') else 'them'} {KEEP}, or pass the value in"
            yield f"{owner} uses {shown}, set by what was skipped of {cells}: if a builder needs it, {way_out}."
        else:
            yield f"{owner} uses {shown}, which no cell sets."


def unresolved(taken: Taken) -> list[tuple[str, str]]:
    """Return (who reads it, name) for each name of the module that the taken source reads and never sets."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            top = symtable.symtable(taken.source, "notebook", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # the fault is told when the source is imported
    tables = {id(child): list(below(child)) for child in top.get_children()}
    known = taken.names | NOTEBOOK_WORDS
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


def set_again(chosen: Chosen, taken: Taken) -> Iterator[str]:
    """Yield a sentence for each name that is read, and that a later cell which is left out sets to something else."""
    last = {name: piece.cell for piece in taken.pieces for name in sorted(piece.sets)}
    defined = frozenset().union(*(p.sets for p in taken.pieces if p.kind is Kind.DEFINITION))
    later = {n: left.cell for left in chosen.left for n in sorted(left.sets & (taken.read | defined))}
    for name, cell in later.items():
        if name in last and cell > last[name]:
            yield f"{clean(name, 60)} is set again in cell {cell}, which is left out: that of cell {last[name]} counts."


def twice(taken: Taken) -> Iterator[str]:
    cells = defaultdict(list)
    for piece in taken.pieces:
        if piece.kind is Kind.DEFINITION:
            for name in sorted(piece.sets):
                cells[name].append(piece.cell)
    for name, numbers in cells.items():
        if len(numbers) > 1:
            yield f"{clean(name, 60)} is defined more than once ({numbered('cell', numbers)}): the last one counts."


def foreign(taken: Taken) -> Iterator[str]:
    counted = Counter({m: p.cell for p in reversed(taken.guarded) for m in modules(p.node)})
    for module, cell in counted.items():
        yield f"Cell {cell} imports {clean(module, 60)}, which may not be there when models are built."


def unknown(chosen: Chosen) -> Iterator[str]:
    for number, tag in chosen.unknown_tags:
        yield f"Cell {number} has the tag {clean(tag, 40)}, which means nothing here; expected {KEEP} or {SKIP}."


def numbered(word: str, numbers: Iterable[int]) -> str:
    """Return `cell 3` or `cells 1, 3-5 and 9`."""
    distinct = sorted({*numbers})
    runs: list[list[int]] = []
    for n in distinct:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    texts = [f"{r[0]}-{r[-1]}" if len(r) > 2 else ", ".join(map(str, r)) for r in runs]
    return f"{word}{'s'[: len(distinct) > 1]} {in_words(texts)}"


def in_words(texts: Sequence[str]) -> str:
    texts = ", ".join(texts).split(", ")
    if len(texts) > SHOWN:
        texts = [*texts[:SHOWN], f"{len(texts) - SHOWN} more"]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
