"""What kind of value each name of a notebook may have: whether it, or something in it, can be changed in place.

Told from all cells together before anything is decided: a name has the most changeable nature of all it is bound to.
"""

import ast
import builtins
from collections.abc import Iterable, KeysView, Mapping
from enum import IntEnum

from harness.intake.aliases import Aliases
from harness.intake.bound import COMPREHENSIONS, dotted, root
from harness.intake.harmless import KERAS, METHODS
from harness.intake.libraries import BROUGHT
from harness.intake.statements import bindings
from harness.intake.walks import Walks


class Nature(IntEnum):
    """Nothing to change; a function; a container or class of such values; one that holds others that may change."""

    PLAIN = 0
    FUNCTION = 1
    FLAT = 2
    DEEP = 3


PLAIN_CALLS = frozenset({"abs", "bool", "float", "int", "len", "max", "min", "pow", "range", "repr", "round", "str"})
CONTAINERS = frozenset({"dict", "frozenset", "list", "set", "sorted", "tuple", "sum"})
RECORDS = frozenset({"types.SimpleNamespace", "collections.OrderedDict", "collections.Counter", "dataclasses.field"})
# What gives each of its items once.
ONCE = frozenset({"enumerate", "filter", "iter", "map", "open", "reversed", "zip"})
DEEPEST = 40  # expressions in one another that are looked into
Local = Mapping[str, Nature]
NONE: Local = {}
BUILTINS = frozenset(dir(builtins))


