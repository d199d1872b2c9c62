"""What the statements of a notebook are to its source: taken where needed, or left out and told."""

import ast
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from harness.intake.aliases import Aliases

Names: TypeAlias = frozenset[str]


class Kind(Enum):
    """What a piece is. A function or a cell that is kept may be taken for itself, all others for what needs them."""

    IMPORT = "import"
    FUNCTION = "function"
    CLASS = "class"
    CONSTANT = "constant"
    OBJECT = "object"
    KEPT = "kept"


@dataclass(frozen=True, eq=False)
class Piece:
    """A statement that may be taken, or a cell that is kept, and what it has to do with names.

    `sets` are bound anew, `changes` have their objects changed in place, `at_once` are read as it runs and `later` when
    its functions are called, `annotated` in annotations alone. A `fresh` one needs nothing of what its names were
    before; one that `calls` may run functions of the notebook, which read what was set until then.
    """

    kind: Kind
    cell: int
    text: str
    node: ast.stmt | None
    sets: Names
    changes: Names
    at_once: Names
    later: Names
    annotated: Names = frozenset()
    fresh: bool = True
    calls: bool = False

    @property
    def reads(self) -> Names:
        return self.at_once | self.later


@dataclass(frozen=True)
class Left:
    """A statement that is left out: the names it would have set, and those whose objects it would have changed.

    `place` is how many pieces were chosen before it. A `definition` has its name, what it `lacks` where it is
    defined, and the `library` this is of, if one that is missing.
    """

    cell: int
    sets: Names = frozenset()
    changes: Names = frozenset()
    line: int = 0
    place: int = 0
    definition: str = ""
    lacks: str = ""
    library: str = ""


@dataclass(frozen=True)
class Setting:
    """A line that is left out and sets a library as a whole, or names that cannot be told: what it calls or sets."""

    cell: int
    line: int
    path: str


@dataclass(frozen=True)
class BrokenCell:
    """A cell that is not Python: its text, in a sentence what is wrong, and the problem with what to do about it."""

    number: int
    text: str
    what: str
    problem: str


@dataclass
class Chosen:
    """All of a notebook's code: what may be taken, what is left out, and what the card says about magics and tags."""

    docstring: str = ""
    pieces: list[Piece] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    broken: list[BrokenCell] = field(default_factory=list)
    aliases: Aliases = field(default_factory=Aliases)
    absent: dict[str, str] = field(default_factory=dict)  # names to the missing library that they come from
    tried: list[tuple[Piece, str]] = field(default_factory=list)  # missing libraries that a block may do without
    settings: list[Setting] = field(default_factory=list)
    writes: list[tuple[int, str]] = field(default_factory=list)  # cell, file that it writes
    magics: list[tuple[int, str]] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    unknown_tags: list[tuple[int, str]] = field(default_factory=list)
    counts: dict[int, int] = field(default_factory=dict)  # as which each cell was run, 0 if not
    cells: int = 0
