"""Which files and notebooks of a submission count, and under which names."""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from harness.errors import SubmissionError
from harness.intake.exports import Exports
from harness.intake.from_notebook import FromNotebook, from_notebook
from harness.intake.names import clean, some
from harness.intake.notebook import Notebook
from harness.intake.origin import Origin
from harness.intake.renames import Renames, renames
from harness.intake.sources import Sources, wrapping
from harness.intake.syntax import imported

WORK = "work/"  # of a handout: where students write
NOTHING: Mapping[str, Exports] = {}


@dataclass(frozen=True)
class Entries:
    """The files of a submission with those taken from notebooks among them, by path as `origins` has them.

    `wrapper` is the folder, with a slash behind, that was taken off their paths.
    """

    files: Mapping[str, bytes]
    origins: Mapping[str, Origin] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    wrapper: str = ""


@dataclass(frozen=True)
class Top:
    """What lies in one folder of a submission: its files as they are read, its notebooks by the file each would be."""

    wrapper: str
    files: Mapping[str, bytes]
    notebooks: Mapping[str, Notebook]
    renamed: Renames


def settle(sources: Sources, tasks: Collection[str], exports: Mapping[str, Exports] = NOTHING) -> Entries:
    """Return the files of a submission and what its notebooks add to them.

    A notebook counts if it lies at the top and is named after a task that has no `.py` file, or if it is the only
    candidate: no file is named after a task, and no `.py` file lies beside it but modules that it imports. A copy
    such as `Copy of autoencoder.ipynb` has the name of its task where nothing else has. Of a course's handout that
    comes back whole, what lies in `work/` counts. Raises SubmissionError if nothing but a notebook that cannot be used
    was handed in.
    """
    whole = {f"{sources.wrapper}{path}": source for path, source in sources.files.items()}
    outer = wrapping([*whole, *(n.path for n in sources.notebooks)])
    around = dict.fromkeys((sources.wrapper, outer) if sources.files else (outer,))
    for wrapper in (*around, *(f"{folder}{WORK}" for folder in around if is_handout(folder, whole))):
        top = top_of(wrapper, whole, sources.notebooks, tasks)
        read = {path: from_notebook(path, n, top.files, exports) for path, n in top.notebooks.items()}
        counting = which(read, top.files, tasks)
        if counting or named(top.files, tasks):
            return entered(top, {path: read[path] for path in counting}, sources)
    return entered(top_of(sources.wrapper, whole, sources.notebooks, tasks), {}, sources)


def is_handout(wrapper: str, paths: Collection[str]) -> bool:
    """Say whether what `harness course handout` wrote was handed in whole, with the student's files in `work/`."""
    return all(any(p.startswith(f"{wrapper}{room}") for p in paths) for room in (WORK, "student_template/"))


def top_of(wrapper: str, whole: Mapping[str, bytes], notebooks: Collection[Notebook], tasks: Collection[str]) -> Top:
    """Return what lies in a folder, copies of tasks under the names of these."""
    files = {path.removeprefix(wrapper): source for path, source in whole.items()}
    inside = {n.path.removeprefix(wrapper): n for n in notebooks if n.path.startswith(wrapper)}
    found = renames([path for path in (*files, *inside) if "/" not in path], tasks)
    tops = {found.of(path): n for path, n in inside.items() if "/" not in path}
    read = {str(PurePosixPath(path).with_suffix(".py")): n for path, n in tops.items()}
    return Top(wrapper, {found.of(path): source for path, source in files.items()}, read, found)


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
    return set(imported(ast.walk(ast.parse(read.source)), ""))


def entered(top: Top, read: Mapping[str, FromNotebook], sources: Sources) -> Entries:
    """Put what was taken from notebooks among the files, and say of the other notebooks that they were not read."""
    if not top.files and read and all(one.origin.problem for one in read.values()):
        raise SubmissionError(next(iter(read.values())).origin.problem)
    counting = {top.notebooks[path].path for path in read}
    twins = [path for path in top.notebooks if path in top.files]
    unnamed = [n.path for n in sources.notebooks if n.path not in counting | {top.notebooks[t].path for t in twins}]
    notes = [*top.renamed.notes, *(note for one in read.values() for note in one.notes)]
    notes += [
        f"{clean(path)} counts and {clean(top.notebooks[path].path)} was not read: both were handed in."
        for path in twins
    ]
    if unnamed:
        what = "a notebook that is" if len(unnamed) == 1 else "notebooks that are"
        notes.append(f"Ignored {some(unnamed)}, {what} not named after a task.")
    return Entries(
        {**top.files, **{path: one.source for path, one in read.items()}},
        {path: one.origin for path, one in read.items()},
        tuple(notes),
        top.wrapper,
    )
