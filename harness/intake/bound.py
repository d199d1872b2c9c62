"""Which names a statement sets, and the parts of it that run where it stands."""

import ast
from collections.abc import Iterator, Mapping

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LEAVES = (ast.Name, ast.Constant, ast.alias)
STAR = "*"
OWN = (*DEFINITIONS, ast.Lambda)  # what these bind is their own
NAMING = (*DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.alias)
IMPORTLESS = (ast.expr, *OWN[:2], ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr)
# Fields that are annotations, say how a name is used, or hold words and numbers and no part.
ASIDE = frozenset(
    {
        *("annotation", "returns", "ctx", "kind", "type_comment", "op", "ops"),
        *("id", "attr", "arg", "asname", "module", "level", "simple", "conversion", "is_async", "rest"),
    }
)

# The fields of each kind of node that may hold parts of it.
FIELDS = {
    kind: tuple(name for name in kind._fields if name not in ASIDE)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def sets(node: ast.AST) -> frozenset[str]:
    """Return the names that a statement binds where it stands; STAR for `from x import *`."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Store):
                found.add(part.id)
        elif isinstance(part, COMPREHENSIONS):
            found |= {n.target.id for n in ast.walk(part) if isinstance(n, ast.NamedExpr)}
        elif not isinstance(part, ast.Constant):
            if isinstance(part, NAMING):
                found.update(named_by(part))
            if not isinstance(part, OWN):
                waiting += unannotated(part)
    return frozenset(found)


def named_by(part: ast.AST) -> Iterator[str]:
    """Yield the name that a node binds without a name of its own in its parts."""
    if isinstance(part, (*DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and part.name:
        yield part.name
    elif isinstance(part, ast.alias):
        yield part.asname or part.name.split(".")[0]
    elif isinstance(part, ast.MatchMapping) and part.rest:
        yield part.rest


def annotations(node: ast.AST) -> frozenset[str]:
    """Return the names that annotations in a statement read where it stands, those of methods included."""
    waiting: list[ast.AST] = []
    for part in running(node):
        if isinstance(part, ast.AnnAssign):
            waiting.append(part.annotation)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [a for a in (*(n.annotation for n in arguments_of(part)), part.returns) if a is not None]
    return frozenset(n.id for part in waiting for n in ast.walk(part) if isinstance(n, ast.Name))


def unannotated(part: ast.AST) -> list[ast.AST]:
    """Return the direct parts of a node but its annotation; how a name is used (`ctx`) is no part of its own."""
    found: list[ast.AST] = []
    for name in FIELDS[type(part)]:
        value = getattr(part, name, None)
        if isinstance(value, list):
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a statement that run with it in their order, annotations left aside."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, LEAVES):
            waiting += reversed(at_definition(part) if isinstance(part, FUNCTIONS) else unannotated(part))


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
    found: dict[str, str] = {}
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Import):
            for alias in part.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(part, ast.ImportFrom):
            base = "." * part.level + (part.module or "")
            found |= {alias.asname or alias.name: f"{base}.{alias.name}" for alias in part.names}
        elif not isinstance(part, IMPORTLESS):
            waiting += reversed(unannotated(part))
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


def alias_paths(node: ast.AST, imported: Mapping[str, str]) -> dict[str, str]:
    """Return what `name = a.b.c` stands for, if `a` is imported."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Attribute | ast.Name):
        return {}
    if root(node.value) not in imported or not (path := dotted(node.value, imported)):
        return {}
    return {target.id: path for target in node.targets if isinstance(target, ast.Name)}
