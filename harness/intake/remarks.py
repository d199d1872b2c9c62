"""What a card says about a notebook: what was taken, what was left out, and which names are missing for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from harness.explain.libraries import instead
from harness.intake.bound import STAR
from harness.intake.cells import KEEP, SKIP
from harness.intake.names import clean, some
from harness.intake.order import other_orders
from harness.intake.otherwise import changed_again, set_again, settings
from harness.intake.pieces import Chosen, Kind
from harness.intake.taken import Taken, modules
from harness.intake.unresolved import unresolved

DEFINING = (Kind.FUNCTION, Kind.CLASS, Kind.CONSTANT, Kind.OBJECT)
MOST = 6  # remarks on single names; a card is no log
MOST_CHANGES = 20
SHOWN = 8  # names in the sentence that says what was taken


def remarks(name: str, chosen: Chosen, taken: Taken) -> tuple[str, ...]:
    """Return the sentences for the card of a submission whose notebook is called `name`.

    What makes another model than the notebook's comes first, and more of it is told than of the rest.
    """
    other = [*changed_again(chosen, taken), *settings(chosen), *set_again(chosen, taken)]
    other += [*written_files(chosen), *other_orders(chosen, taken)]
    single = [*not_python(chosen), *left_definitions(chosen, taken, needless=False), *missing(chosen, taken)]
    single += [*twice(chosen, taken), *foreign(chosen, taken), *unknown(chosen)]
    single += left_definitions(chosen, taken, needless=True)
    told = [*few(other, MOST_CHANGES), *few(single, MOST)]
    return (said_taken(clean(name), taken), *said_left(chosen, taken), *told)


def few(sentences: list[str], most: int) -> list[str]:
    more = [f"There are {len(sentences) - most} more remarks like these."] if len(sentences) > most else []
    return [*sentences[:most], *more]


def said_taken(name: str, taken: Taken) -> str:
    imports = sum(piece.kind is Kind.IMPORT for piece in taken.pieces)
    kept = [piece.cell for piece in taken.pieces if piece.kind is Kind.KEPT]
    defined = [p for kind in DEFINING for p in taken.pieces if p.kind is kind]
    names = list(dict.fromkeys(clean(n, 60) for piece in defined for n in sorted(piece.sets | piece.changes)))
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


def written_files(chosen: Chosen) -> Iterator[str]:
    for cell, file in chosen.writes:
        what = clean(file, 60)
        yield f"Cell {cell} writes {what}, which is not run: hand in {what} beside the notebook if something needs it."


def not_python(chosen: Chosen) -> Iterator[str]:
    for cell in chosen.broken:
        yield f"Cell {cell.number} was left out, as nothing taken needs it: {cell.what}"


def left_definitions(chosen: Chosen, taken: Taken, *, needless: bool) -> Iterator[str]:
    """Yield a sentence for each definition that is left out; `needless` are those of libraries that nothing reads."""
    for left in chosen.left:
        unneeded = bool(taken.wanted) and left.definition not in taken.read | taken.wanted
        if not left.definition or unneeded is not needless or (needless and not left.library):
            continue
        what, lacks = clean(left.definition, 60), clean(left.lacks, 60)
        start = f"{what} (cell {left.cell}) was left out: it reads {lacks} where it is defined, "
        if left.library:
            there = f"{clean(left.library, 60)}, a library that is not there when models are built"
            yield f"{start}which is of {there}{'' if needless else way_out(left.library)}."
        else:
            yield f"{start}which is not taken; tag the cells of both {KEEP}."


def missing(chosen: Chosen, taken: Taken) -> Iterator[str]:
    """Yield a sentence for each definition that reads names which nothing taken sets."""
    where = {name: left.cell for left in chosen.left for name in left.sets}
    star = STAR in taken.names
    absent: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for owner, name in unresolved(taken, where):
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


def twice(chosen: Chosen, taken: Taken) -> Iterator[str]:
    """Yield a sentence for each function or class that is taken and defined more than once."""
    cells = defaultdict(list)
    for piece in chosen.pieces:
        if piece.kind in (Kind.FUNCTION, Kind.CLASS):
            for name in sorted(piece.sets & taken.names):
                cells[name].append(piece.cell)
    for name, numbers in cells.items():
        if len(numbers) > 1:
            yield f"{clean(name, 60)} is defined more than once ({numbered('cell', numbers)}): the last one counts."


def foreign(chosen: Chosen, taken: Taken) -> Iterator[str]:
    """Yield a sentence for each library that is taken and missing, or that may be."""
    counted = {m: p.cell for p in reversed(taken.guarded) for m in modules(p.node)}
    counted |= {module: piece.cell for piece, module in chosen.tried if piece in taken.pieces}
    absent = {*chosen.absent.values()} | {module for _, module in chosen.tried}
    for module, cell in counted.items():
        missing, way = ("is not there", way_out(module)) if module in absent else ("may not be there", "")
        yield f"Cell {cell} imports {clean(module, 60)}, which {missing} when models are built{way}."


def way_out(module: str) -> str:
    """Return what to do without a library, as the end of a sentence, where that is known."""
    return f": {way}" if (way := instead(module)) else ""


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
