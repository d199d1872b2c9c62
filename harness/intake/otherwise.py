"""Where what is taken may give another model than the notebook: changes that are left out, told with cell and line."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping

from harness.intake.names import clean
from harness.intake.pieces import Chosen, Kind, Left
from harness.intake.routines import ANYTHING
from harness.intake.taken import Taken


def changed_again(chosen: Chosen, taken: Taken) -> Iterator[str]:
    """Yield a sentence for each thing that is read, and that a line which is left out changes in place."""
    first: dict[str, tuple[int, int, str]] = {}
    for i, piece in enumerate(chosen.pieces):
        for name in sorted(piece.sets & taken.names & taken.read):
            first.setdefault(chosen.aliases.of(name), (i, piece.cell, name))
    told: set[tuple[str, int]] = set()
    for left in chosen.left:
        for name in sorted(left.changes):
            place, cell, read = first.get(chosen.aliases.of(name), (len(chosen.pieces), 0, ""))
            if place < left.place and (name, left.cell) not in told:
                told.add((name, left.cell))
                yield changed(left, name, cell, read if name not in taken.names else "")
        if ANYTHING in left.changes:
            yield f"Cell {left.cell} (line {left.line}) calls what changes a great many names, and is left out."


def changed(left: Left, name: str, cell: int, read: str) -> str:
    """Return what is changed by a line, and with it what is `read` if that is another name."""
    also = f", and with it {clean(read, 60)}" if read else ""
    return (
        f"{clean(name, 60)} is changed in cell {left.cell} (line {left.line}), which is left out{also}: "
        f"as of cell {cell} it counts."
    )


def settings(chosen: Chosen) -> Iterator[str]:
    """Yield a sentence for each line that sets a library as a whole, or names by their spelling."""
    for one in chosen.settings:
        yield (
            f"What cell {one.cell} (line {one.line}) sets by {clean(one.path, 80)} does not count, as it was not run: "
            "models are built without it."
        )


def set_again(chosen: Chosen, taken: Taken) -> Iterator[str]:
    """Yield a sentence for each name that is read where a line which is left out has set it to something else."""
    setting: dict[str, list[int]] = defaultdict(list)
    for place, piece in zip(taken.places, taken.pieces, strict=True):
        for name in piece.sets:
            if piece.fresh or name not in setting:
                setting[name].append(place)
    again: dict[str, list[Left]] = defaultdict(list)
    for left in chosen.left:
        for name in left.sets & setting.keys():
            again[name].append(left)
    told: set[tuple[str, int, int]] = set()
    for name, place in reads_of(chosen, taken, again):
        before = bisect_left(setting[name], place)
        line = bisect_right([one.place for one in again[name]], place)
        if not before or not line:
            continue
        left, counts = again[name][line - 1], setting[name][before - 1]
        cell = chosen.pieces[counts].cell
        if left.place > counts and (name, left.cell, cell) not in told:
            told.add((name, left.cell, cell))
            where = f"cell {left.cell} (line {left.line})" if left.line else f"cell {left.cell}"
            yield f"{clean(name, 60)} is set again in {where}, which is left out: that of cell {cell} counts."


def reads_of(chosen: Chosen, taken: Taken, names: Mapping[str, list[Left]]) -> list[tuple[str, int]]:
    """Return where some of the names are read: at the end by functions, before each piece by what it runs.

    If something taken calls functions where it stands, they read what was set until then.
    """
    end = len(chosen.pieces)
    kinds = (Kind.FUNCTION, Kind.CLASS)
    last = taken.wanted.union(*(piece.later for piece in taken.pieces))
    last = last.union(*(piece.sets for piece in taken.pieces if piece.kind in kinds))
    found = [(name, end) for name in sorted(last & names.keys())]
    calls = [place for place, piece in zip(taken.places, taken.pieces, strict=True) if piece.calls]
    for place, piece in zip(taken.places, taken.pieces, strict=True):
        found += [(name, place) for name in sorted(piece.at_once & names.keys())]
    if calls:
        found += [(name, calls[-1]) for name in sorted(last & names.keys())]
    return found
