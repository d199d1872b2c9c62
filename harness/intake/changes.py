"""Which objects a statement may change in place, as `settings["units"] = 64` and `sizes.append(3)` do."""

import ast
from dataclasses import dataclass

from harness.intake.bound import COMPREHENSIONS, DEFINITIONS, dotted, root
from harness.intake.harmless import METHODS
from harness.intake.held import Scene, held
from harness.intake.natures import Nature
from harness.intake.pieces import Names
from harness.intake.setting import settings_of

MUTATORS = frozenset(
    {
        *("add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "extendleft", "insert"),
        *("intersection_update", "move_to_end", "pop", "popitem", "popleft", "remove", "reverse", "rotate"),
        *("setdefault", "sort", "subtract", "symmetric_difference_update", "update"),
    }
)
# Methods that only look: those of Python's own values, and common ones of models, layers, arrays and tables.
LOOKING = (METHODS - MUTATORS) | {
    *("all", "any", "astype", "argmax", "argmin", "call", "compute_output_shape", "copy", "count_params", "describe"),
    *("evaluate", "flatten", "from_config", "get_config", "get_layer", "get_weights", "head", "info", "max", "mean"),
    *("min", "numpy", "plot", "predict", "reshape", "resolve", "save", "save_weights", "show", "std", "sum"),
    *("summary", "tail", "to_json", "tolist", "transpose"),
}
# Functions that change their first argument, by the last part of their names.
CHANGING = frozenset(
    {
        *("setattr", "delattr", "next", "shuffle", "put", "copyto", "fill_diagonal", "heapify", "heappush", "heappop"),
        *("insort", "insort_left", "insort_right", "setitem", "delitem", "iadd", "ior", "imul", "iconcat"),
    }
)
NOTHING: Names = frozenset()


@dataclass(frozen=True)
class Use:
    """A call of something that the notebook may define, or its handing on: the names that each argument may be.

    `callee` is the name of a function or class, or that of a method behind a dot; `others` may be any argument.
    """

    callee: str
    receiver: Names = NOTHING
    positional: tuple[Names, ...] = ()
    named: tuple[tuple[str, Names], ...] = ()
    others: Names = NOTHING


@dataclass
class Touched:
    """What a statement changes itself, what it calls, and what it sets for a whole library."""

    names: set[str]
    uses: list[Use]
    settings: set[str]


def touched(node: ast.AST, scene: Scene) -> Touched:
    """Return what a statement may change in place as it runs, with functions that it writes where it calls."""
    return Touching(scene).all_of(node)


class Touching:
    """Goes through the parts of one statement."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._found = Touched(set(), [], set())
        self._bases: dict[int, Names] = {}
        self._inner: dict[str, Names] = {}  # what names of comprehensions and of lambdas that are called may be

    def all_of(self, node: ast.AST) -> Touched:
        waiting: list[ast.AST] = [node]
        for start in waiting:  # it grows by what lambdas hold
            for part in self._scene.running(start):
                self._look(part)
                if isinstance(part, ast.Call):
                    waiting += [one.body for one in (part.func, *part.args) if isinstance(one, ast.Lambda)]
                    waiting += [k.value.body for k in part.keywords if isinstance(k.value, ast.Lambda)]
        self._found.settings |= settings_of(self._scene.running(node), self._scene.imported)
        more = {name for one in self._found.names & self._inner.keys() for name in self._inner[one]}
        elsewhere = self._scene.own | self._scene.natures.known  # such a name may mean something else as well
        self._found.names = (self._found.names - (self._inner.keys() - elsewhere)) | more
        return self._found

    def _look(self, part: ast.AST) -> None:
        if isinstance(part, ast.Name):
            if part.id in self._scene.natures.once and isinstance(part.ctx, ast.Load):
                self._found.names |= {part.id} - self._scene.own
        elif isinstance(part, ast.Attribute | ast.Subscript):
            self._found.names |= self._base(part.value) if not isinstance(part.ctx, ast.Load) else NOTHING
        elif isinstance(part, ast.Call):
            self._call(part)
        elif isinstance(part, ast.AugAssign):
            self._found.names |= self._base(part.target)
        elif isinstance(part, COMPREHENSIONS):
            for generator in part.generators:
                names = held(ast.Subscript(generator.iter, ast.Constant(0), ast.Load()), self._scene)
                self._inner |= {n.id: names for n in ast.walk(generator.target) if isinstance(n, ast.Name)}
        elif isinstance(part, DEFINITIONS):
            self._define(part)

    def _base(self, node: ast.AST) -> Names:
        """Return the names whose objects an expression such as `a.b[c].d()` leads to."""
        path = []
        while id(node) not in self._bases and isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            path.append(node)
            node = node.value
        if id(node) not in self._bases:
            self._bases[id(node)] = self._start(node)
        self._bases |= {id(one): self._bases[id(node)] for one in path}
        return self._bases[id(node)]

    def _start(self, node: ast.AST) -> Names:
        if isinstance(node, ast.Name):
            return frozenset({node.id}) - ({node.id} if self._scene.of(node.id) is Nature.PLAIN else set())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not self._own_method(node.func):
            return self._base(node.func.value)
        return held(node, self._scene)

    def _own_method(self, func: ast.Attribute) -> bool:
        return f".{func.attr}" in self._scene.outers or self._scene.is_library(root(func))

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """Note what decorators do, and what a class does to those that it is of."""
        name = frozenset({node.name})
        for one in node.decorator_list:
            if not isinstance(one, ast.Call):
                self._hand(one, (name,))
        if isinstance(node, ast.ClassDef):
            bases = frozenset(filter(None, map(root, node.bases)))
            self._found.uses += [Use(".__init_subclass__", bases)] if bases - self._scene.imported.keys() else []
            self._found.uses += [Use(root(one.value)) for one in node.keywords if one.arg == "metaclass"]

    def _hand(self, func: ast.expr, given: tuple[Names, ...]) -> None:
        """Note that what an expression gives is called with these arguments."""
        if isinstance(func, ast.Name):
            self._found.uses.append(Use(func.id, positional=given))
        elif isinstance(func, ast.Attribute):
            self._found.uses.append(Use(f".{func.attr}", self._base(func.value), given))

    def _call(self, call: ast.Call) -> None:
        scene, func = self._scene, call.func
        path = dotted(func, {} if root(func) in scene.own else scene.imported)
        last = path.rpartition(".")[2] or (func.attr if isinstance(func, ast.Attribute) else "")
        use = self._use(call, path)
        everything = use.others.union(*use.positional, *(names for _, names in use.named))
        first = self._base(call.args[0]) if call.args else NOTHING
        self._pass_on(call, everything)
        if last in CHANGING or (
            path.partition(".")[0] in ("dict", "list", "set") and last in MUTATORS | {"__setitem__"}
        ):
            self._found.names |= first
        if scene.is_library(root(func)):
            return
        if isinstance(func, ast.Lambda):
            self._found.names |= everything
            self._inner |= {one.arg: everything for one in (*func.args.args, *func.args.kwonlyargs)}
        elif isinstance(func, ast.Name):
            self._by_name(func.id, use, everything)
        elif isinstance(func, ast.Attribute):
            self._found.uses.append(use)
            if func.attr not in LOOKING or (root(func) in scene.imported and func.attr in MUTATORS):
                self._by_method(func, use, everything)
        else:
            self._found.names |= held(func, scene) | everything

    def _by_name(self, name: str, use: Use, everything: Names) -> None:
        if name in self._scene.outers and name not in self._scene.own:
            self._found.uses.append(use)
        elif name in self._scene.own:
            self._found.names |= {name} | everything if name not in self._scene.layers else NOTHING
        elif name in self._scene.natures.known:
            self._found.names |= {name} | everything if name not in self._scene.natures.layers else NOTHING
        elif self._scene.imported.get(name):  # of a library that is not known, or of a module beside the notebook
            self._found.uses.append(use)
            self._found.names |= everything if use.callee not in self._scene.outers else NOTHING

    def _by_method(self, func: ast.Attribute, use: Use, everything: Names) -> None:
        path = dotted(func, self._scene.imported)
        if path in self._scene.outers:
            self._found.uses.append(Use(path, NOTHING, use.positional, use.named, use.others))
            return
        self._found.names |= self._base(func.value)
        self._found.names |= everything if root(func) in self._scene.imported else NOTHING

    def _use(self, call: ast.Call, path: str) -> Use:
        """Return a call as a use of what it may call."""
        func, scene = call.func, self._scene
        positional = [held(one, scene) for one in call.args if not isinstance(one, ast.Starred)]
        spread: list[ast.expr] = [one.value for one in call.args if isinstance(one, ast.Starred)]
        spread += [one.value for one in call.keywords if one.arg is None]
        named = tuple((one.arg, held(one.value, scene)) for one in call.keywords if one.arg is not None)
        others = NOTHING.union(*(held(one, scene) for one in spread))
        if spread:
            positional, others = [], others.union(*positional)
        if isinstance(func, ast.Attribute):
            return Use(f".{func.attr}", self._base(func.value), tuple(positional), named, others)
        return Use(path, NOTHING, tuple(positional), named, others)

    def _pass_on(self, call: ast.Call, everything: Names) -> None:
        """Note that a function which is handed on may be called with whatever is handed on beside it."""
        for one in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(one, ast.Name) and one.id in self._scene.outers and one.id not in self._scene.own:
                self._found.uses.append(Use(one.id, others=everything - {one.id}))
            elif isinstance(one, ast.Attribute) and f".{one.attr}" in self._scene.outers:
                self._found.uses.append(Use(f".{one.attr}", self._base(one.value), others=everything))
            elif isinstance(one, ast.Attribute) and one.attr in MUTATORS:
                self._found.names |= self._base(one.value)
            elif isinstance(one, ast.Lambda):
                self._inner |= {argument.arg: everything for argument in one.args.args}
