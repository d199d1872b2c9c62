"""Which names a statement sets, which it reads when it runs, and which the functions in it read later."""

import ast
from collections.abc import Iterator, Mapping

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
STAR = "*"


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
    """Return every name that is read anywhere in a statement, the bodies of functions included."""
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))


def reads_at_once(node: ast.AST) -> frozenset[str]:
    """Return the names a statement reads from its module as it runs: not what the functions in it read when called.

    Decorators, defaults, annotations, base classes and bodies of classes run at once.
    """
    parts = list(running(node))
    read = {n.id for n in parts if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    inner = {n.id for n in parts if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    inner |= {n.name for n in parts if isinstance(n, DEFINITIONS)}
    own = sets(node) - {n.name for n in [node] if isinstance(n, DEFINITIONS)}
    return frozenset(read - (inner if isinstance(node, ast.ClassDef) else inner - own))


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a statement that run with it."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, FUNCTIONS):
            waiting += at_definition(part)
        else:
            waiting += ast.iter_child_nodes(part)


def at_definition(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.AST]:
    """Return the parts of a function that run when it is defined."""
    arguments = function.args
    named = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
    found: list[ast.AST | None] = [*arguments.defaults, *arguments.kw_defaults, *(a.annotation for a in named if a)]
    if not isinstance(function, ast.Lambda):
        found += [*function.decorator_list, function.returns]
    return [part for part in found if part is not None]


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
