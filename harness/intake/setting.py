"""What a statement sets beyond names and objects: a library as a whole, or names of the module by their spelling."""

import ast
from collections.abc import Iterable, Mapping

from harness.intake.bound import dotted, root

# Functions that set a whole library, and with it every model that is built afterwards.
SETTINGS = frozenset(
    {
        *("set_floatx", "set_epsilon", "set_image_data_format", "set_global_policy", "set_dtype_policy", "set_policy"),
        *("disable_eager_execution", "disable_v2_behavior", "run_functions_eagerly", "enable_numpy_behavior"),
        *("set_backend", "get_custom_objects", "custom_object_scope", "set_learning_phase"),
    }
)
LIBRARIES = frozenset({"keras", "tensorflow"})
PATCHED = LIBRARIES | {"numpy"}
BY_TEXT = frozenset({"exec", "execfile"})
OF_IPYTHON = frozenset({"run_line_magic", "run_cell", "run_cell_magic", "ex", "push", "magic"})
SPACES = frozenset({"globals", "locals", "vars"})
CHANGES = frozenset({"update", "setdefault", "pop", "clear", "__setitem__", "__delitem__"})
# Environment variables that decide which Keras there is.
VARIABLES = frozenset({"KERAS_BACKEND", "TF_USE_LEGACY_KERAS", "TF_KERAS"})


def settings_of(parts: Iterable[ast.AST], imported: Mapping[str, str]) -> set[str]:
    """Return what the parts of a statement call or assign to that sets more than it names, as dotted paths."""
    found: set[str] = set()
    words: set[str] = set()
    environment = False
    for part in parts:
        if isinstance(part, ast.Call):
            found |= by_call(part, imported)
        elif isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            found |= by_place(part, imported)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            words.add(part.value)
        environment = environment or (isinstance(part, ast.Attribute) and part.attr in ("environ", "putenv"))
    return found | (VARIABLES & words if environment and "tensorflow" not in words else set())


def by_call(call: ast.Call, imported: Mapping[str, str]) -> set[str]:
    path = dotted(call.func, imported)
    top, last = path.partition(".")[0], path.rpartition(".")[2]
    if last in SETTINGS and top in LIBRARIES:
        return {path}
    if path in BY_TEXT:
        return {path}
    if isinstance(call.func, ast.Attribute):
        if call.func.attr in OF_IPYTHON and root(call.func) == "get_ipython":
            return {f"get_ipython().{call.func.attr}"}
        return space(call.func.value) if call.func.attr in CHANGES else set()
    patched = dotted(call.args[0], imported) if path in ("setattr", "delattr") and call.args else ""
    return {f"{path} of {patched}"} if patched.partition(".")[0] in PATCHED else set()


def by_place(place: ast.Attribute | ast.Subscript, imported: Mapping[str, str]) -> set[str]:
    """Return what is assigned to if it is a library's own, or the names of a module as a dictionary."""
    if isinstance(place, ast.Subscript):
        return space(place.value)
    path = dotted(place, imported)
    patched = path.partition(".")[0] in PATCHED and root(place) in imported
    return {f"an assignment to {path}"} if patched else set()


def space(node: ast.AST) -> set[str]:
    """Return `globals()` for an expression that gives the names of a module."""
    named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args
    return {f"{node.func.id}()"} if named and node.func.id in SPACES else set()  # type: ignore[attr-defined]
