"""Hidden data that a step could read somewhere on this machine: found by what files hold, and closed where that can be.

Files of packages that a backend loads cannot be closed, because it would not start; such a file is named.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_cache_dir

from harness.data.base import Dataset
from harness.records.files import atomic
from harness.sandbox.levels import Level
from harness.sandbox.view import View, installed, topmost
from harness.sandbox.walls import Walls
from harness.search.fragments import Wanted, wanted
from harness.search.looking import File, files_in, look_through

LOADED = "import sys; import {backend}, keras; print(*{{name.partition('.')[0] for name in sys.modules}})"
CODE = (".py", ".pyc")
SHOWN = 5
Tell = Callable[[str], None]


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
    """Look through all that a step behind `walls` may read for what the data sets hold."""
    asked = [one for one in (wanted(d.name, d.arrays) for d in whole(datasets)) if one]
    if not asked:
        return Answers()
    memory = Memory(asked)
    files = [*files_in(walls.view.read, walls.view.hidden)]
    found = look_through(files, asked, memory.known, lambda done, of: progress(done, of, tell))
    memory.keep(found)
    held = [Readable(file.path, names) for file, names in found.items() if names]
    return sorted_out(held, walls, backend)


def progress(done: int, of: int, tell: Tell) -> None:
    if done and done % 5_000 == 0:
        tell(f"Looked through {done:,} of {of:,} files for graded data; what is looked through is remembered.")


def whole(datasets: Iterable[Dataset]) -> list[Dataset]:
    """Return data sets and their further ones, each once."""
    found: dict[str, Dataset] = {}
    for one in datasets:
        for dataset in (one, *one.further.values()):
            found.setdefault(dataset.sha256, dataset)
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


class Memory:
    """What files held when they were looked through, kept in this user's cache for the same data."""

    def __init__(self, asked: Sequence[Wanted]) -> None:
        self._path = Path(user_cache_dir("coursework-harness")) / "looked-through.json"
        self._asked = "|".join(sorted(one.sha256 for one in asked))
        self.known: Mapping[str, tuple[str, ...]] = {}
        with suppress(OSError, ValueError, AttributeError, TypeError):
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            if kept["asked"] == self._asked:
                self.known = {str(file): tuple(map(str, names)) for file, names in kept["files"].items()}

    def keep(self, found: Mapping[File, tuple[str, ...]]) -> None:
        files = {f"{file.path}|{file.mark}": names for file, names in found.items()}
        if files != self.known:
            with suppress(OSError):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with atomic(self._path) as file:
                    file.write(json.dumps({"asked": self._asked, "files": files}).encode())
