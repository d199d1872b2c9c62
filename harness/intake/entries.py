"""Which notebooks of a submission count, and the source that is taken from each of them."""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from harness.errors import SubmissionError
from harness.intake.cells import Kind, choose
from harness.intake.names import clean, some
from harness.intake.notebook import Notebook
from harness.intake.remarks import remarks
from harness.intake.sources import Sources, wrapping
from harness.intake.submission import Origin
from harness.intake.syntax import InvalidSourceError, imported, parse
from harness.intake.taken import take


@dataclass(frozen=True)
class Entries:
    """The files of a submission with those taken from notebooks among them, by path as `origins` has them."""

    files: Mapping[str, bytes]
    origins: Mapping[str, Origin] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def settle(sources: Sources, tasks: Collection[str]) -> Entries:
    """Return the files of a submission and what its notebooks add to them.

    A notebook counts if it lies at the top and is named after a task that has no `.py` file, or if it is the only
    candidate: no file is named after a task, and no `.py` file lies beside it but modules that it imports. Raises
    SubmissionError if nothing but a notebook that cannot be used was handed in.
    """
    if not sources.notebooks:
        return Entries(sources.files)
    whole = {f"{sources.wrapper}{path}": source for path, source in sources.files.items()}
    outer = wrapping([*whole, *(n.path for n in sources.notebooks)])
    for wrapper in dict.fromkeys((sources.wrapper, outer) if sources.files else (outer,)):
        files = {path.removeprefix(wrapper): source for path, source in whole.items()}
        read = {path: from_notebook(path, n, files) for path, n in at_top(sources.notebooks, wrapper).items()}
        counting = which(read, files, tasks)
        if counting or named(files, tasks):
            return entered(files, {path: read[path] for path in counting}, sources, wrapper)
    return entered(sources.files, {}, sources, sources.wrapper)


def at_top(notebooks: Collection[Notebook], wrapper: str) -> dict[str, Notebook]:
    """Return the notebooks right inside a folder by the path of the `.py` file that each would be."""
    inside = {n.path.removeprefix(wrapper): n for n in notebooks if n.path.startswith(wrapper)}
    return {str(PurePosixPath(path).with_suffix(".py")): n for path, n in inside.items() if "/" not in path}


@dataclass(frozen=True)
class FromNotebook:
    """What one notebook gives: source and notes, or its problem; and whether it has anything to grade."""

    origin: Origin
    source: bytes
    notes: tuple[str, ...] = ()
    defines: bool = False


def from_notebook(path: str, notebook: Notebook, files: Mapping[str, bytes]) -> FromNotebook:
    """Take the source out of a notebook that stands beside `files`."""
    name = PurePosixPath(notebook.path).name
    local = {part.split("/")[0].removesuffix(".py") for part in files} - {path.removesuffix(".py")}
    if notebook.problem:
        return broken(name, notebook.problem)
    try:
        chosen = choose(Notebook(name, notebook.cells))
        taken = take(chosen, local)
        parse(name, taken.source.encode())
        notes = remarks(name, chosen, taken)
    except (SubmissionError, InvalidSourceError) as error:
        return broken(name, str(error))
    except (RecursionError, MemoryError):
        again = "Split the long statement and hand in again."
        return broken(name, f"{clean(name)} is not valid Python: it is nested too deeply. {again}")
    defines = any(piece.kind in (Kind.DEFINITION, Kind.KEPT, Kind.IMPORT) for piece in taken.pieces)
    return FromNotebook(Origin(name), taken.source.encode(), notes, defines)


def broken(name: str, problem: str) -> FromNotebook:
    return FromNotebook(Origin(name, problem), f"# {problem}\n".encode())


def which(read: Mapping[str, FromNotebook], files: Mapping[str, bytes], tasks: Collection[str]) -> list[str]:
    """Return the paths of the notebooks that count."""
    absent = [path for path in read if path not in files]
    if with_task := [path for path in absent if path.removesuffix(".py") in tasks]:
        return with_task
    if named(files, tasks) or len(absent) != 1 or len(read) != 1:
        return []
    (path,) = absent
    top = {file for file in files if "/" not in file}
    alone = not top or bool(top & imports_of(read[path]))
    return [path] if alone and (read[path].defines or read[path].origin.problem) else []


def named(files: Mapping[str, bytes], tasks: Collection[str]) -> bool:
    return any(f"{task}.py" in files for task in tasks)


def imports_of(read: FromNotebook) -> set[str]:
    return set(imported(ast.parse(read.source), ""))


def entered(files: Mapping[str, bytes], read: Mapping[str, FromNotebook], sources: Sources, wrapper: str) -> Entries:
    """Put what was taken from notebooks among the files, and say of the other notebooks that they were not read."""
    if not files and read and all(one.origin.problem for one in read.values()):
        raise SubmissionError(next(iter(read.values())).origin.problem)
    counting = {one.origin.name for one in read.values()}
    tops = at_top(sources.notebooks, wrapper)
    twins = [path for path in tops if path in files]
    others = [n.path for n in sources.notebooks if n.path.removeprefix(wrapper) not in counting]
    unnamed = [path for path in others if path not in {tops[twin].path for twin in twins}]
    notes = [note for one in read.values() for note in one.notes]
    notes += [f"{clean(path)} counts and {clean(tops[path].path)} was not read: both were handed in." for path in twins]
    if unnamed:
        what = "a notebook that is" if len(unnamed) == 1 else "notebooks that are"
        notes.append(f"Ignored {some(unnamed)}, {what} not named after a task.")
    return Entries(
        {**files, **{path: one.source for path, one in read.items()}},
        {path: one.origin for path, one in read.items()},
        tuple(notes),
    )
