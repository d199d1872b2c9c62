"""Which objects a statement may change in place, as `settings["units"] = 64` and `sizes.append(3)` do."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from harness.intake.bound import arguments_of, dotted, root, running
from harness.intake.harmless import METHODS

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
# Functions that change their first argument.
CHANGING = frozenset(
    {
        *("setattr", "delattr", "random.shuffle", "numpy.random.shuffle", "numpy.put", "numpy.copyto"),
        *("numpy.fill_diagonal", "heapq.heapify", "heapq.heappush", "heapq.heappop", "bisect.insort"),
    }
)
# Functions that set a whole library, and with it every model that is built afterwards.
SETTINGS = frozenset(
    {
        *("set_floatx", "set_epsilon", "set_image_data_format", "set_global_policy", "set_dtype_policy", "set_policy"),
        *("disable_eager_execution", "disable_v2_behavior", "run_functions_eagerly", "enable_numpy_behavior"),
    }
)


@dataclass(frozen=True)
class Effect:
    """What a function of the notebook changes when it is called: arguments by position or name, names of the module."""

    positions: frozenset[int] = frozenset()
    keywords: frozenset[str] = frozenset()
    outer: frozenset[str] = frozenset()


Effects = Mapping[str, Effect]


def changed(node: ast.AST, imported: Mapping[str, str], effects: Effects) -> frozenset[str]:
    """Return the names whose objects a statement may change in place as it runs.

    `imported` maps names to what they were imported as; `effects` has the functions of the notebook.
    """
    found: set[str] = set()
    for part in running(node):
        if isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            found.add(root(part))
        elif isinstance(part, ast.AugAssign):
            found.add(root(part.target))
        elif isinstance(part, ast.Call):
            found |= by_call(part, imported, effects)
    return frozenset(found - {""})


def by_call(call: ast.Call, imported: Mapping[str, str], effects: Effects) -> set[str]:
    """Return the names whose objects a call may change: its first argument, its own object, or what `effects` says."""
    path = dotted(call.func, imported)
    if path in CHANGING:
        return {root(call.args[0])} if call.args else set()
    if isinstance(call.func, ast.Name):
        return by_function(call, effects.get(call.func.id, Effect()))
    if isinstance(call.func, ast.Attribute) and call.func.attr not in LOOKING:
        owner = root(call.func)
        return {owner} - imported.keys()
    return set()


def by_function(call: ast.Call, effect: Effect) -> set[str]:
    found = {root(value) for place, value in enumerate(call.args) if place in effect.positions}
    found |= {root(k.value) for k in call.keywords if k.arg in effect.keywords}
    return found | effect.outer


def effect_of(node: ast.AST, imported: Mapping[str, str], effects: Effects) -> Effect:
    """Return what calling a function changes, as far as its body and the functions known so far tell."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return Effect()
    names = [argument.arg for argument in arguments_of(node)]
    inside = frozenset().union(*(changed(part, imported, effects) for part in node.body))
    parts = [part for statement in node.body for part in running(statement)]
    outer = {name for part in parts if isinstance(part, ast.Global) for name in part.names}
    bound = {part.id for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return Effect(
        frozenset(place for place, name in enumerate(names) if name in inside),
        inside & {*names},
        frozenset((inside - {*names} - bound) | (outer & (bound | inside))),
    )


def settings_in(node: ast.AST, imported: Mapping[str, str]) -> list[str]:
    """Return the calls in a statement that set Keras or TensorFlow as a whole, as dotted paths."""
    paths = (dotted(part.func, imported) for part in running(node) if isinstance(part, ast.Call))
    wanted = [path for path in paths if path.rpartition(".")[2] in SETTINGS]
    return [path for path in wanted if path.partition(".")[0] in ("keras", "tensorflow")]


def shares(value: ast.AST) -> frozenset[str]:
    """Return the names whose objects an expression may hand on as they are, not copied."""
    found, waiting = set[str](), [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute | ast.Subscript | ast.Starred | ast.NamedExpr | ast.keyword):
            waiting.append(part.value)
        elif isinstance(part, ast.Tuple | ast.List | ast.Set | ast.Dict | ast.IfExp | ast.BoolOp):
            waiting += ast.iter_child_nodes(part)
    return frozenset(found)