class Natures:
    """The natures of a notebook's names; `imported` maps names of imports to what they stand for."""

    def __init__(
        self, imported: Mapping[str, str], statements: Iterable[ast.AST] = (), walks: Walks | None = None
    ) -> None:
        self.imported = imported
        self.walks = walks or Walks()
        self.layers: set[str] = set()  # objects of Keras: calling one does not change it
        self.once: set[str] = set()  # what is used up by going through it
        self._of: dict[str, Nature] = {}
        self._same = Aliases()
        self._put: set[str] = set()
        self._deep: frozenset[str] = frozenset()
        for _ in range(2):  # what is put in later counts for what was read before
            for statement in statements:
                self._learn(statement)
            self._deep = frozenset(map(self._same.of, self._put))
            if not self._deep:
                break

    def of(self, name: str) -> Nature:
        """Return the nature of a name; DEEP where nothing is known."""
        if name in self._of:
            deep = self._of[name] is Nature.FLAT and self._same.of(name) in self._deep
            return Nature.DEEP if deep else self._of[name]
        if name in self.imported:
            return Nature.PLAIN if self.imported[name].partition(".")[0] in BROUGHT else Nature.DEEP
        return Nature.PLAIN if name in BUILTINS else Nature.DEEP

    @property
    def known(self) -> KeysView[str]:
        """The names that are bound anywhere, imports left aside."""
        return self._of.keys()

    def of_value(self, node: ast.AST, local: Local = NONE, depth: int = 0) -> Nature:
        """Return the nature of what an expression gives, names in `local` being of the natures there."""
        found = Nature.DEEP
        if isinstance(node, ast.Name):
            found = local[node.id] if node.id in local else self.of(node.id)
        elif isinstance(node, ast.Constant | ast.JoinedStr | ast.Compare):
            found = Nature.PLAIN
        elif isinstance(node, ast.Lambda):
            found = Nature.FUNCTION
        elif depth < DEEPEST:
            found = self._of_whole(node, local, depth + 1)
        return found

    def _of_whole(self, node: ast.AST, local: Local, depth: int) -> Nature:
        if isinstance(node, ast.Call):
            return self._of_call(node, local, depth)
        if isinstance(node, ast.Attribute | ast.Subscript):
            whole = self.of_value(node.value, local, depth)
            return whole if is_method(node) else self._part(whole)
        inner = self._of_parts(node, local, depth)
        if isinstance(node, (ast.List, ast.Set, ast.Dict, *COMPREHENSIONS)):
            return Nature.FLAT if inner is Nature.PLAIN else Nature.DEEP
        return inner

    def _of_parts(self, node: ast.AST, local: Local, depth: int) -> Nature:
        if isinstance(node, COMPREHENSIONS):
            items = {
                n.id: self._part(self.of_value(g.iter, local, depth))
                for g in node.generators
                for n in ast.walk(g.target)
                if isinstance(n, ast.Name)
            }
            local = {**local, **items}
            parts: list[ast.expr] = [node.value] if isinstance(node, ast.DictComp) else [node.elt]
        elif isinstance(node, ast.Dict):
            parts = node.values
        elif isinstance(node, ast.List | ast.Set | ast.Tuple):
            parts = node.elts
        elif isinstance(node, ast.BinOp | ast.BoolOp | ast.IfExp | ast.UnaryOp | ast.Starred | ast.NamedExpr):
            parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
        else:
            return Nature.DEEP
        return max((self.of_value(part, local, depth) for part in parts), default=Nature.PLAIN)

    def _of_call(self, node: ast.Call, local: Local, depth: int) -> Nature:
        path = dotted(node.func, self.imported)
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        most = max((self.of_value(one, local, depth) for one in given), default=Nature.PLAIN)
        if path in PLAIN_CALLS and most <= Nature.FLAT:
            return Nature.PLAIN
        if path in CONTAINERS or path in RECORDS:
            return (
                Nature.FLAT if most <= Nature.FLAT and not (path == "dict" and node.keywords and most) else Nature.DEEP
            )
        if isinstance(node.func, ast.Attribute) and root(node.func) not in self.imported and most <= Nature.FUNCTION:
            owner = self.of_value(node.func.value, local, depth)
            return owner if owner <= Nature.FLAT else Nature.DEEP
        return Nature.DEEP

    @staticmethod
    def _part(whole: Nature) -> Nature:
        return Nature.PLAIN if whole is Nature.FLAT else whole

    def _learn(self, node: ast.AST) -> None:
        """Learn from a statement what its names are bound to, and what is put into them."""
        for part in self.walks.running(node):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                self._bind(part.name, Nature.FUNCTION)
            elif isinstance(part, ast.ClassDef):
                self._bind(part.name, self._of_class(part))
            elif isinstance(part, ast.Call):
                self._hand_on(part)
            for target, value in bindings(part):
                self._put_in(target, value)

    def _bind(self, name: str, nature: Nature) -> None:
        self._of[name] = max(nature, self._of.get(name, Nature.PLAIN))

    def _of_class(self, node: ast.ClassDef) -> Nature:
        values = [value for part in node.body for _, value in bindings(part)]
        return Nature.DEEP if any(self.of_value(value) > Nature.FUNCTION for value in values) else Nature.FLAT

    def _put_in(self, target: ast.AST, value: ast.expr) -> None:
        nature = self.of_value(value)
        if not isinstance(target, ast.Name):
            self._put |= {root(target)} if nature > Nature.FUNCTION else set()
            return
        self._bind(target.id, nature)
        if isinstance(value, ast.Name):
            self._same.join(target.id, value.id)
        if isinstance(value, ast.GeneratorExp):
            self.once.add(target.id)
        elif isinstance(value, ast.Call):
            path = dotted(value.func, self.imported)
            (self.layers if KERAS.fullmatch(path) else set()).add(target.id)
            (self.once if path in ONCE or path.startswith("itertools.") else set()).add(target.id)

    def _hand_on(self, call: ast.Call) -> None:
        """Note what a method puts into its object, and that what is handed to a function may have something put in."""
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(call.func, ast.Attribute) and root(call.func) not in self.imported:
            deep = any(self.of_value(one) > Nature.FUNCTION for one in given)
            self._put |= {root(call.func)} if deep else set()
        elif isinstance(call.func, ast.Name) and call.func.id not in PLAIN_CALLS | CONTAINERS | {"print", "zip"}:
            self._put |= {one.id for one in given if isinstance(one, ast.Name)}


def is_method(node: ast.AST) -> bool:
    """Return whether an attribute may be a method, which goes with its object wherever it is handed."""
    return isinstance(node, ast.Attribute) and node.attr in METHODS
