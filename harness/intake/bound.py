"""Which names a statement sets, which it reads when it runs, and which the functions in it read later."""

import ast
from collections.abc import Iterator, Mapping

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
STAR = "*"
ASIDE = frozenset({"annotation", "returns", "ctx"})


def sets(node: ast.AST) -> frozenset[str]:
    """Return the names that a statement binds where it stands; STAR for `from x import *`."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, DEFINITIONS):
            found.add(part.name)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            found.add(part.id)
        elif isinstance(part, ast.alias):
            found.add(part.asname or part.name.split(".")[0])
        elif isinstance(part, ast.ExceptHandler) and part.name:
            found.add(part.name)
        if not isinstance(part, (*DEFINITIONS, ast.Lambda, *COMPREHENSIONS)):
            waiting += ast.iter_child_nodes(part)
    return frozenset(found)


def reads(node: ast.AST) -> frozenset[str]:
    """Return every name that is read anywhere in a statement but in annotations, the bodies of functions included."""
    parts = (part for part in without_annotations(node) if isinstance(part, ast.Name))
    return frozenset(n.id for n in parts if isinstance(n.ctx, ast.Load)) | augmented(node)


def annotations(node: ast.AST) -> frozenset[str]:
    """Return the names that annotations in a statement read where it stands, those of methods included."""
    waiting: list[ast.AST] = []
    for part in running(node):
        if isinstance(part, ast.AnnAssign):
            waiting.append(part.annotation)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [a for a in (*(n.annotation for n in arguments_of(part)), part.returns) if a is not None]
    return frozenset().union(*(reads(part) for part in waiting))


def augmented(node: ast.AST) -> frozenset[str]:
    """Return the name that `name += value` reads as well."""
    target = node.target if isinstance(node, ast.AugAssign) else None
    return frozenset({target.id} if isinstance(target, ast.Name) else ())


def without_annotations(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all parts of a statement but what says of which type something is."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += unannotated(part)


def unannotated(part: ast.AST) -> list[ast.AST]:
    """Return the direct parts of a node but its annotation; how a name is used (`ctx`) is no part of its own."""
    found: list[ast.AST] = []
    for name in part._fields:
        value = getattr(part, name, None)
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST) and name not in ASIDE:
            found.append(value)
    return found


def reads_at_once(node: ast.AST) -> frozenset[str]:
    """Return the names a statement reads from its module as it runs: not what the functions in it read when called.

    Decorators, defaults, base classes and bodies of classes run at once; annotations are told by `annotations`.
    """
    parts = list(running(node))
    read = {n.id for n in parts if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    inner = {n.id for n in parts if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    inner |= {n.name for n in parts if isinstance(n, DEFINITIONS)}
    own = sets(node) - {n.name for n in [node] if isinstance(n, DEFINITIONS)}
    return frozenset(read - (inner if isinstance(node, ast.ClassDef) else inner - own)) | augmented(node)


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a statement that run with it, annotations left aside."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting += at_definition(part) if isinstance(part, FUNCTIONS) else unannotated(part)


def at_definition(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    """Return the parts of a function that run when it is defined, annotations left aside."""
    found: list[ast.AST | None] = [*function.args.defaults, *function.args.kw_defaults]
    if not isinstance(function, ast.Lambda):
        found += function.decorator_list
    return [part for part in found if part is not None]


def arguments_of(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    """Return the arguments of a function in their order, those of `*` and `**` last."""
    found = function.args
    named = (*found.posonlyargs, *found.args, *found.kwonlyargs, found.vararg, found.kwarg)
    return [argument for argument in named if argument is not None]


def root(node: ast.AST) -> str:
    """Return the name that an expression such as `a.b[c].d()` begins with; "" for any other."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def import_paths(node: ast.AST) -> dict[str, str]:
    """Return for each name that imports in a statement bind the dotted path it stands for; relative ones with a dot."""
    found = {}
    for part in running(node):
        if isinstance(part, ast.Import):
            for alias in part.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(part, ast.ImportFrom):
            base = "." * part.level + (part.module or "")
            found |= {alias.asname or alias.name: f"{base}.{alias.name}" for alias in part.names}
    return found


def dotted(node: ast.AST, imported: Mapping[str, str]) -> str:
    """Return `a.b.c` for a name or an attribute of one, its first part as imported; "" for any other expression."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([imported.get(node.id, node.id), *reversed(parts)])
