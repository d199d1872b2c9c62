"""Which names' objects the value of an expression may be or hold: what is changed through it is changed in them."""

import ast
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from harness.intake.bound import COMPREHENSIONS, dotted, root
from harness.intake.libraries import BROUGHT
from harness.intake.natures import CONTAINERS, ONCE, PLAIN_CALLS, Nature, Natures, is_method
from harness.intake.pieces import Names

FRESH = frozenset(
    {"copy.deepcopy", "isinstance", "hasattr", "type", "print", "id", "hash", "open", "input", "json.loads"}
)


@dataclass(frozen=True)
class Scene:
    """What is known where an expression stands: natures of names, those that are a function's own, and imports.

    `gives` says for a call of something of the notebook what it may give; None where it is not of the notebook.
    """

    natures: Natures
    gives: Callable[["Scene", ast.Call], Names | None]
    outers: Mapping[str, Names]  # functions, and what of the module they may change
    mixing: Mapping[str, Names]  # functions that put arguments together, and what of the module with them
    own: Names = frozenset()
    layers: Names = frozenset()

    @property
    def imported(self) -> Mapping[str, str]:
        return self.natures.imported

    def running(self, node: ast.AST) -> tuple[ast.AST, ...]:
        """Return the parts of a statement that run with it."""
        return self.natures.walks.running(node)

    def of(self, name: str) -> Nature:
        return Nature.DEEP if name in self.own else self.natures.of(name)

    def is_library(self, name: str) -> bool:
        """Return whether a name stands for a library that the harness brings."""
        return name not in self.own and name in self.imported and self.imported[name].partition(".")[0] in BROUGHT


@dataclass(frozen=True)
class Part:
    """A part of an expression: whether it is what its `value` holds, and not the object, and whether in a container."""

    node: ast.AST
    inner: bool = False
    placed: bool = True


def held(node: ast.AST, scene: Scene) -> Names:
    """Return the names whose objects, or parts of them, the value of an expression may share."""
    found: set[str] = set()
    bound: set[str] = set()
    waiting = [Part(node, placed=False)]
    while waiting:
        part = waiting.pop()
        if isinstance(part.node, ast.Name):
            found |= of_name(part, scene)
        elif isinstance(part.node, COMPREHENSIONS):
            bound |= {n.id for g in part.node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
            waiting += [Part(g.iter, inner=True) for g in part.node.generators]
            waiting.append(Part(part.node.value if isinstance(part.node, ast.DictComp) else part.node.elt, part.inner))
        elif isinstance(part.node, ast.Call):
            own = scene.gives(scene, part.node)
            found |= own or frozenset()
            waiting += by_call(part, scene) if own is None else []
        else:
            waiting += inside(part, scene)
    return frozenset(found - bound)


def of_name(part: Part, scene: Scene) -> Names:
    """Return a name if what it stands for can be changed; of a function in a container, what this may change."""
    name = part.node.id if isinstance(part.node, ast.Name) else ""
    outer = scene.outers.get(name, frozenset()) if name not in scene.own else frozenset()
    nature = scene.of(name)
    if nature is Nature.PLAIN or (nature is Nature.FLAT and part.inner):
        return outer
    return outer if nature is Nature.FUNCTION and part.placed else outer | {name}


def inside(part: Part, scene: Scene) -> list[Part]:
    """Return the parts of an expression that its value may be or hold."""
    node = part.node
    if isinstance(node, ast.Attribute | ast.Subscript):
        return [] if scene.is_library(root(node)) else [Part(node.value, inner=not is_method(node))]
    if isinstance(node, ast.Starred | ast.keyword | ast.NamedExpr | ast.Await | ast.FormattedValue):
        return [Part(node.value, part.inner, part.placed)]
    if isinstance(node, ast.Dict):
        return [Part(value, part.inner) for value in node.values]
    if isinstance(node, ast.IfExp):
        return [Part(one, part.inner, part.placed) for one in (node.body, node.orelse)]
    if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.BoolOp | ast.BinOp):
        return [Part(one, part.inner) for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
    return []


def by_call(part: Part, scene: Scene) -> list[Part]:
    """Return the parts of a call, to nothing that the notebook defines, that its value may hold."""
    call = part.node
    if not isinstance(call, ast.Call):
        return []
    path = dotted(call.func, scene.imported)
    given: list[ast.expr] = [*call.args, *(keyword.value for keyword in call.keywords)]
    if path in FRESH or (path in PLAIN_CALLS and path not in ("max", "min")):
        return []
    if path in CONTAINERS | ONCE | {"max", "min"}:
        return [*(Part(one, inner=True) for one in call.args), *(Part(keyword.value) for keyword in call.keywords)]
    if scene.is_library(root(call.func)):
        of_python = path.partition(".")[0] in sys.stdlib_module_names
        return [Part(one) for one in given] if of_python else [Part(one, inner=True) for one in direct(given)]
    if isinstance(call.func, ast.Attribute):
        return [Part(call.func.value, inner=True), *(Part(one) for one in direct(given))]
    return [Part(one) for one in given] + ([] if path == "vars" else [Part(call.func)])


def direct(given: Iterable[ast.expr]) -> list[ast.expr]:
    """Return the names and calls among arguments, and those in lists of them."""
    found: list[ast.expr] = []
    waiting: list[ast.expr] = [*given]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.List | ast.Tuple):
            waiting += node.elts
        elif isinstance(node, ast.Starred):
            waiting.append(node.value)
        elif isinstance(node, ast.Name | ast.Call):
            found.append(node)
    return found
