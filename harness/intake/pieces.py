"""What the statements of a notebook are to its source: taken where needed, or left out and told."""

import ast
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

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

    `sets` are bound anew, `changes` have their objects changed in place, `at_once` are read as it runs and `reads` at
    any time, `annotated` in annotations alone. A `fresh` one needs nothing of what its names were before.
    """

    kind: Kind
    cell: int
    text: str
    node: ast.stmt | None
    sets: Names
    changes: Names
    at_once: Names
    reads: Names
    annotated: Names = frozenset()
    fresh: bool = True


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
class BrokenCell:
    """A cell that is not Python: its text, in a sentence what is wrong, and the problem with what to do about it."""

    number: int
    text: str
    what: str
    problem: str


class Aliases:
    """Names that may stand for one object, each group known by one of its names."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def join(self, one: str, other: str) -> None:
        """Put two names, and whatever goes with them, into one group."""
        first, second = self.of(one), self.of(other)
        if first != second:
            self._above[first] = second

    def of(self, name: str) -> str:
        """Return the name that a group is known by."""
        while (above := self._above.get(name, name)) != name:
            self._above[name] = self._above.get(above, above)
            name = above
        return name


@dataclass
class Chosen:
    """All of a notebook's code: what may be taken, what is left out, and what the card says about magics and tags."""

    docstring: str = ""
    pieces: list[Piece] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    broken: list[BrokenCell] = field(default_factory=list)
    aliases: Aliases = field(default_factory=Aliases)
    absent: dict[str, str] = field(default_factory=dict)  # names to the missing library that they come from
    settings: list[tuple[int, str]] = field(default_factory=list)  # what sets a library as a whole: cell, call
    writes: list[tuple[int, str]] = field(default_factory=list)  # cell, file that it writes
    magics: list[tuple[int, str]] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    unknown_tags: list[tuple[int, str]] = field(default_factory=list)
    cells: int = 0
