"""Which statements of a notebook's code cells may enter its source, each decided without running anything.

Taken are imports, functions, classes, assignments whose right side is harmless (see `harmless`), and lines that
change what these have made, such as `settings["units"] = 64`. What trains, loads, plots, prints or calls is left out,
and so is what reads a name that was left out as it runs. The tags harness-keep and harness-skip, or a first line
`# harness-keep`, decide for a whole cell.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from harness.errors import SubmissionError
from harness.intake.bound import DEFINITIONS, annotations, root, sets
from harness.intake.changes import MUTATORS
from harness.intake.harmless import is_harmless, needs_library
from harness.intake.known import Known
from harness.intake.libraries import is_installed
from harness.intake.limits import DEFAULT_LIMITS, IntakeLimits
from harness.intake.magics import Plain, plain
from harness.intake.names import clean
from harness.intake.notebook import Cell, Notebook
from harness.intake.overview import Overview, overview
from harness.intake.pieces import BrokenCell, Chosen, Kind, Left, Piece, Setting
from harness.intake.scopes import Reads, reading
from harness.intake.segments import encoded, segment
from harness.intake.statements import Block, heads, inside, is_fresh, is_text, targets
from harness.intake.syntax import InvalidSourceError, parse

KEEP, SKIP = "harness-keep", "harness-skip"
DEEPEST = 8  # blocks in one another that are looked into
MAKING = ast.FunctionDef | ast.Return | ast.Assign | ast.AnnAssign | ast.Pass
NOTHING: Mapping[str, bytes] = {}
FIRST_LINE = re.compile(r"\s*+#\s*+(harness[-_]\w+)")


def choose(
    notebook: Notebook,
    limits: IntakeLimits = DEFAULT_LIMITS,
    local: Iterable[str] = (),
    installed: Callable[[str], bool] = is_installed,
    beside: Mapping[str, bytes] = NOTHING,
) -> Chosen:
    """Return what may be taken of a notebook; raise SubmissionError with cell and line if a cell to keep is not Python.

    `local` are the modules that lie beside the notebook, `beside` the sources of those that are single files;
    `installed` says whether another one is there.
    """
    mine = {*local}
    name = clean(notebook.path)
    read = [read_cell(name, cell) for cell in notebook.cells]
    trees = [one.tree for one in read if one.tree]
    if sum(len(tree.body) for tree in trees) > limits.max_notebook_parts:
        raise SubmissionError(
            f"{name} holds more than {limits.max_notebook_parts:,} statements outside of functions; "
            "leave out what you do not need and hand in again."
        )
    seen = overview((statement for tree in trees for statement in tree.body), beside)
    chooser = Chooser(name, seen, lambda m: m in mine or installed(m))
    for one in read:
        chooser.add(one)
    return replace(chooser.chosen, absent=dict(chooser.known.absent))


@dataclass(frozen=True)
class ReadCell:
    """A cell without magics, with its syntax tree, or with what is wrong with it."""

    cell: Cell
    code: Plain
    tree: ast.Module | None
    fault: InvalidSourceError | None = None


def read_cell(name: str, cell: Cell) -> ReadCell:
    code = plain(cell.source)
    if code.tree and "coding" not in code.text:  # no comment that says how to read it
        return ReadCell(cell, code, code.tree)
    try:
        tree = parse(f"{name} cell {cell.number}", code.text.encode("utf-8", "surrogatepass"))
    except InvalidSourceError as error:
        return ReadCell(cell, code, None, error)
    return ReadCell(cell, code, tree)


def marks_of(cell: Cell) -> list[str]:
    """Return what is said to the harness about a cell, by tags or its first line, in lower case with hyphens."""
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    comment = FIRST_LINE.match(first)
    said = [*cell.tags, *([comment[1]] if comment else [])]
    return [mark for mark in (s.strip().lower().replace("_", "-") for s in said) if mark.startswith("harness-")]


class Chooser:
    """Reads cells in their order and knows at each statement which names the ones taken before have set."""

    def __init__(self, name: str, seen: Overview, installed: Callable[[str], bool]) -> None:
        self.name = name
        self.depth = 0  # of blocks in blocks
        self.effects = seen.effects
        self.walks = seen.effects.scene.natures.walks
        self.known = Known(installed, self.walks)
        self.chosen = Chosen(aliases=seen.aliases)

    def add(self, read: ReadCell) -> None:
        """Decide about one cell."""
        cell, code = read.cell, read.code
        self.chosen.cells += bool(cell.source.strip())
        self.chosen.counts[cell.number] = cell.count
        marks = marks_of(cell)
        self.chosen.unknown_tags += [(cell.number, mark) for mark in marks if mark not in (KEEP, SKIP)]
        if SKIP in marks:
            self.skip(read)
            return
        self.chosen.magics += [(cell.number, word) for word in code.skipped]
        self.chosen.settings += [Setting(cell.number, line, text) for line, text in code.runs]
        self.chosen.writes += [(cell.number, code.writes)] if code.writes else []
        if code.names or code.whole:
            self.leave(Left(cell.number, code.names, place=len(self.chosen.pieces)))
        if read.tree is None or read.fault:
            self.add_broken(read, kept=KEEP in marks)
        elif KEEP in marks:
            self.keep(cell.number, code.text, read.tree)
        else:
            self.read(cell.number, code.text, read.tree)

    def add_broken(self, read: ReadCell, *, kept: bool) -> None:
        """Remember a cell that is not Python; raise SubmissionError for one that is to be kept."""
        fault = read.fault
        if fault and kept:
            raise SubmissionError(str(fault)) from fault
        if fault:
            self.chosen.broken.append(BrokenCell(read.cell.number, read.code.text, fault.what, str(fault)))

    def skip(self, read: ReadCell) -> None:
        """Leave a cell out because its tag says so, whatever it holds; a name it sets is still known if it parses."""
        self.chosen.skipped.append(read.cell.number)
        names = sets(read.tree) if read.tree else frozenset()
        self.leave(Left(read.cell.number, names | read.code.names, place=len(self.chosen.pieces)))

    def keep(self, number: int, text: str, tree: ast.Module) -> None:
        """Take a cell as it is."""
        if tree.body:
            effect, read = self.effects.of(tree), reading(tree)
            changes = effect.changes | effect.binds
            parts = sets(tree), changes, read.at_once, read.later, annotations(tree)
            self.chosen.pieces.append(Piece(Kind.KEPT, number, text.strip("\n"), None, *parts, calls=True))
            self.known.learn(tree, sets(tree))

    def read(self, number: int, text: str, tree: ast.Module) -> None:
        """Decide about each statement of a cell."""
        lines = encoded(text)
        for place, node in enumerate(tree.body):
            if is_text(node):
                if place == 0 and not (self.chosen.pieces or self.chosen.left or self.chosen.docstring):
                    self.chosen.docstring = segment(lines, node)
            elif not isinstance(node, ast.Pass):
                self.decide(number, lines, node)

    def decide(self, number: int, lines: list[bytes], node: ast.stmt) -> None:
        """Take a statement, or leave it out."""
        kind, names, effect = self.kind(node), self.walks.sets(node), self.effects.of(node)
        changes = effect.changes | effect.binds
        if kind:
            read = self.walks.reading(node)
            parts = names, changes, read.at_once, read.later, annotations(node)
            fresh = not isinstance(node, Block | ast.AugAssign)
            calls = not read.at_once.isdisjoint(self.effects.outers)
            self.chosen.pieces.append(Piece(kind, number, segment(lines, node), node, *parts, fresh, calls))
            missing = {*self.known.missing(node).values()} if isinstance(node, Block) else set()
            self.chosen.tried += [(self.chosen.pieces[-1], module) for module in sorted(missing)]
            self.known.learn(node, names)
            self.learn_maker(node, read)
            return
        self.chosen.settings += [Setting(number, node.lineno, path) for path in sorted(effect.settings)]
        if isinstance(node, ast.Delete):
            names |= {target.id for target in targets(node) if isinstance(target, ast.Name)}
        definition = node.name if isinstance(node, DEFINITIONS) else ""
        lacks = next(iter(sorted(self.known.lacking(self.walks.reading(node).at_once))), "") if definition else ""
        library = self.known.absent.get(lacks, "")
        self.leave(Left(number, names, changes, node.lineno, len(self.chosen.pieces), definition, lacks, library))
        self.known.forget(node, names)

    def learn_maker(self, node: ast.stmt, read: Reads) -> None:
        """Remember a function that only makes something out of what is there: it may be called where it stands."""
        if not isinstance(node, ast.FunctionDef) or node.decorator_list or not self.known.has(read.later):
            return
        if all(isinstance(one, MAKING) and self.is_harmless(one) for one in node.body):
            self.known.plain_classes.add(node.name)

    def leave(self, left: Left) -> None:
        self.chosen.left.append(left)
        self.known.left |= left.sets

    def kind(self, node: ast.stmt) -> Kind | None:
        """Return as what a statement may be taken, if at all."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            return Kind.IMPORT
        if isinstance(node, Block):
            return self.kind_of_block(node)
        if self.known.lacking(self.walks.reading(node).at_once):
            return None
        if isinstance(node, DEFINITIONS):
            return Kind.CLASS if isinstance(node, ast.ClassDef) else Kind.FUNCTION
        return self.kind_of_change(node) or self.kind_of_assignment(node)

    def kind_of_change(self, node: ast.stmt) -> Kind | None:
        """`made.append(...)` and `del made[...]` are objects, if the notebook made what they change."""
        if isinstance(node, ast.Delete):
            places = targets(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and is_change(node.value):
            places = [node.value.func]
            arguments = [*node.value.args, *(k.value for k in node.value.keywords)]
            if not all(self.is_harmless(part) for part in (*arguments, node.value.func)):
                return None
        else:
            return None
        mine = all(not is_fresh(place) and root(place) in self.known.own for place in places)
        return Kind.OBJECT if mine else None

    def kind_of_assignment(self, node: ast.stmt) -> Kind | None:
        """An assignment is a function if it names a lambda, a constant if it needs no library, else an object."""
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) or node.value is None:
            return None
        if not self.is_harmless(node):
            return None
        fresh = all(map(is_fresh, targets(node))) and not isinstance(node, ast.AugAssign)
        if not fresh and not {root(target) for target in targets(node) if not is_fresh(target)} <= self.known.own:
            return None
        if isinstance(node, ast.AugAssign) and root(node.target) not in self.known.own:
            return None
        if isinstance(node.value, ast.Lambda) and fresh:
            return Kind.FUNCTION
        return Kind.CONSTANT if fresh and not needs_library(node, self.known.imported) else Kind.OBJECT

    def kind_of_block(self, node: Block) -> Kind | None:
        """A block is taken whole, as an object, if all in it may be; nothing under `if __name__` is."""
        for part in heads(node):
            read = self.walks.reading(part).at_once
            if not self.is_harmless(part) or "__name__" in read or self.known.lacking(read):
                return None
        self.depth += 1
        with self.known.aside():
            if isinstance(node, ast.For):
                self.known.learn(node, {t.id for t in targets(node) if isinstance(t, ast.Name)})
            kinds = {self.kind_inside(inner) for inner in inside(node)} if self.depth < DEEPEST else {None}
        self.depth -= 1
        if None in kinds:
            return None
        return Kind.FUNCTION if Kind.FUNCTION in kinds else Kind.OBJECT

    def kind_inside(self, node: ast.stmt) -> Kind | None:
        if isinstance(node, ast.Pass) or is_text(node):
            return Kind.OBJECT
        kind = self.kind(node)
        if kind:
            self.known.learn(node, self.walks.sets(node))
        return kind

    def is_harmless(self, node: ast.AST) -> bool:
        return is_harmless(node, self.known.imported, self.known.plain_classes)


def is_change(call: ast.Call) -> bool:
    """Return whether a call is that of a method that changes its own object."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in MUTATORS
