"""Which statements of a notebook's code cells may enter its source, each decided without running anything.

Taken are imports, functions, classes, and assignments whose right side is harmless (see `harmless`). What trains,
loads, plots, prints or calls is left out, and so is what reads a name that was left out as it runs. The tags
harness-keep and harness-skip, or a first line `# harness-keep`, decide for a whole cell.
"""

import ast
import builtins
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from harness.errors import SubmissionError
from harness.intake.bound import DEFINITIONS, dotted, import_paths, reads, reads_at_once, sets
from harness.intake.harmless import is_harmless, is_plain_class, needs_library
from harness.intake.limits import DEFAULT_LIMITS, IntakeLimits
from harness.intake.magics import Plain, plain
from harness.intake.names import clean
from harness.intake.notebook import Cell, Notebook
from harness.intake.syntax import InvalidSourceError, parse

KEEP, SKIP = "harness-keep", "harness-skip"
FIRST_LINE = re.compile(r"\s*#\s*(harness[-_]\w+)")
ALWAYS_THERE = frozenset(dir(builtins)) | {"__name__", "__file__"}
TRAILING = re.compile(rb"[ \t;]*(#[^\n]*)?$")


class Kind(Enum):
    """What a piece is; an OBJECT is taken only if something else that is taken needs it, and so is an IMPORT."""

    IMPORT = "import"
    DEFINITION = "definition"
    CONSTANT = "constant"
    OBJECT = "object"
    KEPT = "kept"


@dataclass(frozen=True, eq=False)
class Piece:
    """A statement that may be taken, or a cell that is kept: the names it sets, reads at once and reads at all."""

    kind: Kind
    cell: int
    text: str
    node: ast.stmt | None
    sets: frozenset[str]
    at_once: frozenset[str]
    reads: frozenset[str]


@dataclass(frozen=True)
class Left:
    """A statement that is left out, the names it would have set, and for a definition the name it was waiting for."""

    cell: int
    sets: frozenset[str]
    definition: str = ""
    lacks: str = ""


@dataclass
class Chosen:
    """All of a notebook's code: what may be taken, what is left out, and what the card says about magics and tags."""

    docstring: str = ""
    pieces: list[Piece] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    magics: list[tuple[int, str]] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    unknown_tags: list[tuple[int, str]] = field(default_factory=list)
    cells: int = 0


def choose(notebook: Notebook, limits: IntakeLimits = DEFAULT_LIMITS) -> Chosen:
    """Return what may be taken of a notebook; raise SubmissionError with cell and line if one is not Python."""
    chooser = Chooser(clean(notebook.path), limits.max_notebook_parts)
    for cell in notebook.cells:
        chooser.add(cell)
    return chooser.chosen


def marks_of(cell: Cell) -> list[str]:
    """Return what is said to the harness about a cell, by tags or its first line, in lower case with hyphens."""
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    comment = FIRST_LINE.match(first)
    said = [*cell.tags, *([comment[1]] if comment else [])]
    return [mark for mark in (s.strip().lower().replace("_", "-") for s in said) if mark.startswith("harness-")]


