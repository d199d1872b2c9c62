"""The source that one notebook gives, with what is to be said of it; or why it cannot be used."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from harness.errors import SubmissionError
from harness.intake.cells import choose
from harness.intake.exports import Exports
from harness.intake.names import clean
from harness.intake.notebook import Notebook
from harness.intake.origin import Origin
from harness.intake.pieces import BrokenCell, Chosen, Kind
from harness.intake.remarks import remarks
from harness.intake.syntax import InvalidSourceError, parse
from harness.intake.taken import Taken, take
from harness.intake.unresolved import unresolved

WORD = re.compile(r"[^\W\d]\w*+")
DEFINES = re.compile(r"^[ \t]*+(?:async[ \t]++)?def[ \t]++(\w++)", re.MULTILINE)


@dataclass(frozen=True)
class FromNotebook:
    """What one notebook gives: source and notes, or its problem; and whether it has anything to grade."""

    origin: Origin
    source: bytes
    notes: tuple[str, ...] = ()
    defines: bool = False


def from_notebook(
    path: str, notebook: Notebook, files: Mapping[str, bytes], exports: Mapping[str, Exports]
) -> FromNotebook:
    """Take the source out of a notebook that stands beside `files`, to be read as `path`."""
    name = PurePosixPath(notebook.path).name
    local = {part.split("/")[0].removesuffix(".py") for part in files} - {path.removesuffix(".py")}
    if notebook.problem:
        return broken(name, notebook.problem)
    task = path.removesuffix(".py")
    asked = [exports[task]] if task in exports else [*exports.values()]
    try:
        beside = {
            file.removesuffix(".py"): source for file, source in files.items() if "/" not in file and file != path
        }
        chosen = choose(Notebook(name, notebook.cells), local=local, beside=beside)
        taken = take(chosen, local, asked)
        parse(name, taken.source.encode())
        if stopping := needed_cell(chosen, taken, asked):
            return broken(name, stopping.problem)
        notes = remarks(name, chosen, taken)
    except (SubmissionError, InvalidSourceError) as error:
        return broken(name, str(error))
    except (RecursionError, MemoryError):
        again = "Split the long statement and hand in again."
        return broken(name, f"{clean(name)} is not valid Python: it is nested too deeply. {again}")
    defines = any(piece.kind in (Kind.FUNCTION, Kind.KEPT, Kind.IMPORT, Kind.CLASS) for piece in taken.pieces)
    return FromNotebook(Origin(name), taken.source.encode(), notes, defines)


def broken(name: str, problem: str) -> FromNotebook:
    return FromNotebook(Origin(name, problem), f"# {problem}\n".encode())


def needed_cell(chosen: Chosen, taken: Taken, asked: Iterable[Exports]) -> BrokenCell | None:
    """Return a cell that is not Python and that may hold what is missing: a function asked for, a name that is read."""
    if not chosen.broken:
        return None
    if not any(piece.kind in (Kind.FUNCTION, Kind.KEPT) for piece in taken.pieces):
        return chosen.broken[0]
    defined = frozenset().union(*(piece.sets for piece in chosen.pieces))
    wanted = frozenset().union(*(one.required for one in asked)) if not taken.wanted else frozenset()
    missing = (wanted - defined) | {name for _, name in unresolved(taken)}
    any_function = not (wanted | taken.wanted)
    return next((c for c in chosen.broken if may_give(c, missing, defined, any_function=any_function)), None)


def may_give(cell: BrokenCell, missing: Collection[str], defined: Collection[str], *, any_function: bool) -> bool:
    """Return whether a broken cell names something that is missing; or, with `any_function`, defines a new function."""
    if any_function and {*DEFINES.findall(cell.text)} - {*defined}:
        return True
    return any(word in missing for word in WORD.findall(cell.text))
