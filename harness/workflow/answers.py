"""Hidden data that a step could read somewhere on this machine: found by what files hold, and closed where that can be.

Files of packages that a backend loads cannot be closed, because it would not start; such a file is named.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from platformdirs import user_cache_dir

from harness.data.base import Dataset, Sizes
from harness.data.folders import Folders
from harness.data.load import is_invented, load
from harness.sandbox.levels import Level
from harness.sandbox.view import View, installed, topmost
from harness.sandbox.walls import Walls
from harness.search.files import File, compiled_from, files_in, without_compiled
from harness.search.known import Known, known_by
from harness.search.through import look_through
from harness.workflow.looked_through import Memory
from harness.workflow.place import Tell

LOADED = "import sys; import {backend}, keras; print(*{{name.partition('.')[0] for name in sys.modules}})"
CODE = (".py", ".pyc")
SHOWN = 5
FIRST_S, EVERY_S = 2.0, 10.0  # until it is said how far a search is, and from then on


@dataclass(frozen=True)
class Readable:
    """A file beneath what steps may read, and which data sets it holds."""

    path: str
    holds: tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    """The files that hold hidden data: those that are closed to every step, and those that stay open."""

    closed: tuple[Readable, ...] = ()
    open: tuple[Readable, ...] = ()

    def sentences(self) -> list[str]:
        """Return what staff should know, one sentence each; paths of this machine are for staff alone."""
        return [
            *said(self.closed, "closed to every step, since it holds graded data"),
            *said(self.open, "readable by every step although it holds graded data, and cannot be closed here"),
        ]


def said(found: Sequence[Readable], what: str) -> list[str]:
    told = [f"{one.path} is {what} ({', '.join(one.holds)})." for one in found[:SHOWN]]
    return [*told, *([f"So are {len(found) - SHOWN} more files."] if len(found) > SHOWN else [])]


def find_answers(datasets: Iterable[Dataset], walls: Walls, backend: str, tell: Tell) -> Answers:
    """Look through all that a step behind `walls` may read for what the data sets hold.

    The sets are best given as they are stored (see `stored`): files that were looked through for them are remembered.
    """
    asked = [known for one in whole(datasets) if (known := known_by(one.name, one.arrays)).parts]
    if not asked:
        return Answers()
    memory = Memory(asked, Path(user_cache_dir("coursework-harness")) / "looked-through")
    files = without_compiled([*files_in(walls.view.read, walls.view.hidden)])
    look_at_new(files, asked, memory, tell)
    held = [Readable(path, names) for file in files if (names := memory.held(file)) for path in copies(file)]
    return sorted_out(held, walls, backend)


def look_at_new(files: Sequence[File], asked: Sequence[Known], memory: Memory, tell: Tell) -> None:
    """Look at the files that are not known, say how far that is every few seconds, and remember it as often."""
    new = [file for file in files if not memory.knows(file)]
    if not new:
        return
    told = monotonic() - EVERY_S + FIRST_S
    with memory.kept():
        for number, (file, names) in enumerate(look_through(new, [one.wanted() for one in asked])):
            memory.add(file, names)
            if monotonic() - told > EVERY_S:
                tell(f"Looked through {number + 1:,} of {len(new):,} files for graded data, which is done once.")
                memory.keep()
                told = monotonic()


def copies(file: File) -> list[str]:
    """Return the paths at which what a file holds can be read: byte code made from a source is another."""
    return [file.path, *compiled_from(file.path)]


def stored(names: Iterable[str], places: Folders) -> list[Dataset]:
    """Return data sets in a form that is the same for every class, without those that are invented for each.

    Raises DataError where one is not at hand.
    """
    return [load(name, places, Sizes()) for name in dict.fromkeys(names) if not is_invented(name)]


def whole(datasets: Iterable[Dataset]) -> list[Dataset]:
    """Return data sets and their further ones, each once."""
    found: dict[str, Dataset] = {}
    for one in datasets:
        for dataset in (one, *one.further.values()):
            found.setdefault(dataset.name, dataset)
    return [*found.values()]


def sorted_out(held: Sequence[Readable], walls: Walls, backend: str) -> Answers:
    """Tell apart what can be closed and what not."""
    if walls.level == Level.NONE:
        return Answers(open=tuple(held))
    needed = loaded(backend) if any(one.path.endswith(CODE) for one in held) else frozenset()
    roots = [*installed(walls.view.read), Path(os.__file__).resolve().parent]
    closed, left = list[Readable](), list[Readable]()
    for one in held:
        is_needed = one.path.endswith(CODE) and top_name(one.path, roots) in needed
        (left if is_needed else closed).append(one)
    return Answers(tuple(closed), tuple(left))


def loaded(backend: str) -> frozenset[str]:
    """Return the top-level names of all that is loaded once a backend is."""
    code = LOADED.format(backend=backend)
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, env=environment
    )
    return frozenset(done.stdout.split())


def top_name(path: str, roots: Iterable[Path]) -> str:
    """Return the top-level name by which a file of code is imported; "" for one that lies beneath no such folder."""
    fitting = [root for root in roots if Path(path).is_relative_to(root)]
    if not fitting:
        return ""
    parts = Path(path).relative_to(max(fitting, key=lambda root: len(root.parts))).parts
    return next((part for part in parts if part != "__pycache__"), "").partition(".")[0]


def closed_to_steps(walls: Walls, answers: Answers) -> Walls:
    """Return walls that hide these files too."""
    paths = (*walls.view.hidden, *(one.path for one in answers.closed))
    view: View = replace(walls.view, hidden=topmost(map(Path, paths)))
    return replace(walls, view=view)