class Chooser:
    """Reads cells in their order and knows at each statement which names the ones taken before have set."""

    def __init__(self, name: str, most: int) -> None:
        self.name = name
        self.most = most
        self.chosen = Chosen()
        self.imported: dict[str, str] = {}
        self.there: set[str] = set()
        self.changeable: set[str] = set()  # set by a constant or an object, so that a later line may change it
        self.plain_classes: set[str] = set()

    def add(self, cell: Cell) -> None:
        """Decide about one cell."""
        self.chosen.cells += bool(cell.source.strip())
        marks = marks_of(cell)
        self.chosen.unknown_tags += [(cell.number, mark) for mark in marks if mark not in (KEEP, SKIP)]
        code = plain(cell.source)
        if SKIP in marks:
            self.skip(cell, code)
            return
        self.chosen.magics += [(cell.number, word) for word in code.skipped]
        if code.names or code.whole:
            self.leave(Left(cell.number, code.names))
        try:
            tree = parse(f"{self.name} cell {cell.number}", code.text.encode("utf-8", "surrogatepass"))
        except InvalidSourceError as error:
            raise SubmissionError(str(error)) from error
        if KEEP in marks:
            self.keep(cell.number, code.text, tree)
        else:
            self.read(cell.number, code.text, tree)

    def skip(self, cell: Cell, code: Plain) -> None:
        """Leave a cell out because its tag says so, whatever it holds; a name it sets is still known if it parses."""
        self.chosen.skipped.append(cell.number)
        try:
            tree = parse("", code.text.encode("utf-8", "surrogatepass"))
        except InvalidSourceError:
            return
        self.leave(Left(cell.number, sets(tree) | code.names))

    def keep(self, number: int, text: str, tree: ast.Module) -> None:
        """Take a cell as it is."""
        if tree.body:
            self.take(
                Piece(Kind.KEPT, number, text.strip("\n"), None, sets(tree), reads_at_once(tree), reads(tree)), tree
            )

    def read(self, number: int, text: str, tree: ast.Module) -> None:
        """Decide about each statement of a cell."""
        if len(self.chosen.pieces) + len(self.chosen.left) + len(tree.body) > self.most:
            raise SubmissionError(
                f"{self.name} holds more than {self.most:,} statements outside of functions; "
                "leave out what you do not need and hand in again."
            )
        lines = [line.encode("utf-8", "surrogatepass") for line in text.split("\n")]
        for place, node in enumerate(tree.body):
            if is_text(node):
                if place == 0 and not (self.chosen.pieces or self.chosen.left or self.chosen.docstring):
                    self.chosen.docstring = segment(lines, node)
                continue
            if isinstance(node, ast.Pass):
                continue
            kind = self.kind(node)
            if kind:
                parts = sets(node) or {self.root(t) for t in targets(node)}, reads_at_once(node), reads(node)
                self.take(Piece(kind, number, segment(lines, node), node, *map(frozenset, parts)), node)
            else:
                definition = node.name if isinstance(node, DEFINITIONS) else ""
                lacks = next(iter(sorted(self.lacking(node))), "") if definition else ""
                self.leave(Left(number, sets(node), definition, lacks))

    def take(self, piece: Piece, node: ast.AST) -> None:
        self.chosen.pieces.append(piece)
        self.learn(node, piece.sets, changeable=piece.kind in (Kind.CONSTANT, Kind.OBJECT, Kind.KEPT))

    def learn(self, node: ast.AST, names: Iterable[str], *, changeable: bool) -> None:
        """Remember what a statement that is taken sets."""
        paths = import_paths(node)
        for name in names:
            self.there.add(name)
            self.imported.pop(name, None)
            self.plain_classes.discard(name)
            (self.changeable.add if changeable and name not in paths else self.changeable.discard)(name)
        self.imported |= paths
        if is_plain_class(node, self.imported):
            self.plain_classes |= sets(node)

    def leave(self, left: Left) -> None:
        self.chosen.left.append(left)

    def lacking(self, node: ast.AST) -> frozenset[str]:
        """Return the names that a statement reads as it runs and that nothing taken before it has set."""
        missing = reads_at_once(node) - self.there - ALWAYS_THERE
        if "*" in self.there:  # whatever a star import brought may be among them
            missing &= frozenset().union(*(left.sets for left in self.chosen.left))
        return missing

    def kind(self, node: ast.stmt) -> Kind | None:
        """Return as what a statement may be taken, if at all."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            return Kind.IMPORT
        if isinstance(node, ast.If | ast.Try):
            return self.kind_of_block(node)
        if self.lacking(node):
            return None
        if isinstance(node, DEFINITIONS):
            return Kind.DEFINITION
        return self.kind_of_assignment(node)

    def kind_of_assignment(self, node: ast.stmt) -> Kind | None:
        """An assignment is a definition if it names a lambda, a constant if it needs no library, else an object."""
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) or node.value is None:
            return None
        if not is_harmless(node, self.imported, self.plain_classes):
            return None
        roots = {self.root(target) for target in targets(node)}
        fresh = all(map(is_fresh, targets(node))) and not isinstance(node, ast.AugAssign)
        if not fresh and not roots <= self.changeable:
            return None
        if isinstance(node.value, ast.Lambda) and fresh:
            return Kind.DEFINITION
        return Kind.CONSTANT if fresh and not needs_library(node, self.imported) else Kind.OBJECT

    def kind_of_block(self, node: ast.If | ast.Try) -> Kind | None:
        """An `if` or `try` is taken whole, as an object, if all in it may be; nothing under `if __name__` is."""
        if isinstance(node, ast.If) and (not is_harmless(node.test, self.imported) or "__name__" in reads(node.test)):
            return None
        before = (set(self.there), dict(self.imported), set(self.changeable), set(self.plain_classes))
        kinds = [self.kind_inside(inner) for inner in statements_in(node)]
        self.there, self.imported, self.changeable, self.plain_classes = before
        if isinstance(node, ast.If) and self.lacking(node.test):
            return None
        if None in kinds:
            return None
        return Kind.DEFINITION if Kind.DEFINITION in kinds else Kind.OBJECT

    def kind_inside(self, node: ast.stmt) -> Kind | None:
        if isinstance(node, ast.Pass) or is_text(node):
            return Kind.OBJECT
        kind = self.kind(node)
        if kind:
            self.learn(node, sets(node), changeable=True)
        return kind

    def root(self, target: ast.AST) -> str:
        while isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
            target = target.value
        return dotted(target, {})


def statements_in(node: ast.If | ast.Try) -> list[ast.stmt]:
    """Return the statements directly inside a block, of all its branches."""
    if isinstance(node, ast.If):
        return [*node.body, *node.orelse]
    handled = [inner for handler in node.handlers for inner in handler.body]
    return [*node.body, *handled, *node.orelse, *node.finalbody]


def targets(node: ast.AST) -> list[ast.AST]:
    """Return what an assignment assigns to, tuples taken apart."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(node.targets) if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        waiting = [node.target]
    while waiting:
        target = waiting.pop()
        if isinstance(target, ast.Tuple | ast.List):
            waiting += target.elts
        else:
            found.append(target)
    return found


def is_fresh(target: ast.AST) -> bool:
    return isinstance(target, ast.Name) or (isinstance(target, ast.Starred) and isinstance(target.value, ast.Name))


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def segment(lines: list[bytes], node: ast.stmt) -> str:
    """Return the text of a statement with its decorators, and the comment behind it if nothing else is there."""
    decorators = node.decorator_list if isinstance(node, DEFINITIONS) else []
    start = min([node.lineno, *(d.lineno for d in decorators)])
    begin = 0 if decorators else node.col_offset
    end, stop = node.end_lineno or start, node.end_col_offset or 0
    rest = TRAILING.match(lines[end - 1], stop)
    comment = b"  " + rest[1] if rest and rest[1] else b""
    if start == end:
        return (lines[start - 1][begin:stop] + comment).decode()
    whole = [lines[start - 1][begin:], *lines[start : end - 1], lines[end - 1][:stop] + comment]
    return b"\n".join(whole).decode()
