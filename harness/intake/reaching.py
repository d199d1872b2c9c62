"""What a source reaches for that building a model does not need: a person should look at it. Nothing is run."""

import ast
from collections.abc import Iterable, Iterator

from harness.intake.names import clean

FRAMES = frozenset(
    {
        *("_getframe", "_current_frames", "currentframe", "tb_frame", "gi_frame", "cr_frame", "ag_frame"),
        *("f_back", "f_locals", "f_globals", "f_builtins", "getouterframes", "getinnerframes", "walk_stack"),
    }
)
OF_GC = frozenset({"get_objects", "get_referrers", "get_referents"})  # collecting what is left over is everybody's
MODULES = frozenset({"harness", "ctypes", "_ctypes", "cffi"})
BY_NAME = frozenset({"__import__", "import_module", "find_spec"})
# Methods by which a model is trained, asked and handed out. A `train_step` of one's own is how a GAN is written; these
# are not.
REPLACED = frozenset(
    {
        *("fit", "predict", "predict_on_batch", "predict_step", "make_predict_function", "train_on_batch"),
        *("get_weights", "set_weights", "to_json"),
    }
)
ASSIGNED = REPLACED | {"train_step", "make_train_function"}  # nobody puts these onto a model from outside
MOST = 6


def reaches_in(nodes: Iterable[ast.AST]) -> tuple[str, ...]:
    """Return, each once and with its line, what the parts of a syntax tree reach for; the first few."""
    found: dict[str, int] = {}
    for node in nodes:
        for what in reached(node):
            found[what] = min(found.get(what, node_line(node)), node_line(node))
    return tuple(f"{what} (line {line})" for what, line in [*found.items()][:MOST])


def node_line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0))


def reached(node: ast.AST) -> Iterator[str]:
    """Yield what one node reaches for, in words."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from imported(node)
    elif isinstance(node, ast.Attribute):
        if node.attr in FRAMES or node.attr in OF_GC:
            yield inner(node.attr)
        if isinstance(node.ctx, ast.Store) and node.attr in ASSIGNED and not is_self(node.value):
            yield f"an assignment to {node.attr}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in FRAMES | OF_GC:
        yield inner(node.value)
    elif isinstance(node, ast.ClassDef):
        yield from replaced(node)
    elif isinstance(node, ast.Call):
        yield from by_text(node)


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    paths = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    for path in paths:
        if path.partition(".")[0] in MODULES and not getattr(node, "level", 0):
            yield f"the module {clean(path, 40)}"
    for alias in node.names if isinstance(node, ast.ImportFrom) else []:
        if alias.name in FRAMES or (paths == ["gc"] and alias.name in OF_GC):
            yield inner(alias.name)


def inner(name: str) -> str:
    return f"objects of others ({name})" if name in OF_GC else f"the frames of its callers ({name})"


def replaced(node: ast.ClassDef) -> Iterator[str]:
    """Yield the methods of a class of some library's that take the place of its training or its answers."""
    if node.bases:
        for one in node.body:
            names = [one.name] if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) else []
            names += [t.id for t in one.targets if isinstance(t, ast.Name)] if isinstance(one, ast.Assign) else []
            yield from (f"a {name} of its own in class {clean(node.name, 40)}" for name in names if name in REPLACED)


def is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def by_text(call: ast.Call) -> Iterator[str]:
    """Yield what is imported, or put onto an object, by its name as a text."""
    texts = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    func = call.func
    called = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
    if called in BY_NAME:
        yield from (f"the module {clean(t, 40)}" for t in texts if t.partition(".")[0] in MODULES)
    elif called in ("setattr", "__setattr__"):
        yield from (f"an assignment to {text}" for text in texts if text in ASSIGNED)
