"""Which names of its module a statement reads: as it runs, and later, when the functions in it are called."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.intake.bound import (
    COMPREHENSIONS,
    DEFINITIONS,
    FUNCTIONS,
    LEAVES,
    arguments_of,
    at_definition,
    sets,
    unannotated,
)

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
SCOPES = (ast.ClassDef, *FUNCTIONS, *COMPREHENSIONS)


@dataclass(frozen=True)
class Reads:
    """Names of the module: those read where a statement stands, and those read when functions in it are called."""

    at_once: frozenset[str]
    later: frozenset[str]


@dataclass(frozen=True)
class Scope:
    """Names that a function, a class or a comprehension binds for itself, by the place where each is bound first.

    Bound are those with a place before `until`. Functions in a class do not see what it binds.
    """

    first: Mapping[str, int] = field(default_factory=dict)
    until: int = 1
    around: "Scope | None" = None
    later: bool = False
    is_class: bool = False

    def has(self, name: str) -> bool:
        """Return whether a name that is read here is bound here or in a scope around that is seen from here."""
        scope: Scope | None = self
        while scope is not None:
            if scope.first.get(name, scope.until) < scope.until and (scope is self or not scope.is_class):
                return True
            scope = scope.around
        return False


def reading(node: ast.AST) -> Reads:
    """Return what a statement, or a module, reads from its module; annotations are left aside."""
    found: dict[bool, set[str]] = {False: set(), True: set()}
    waiting: list[tuple[ast.AST, Scope]] = [(node, Scope())]
    while waiting:
        part, scope = waiting.pop()
        name = name_read(part)
        if name and not scope.has(name):
            found[scope.later].add(name)
        if isinstance(part, SCOPES):
            waiting += scoped(part, scope)
        elif not isinstance(part, LEAVES):
            waiting += [(one, scope) for one in unannotated(part)]
    return Reads(frozenset(found[False]), frozenset(found[True]))


def name_read(part: ast.AST) -> str:
    """Return the name that a node reads: its own, or the one that `name += value` reads as well."""
    if isinstance(part, ast.AugAssign):
        return part.target.id if isinstance(part.target, ast.Name) else ""
    return part.id if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) else ""


def scoped(part: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """Yield the direct parts of a definition or a comprehension, each with the scope that it is read in."""
    if isinstance(part, ast.ClassDef):
        yield from ((one, scope) for one in (*part.bases, *part.keywords, *part.decorator_list))
        yield from in_class(part, scope)
    elif isinstance(part, FUNCTIONS):
        yield from ((one, scope) for one in at_definition(part))
        inner = Scope(dict.fromkeys(local_names(part), 0), 1, scope, later=True)
        yield from ((one, inner) for one in body_of(part))
    else:
        yield from in_comprehension(part, scope)


def body_of(function: Function) -> Sequence[ast.AST]:
    return [function.body] if isinstance(function, ast.Lambda) else function.body


def local_names(function: Function) -> frozenset[str]:
    """Return the names that belong to a function: its arguments, and what its body binds and does not call global."""
    bound = {argument.arg for argument in arguments_of(function)}
    if isinstance(function, ast.Lambda):
        return frozenset(bound)
    bound |= frozenset().union(*(sets(statement) for statement in function.body))
    return frozenset(bound - outer_names(function))


def outer_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the names that a function calls global or nonlocal."""
    parts = (part for statement in function.body for part in statements_in(statement))
    return {name for part in parts if isinstance(part, ast.Global | ast.Nonlocal) for name in part.names}


def statements_in(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield a statement and those in it, but for what definitions hold."""
    waiting: list[ast.AST] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.stmt):
            yield part
        if not isinstance(part, CLOSED):
            waiting += unannotated(part)


def in_comprehension(part: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """Yield the parts of a comprehension; the first thing that it goes through is read outside of it."""
    generators: list[ast.comprehension] = getattr(part, "generators", [])
    targets = {n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
    inner = Scope(dict.fromkeys(targets, 0), 1, scope, later=scope.later)
    for place, generator in enumerate(generators):
        yield generator.iter, inner if place else scope
        yield from ((one, inner) for one in (generator.target, *generator.ifs))
    yield from ((one, inner) for one in unannotated(part) if not isinstance(one, ast.comprehension))


def in_class(node: ast.ClassDef, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
    """Yield what runs of a class's body; a name that is read before the class binds it is that of the module."""
    parts = [*in_order(node.body)]
    first: dict[str, int] = {}
    for place, part in enumerate(parts):
        for name in sets(part):
            first.setdefault(name, place)
    for place, part in enumerate(parts):
        yield part, Scope(first, place, scope, scope.later, is_class=True)


def in_order(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Yield simple statements and definitions in their order, and the expressions of those that hold others."""
    waiting: list[ast.AST] = [*reversed(body)]
    while waiting:
        part = waiting.pop()
        inner = [one for one in unannotated(part) if not isinstance(one, ast.expr)]
        if isinstance(part, DEFINITIONS) or not any(isinstance(one, HOLDING) for one in inner):
            yield part
        else:
            waiting += reversed(unannotated(part))


CLOSED = (*DEFINITIONS, ast.expr)
HOLDING = (ast.stmt, ast.ExceptHandler, ast.match_case)
