"""What can be seen of an exception that student code raised: its words, the line it came from, the way it took."""

import linecache
import os
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.explain.cause import cause_of

FROM_NOTEBOOK = "# Taken from a notebook"  # how intake begins such a source
CELL = re.compile(r"# cell (\d+)\n")
MOST_LINES = 20  # of the statement that ran


@dataclass(frozen=True)
class Work:
    """The submission whose code ran: the folder its files lie in, and their texts by path."""

    folder: Path
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def modules(self) -> frozenset[str]:
        """Return the modules at the top of the submission."""
        return frozenset(path.split("/")[0].removesuffix(".py") for path in self.files)


@dataclass(frozen=True)
class Seen:
    """An exception: `kind` is its class, `said` its text without wrapping, `called` the layer or class it names.

    `place` is where in the student's files it was raised, `line` the statement there; `through` has the files and
    functions it passed, one a line as `path:function`, the last one raised it.
    """

    kind: str
    said: str
    work: Work
    called: str = ""
    place: str = ""
    line: str = ""
    through: str = ""

    @property
    def text(self) -> str:
        return f"{self.kind}: {self.said}" if self.said else self.kind

    @property
    def source(self) -> str:
        """Return all that the student wrote."""
        return "\n".join(self.work.files.values())

    @property
    def from_notebook(self) -> bool:
        return any(text.startswith(FROM_NOTEBOOK) for text in self.work.files.values())


def see(error: BaseException, work: Work) -> Seen:
    """Return what can be seen of an exception; of one that cannot be printed, its class."""
    frames = traceback.extract_tb(error.__traceback__)
    folder = str(work.folder) + os.sep
    own = next((f for f in reversed(frames) if f.filename.startswith(folder)), None)
    cause = cause_of(error)
    place = f"{own.filename.removeprefix(folder)} line {own.lineno}{cell_of(own.filename, own.lineno)}" if own else ""
    return Seen(
        kind=type(error).__name__,
        said=cause.text,
        work=work,
        called=cause.called if known(cause.called, work) else "",
        place=place,
        line=statement(own) if own else "",
        through="\n".join(f"{frame.filename}:{frame.name}" for frame in frames),
    )


def known(called: str, work: Work) -> bool:
    """Return whether a student knows what was called: a path of layers, or a class that is named in their files.

    The harness wraps models in classes of its own, of which nobody is to read.
    """
    name = called.partition(" ")[0]
    return "/" in called or any(name in text for text in work.files.values())


def statement(frame: traceback.FrameSummary) -> str:
    """Return the lines of the statement that a frame was at."""
    first = frame.lineno or 1
    last = min(getattr(frame, "end_lineno", None) or first, first + MOST_LINES)
    return "".join(linecache.getline(frame.filename, number) for number in range(first, last + 1))


def cell_of(path: str, line: int | None) -> str:
    """Return ` (cell n)` for a line of a source that was taken from a notebook, which intake has marked as such."""
    lines = linecache.getlines(path)[: line or 0]
    if not lines or not lines[0].startswith(FROM_NOTEBOOK):
        return ""
    cells = (CELL.fullmatch(text) for text in reversed(lines))
    return next((f" (cell {cell[1]})" for cell in cells if cell), "")
