"""What kind of statement a cell holds: parts of it, and what it assigns to."""

import ast
from typing import TypeAlias

Block: TypeAlias = ast.If | ast.Try | ast.For
BINDING = (*(ast.Assign, ast.For, ast.AsyncFor, ast.withitem, ast.AnnAssign, ast.NamedExpr, ast.AugAssign, ast.Match),)


def chain(node: ast.If) -> list[ast.If]:
    """Return an `if` and each `elif` of it, however many there are."""
    found = [node]
    while len(found[-1].orelse) == 1 and isinstance(found[-1].orelse[0], ast.If):
        found.append(found[-1].orelse[0])
    return found


def heads(node: Block) -> list[ast.expr]:
    """Return the expressions that decide what runs of a block."""
    if isinstance(node, ast.If):
        return [one.test for one in chain(node)]
    return [node.iter] if isinstance(node, ast.For) else []


def inside(node: Block) -> list[ast.stmt]:
    """Return the statements directly inside a block, of all its branches."""
    if isinstance(node, ast.Try):
        handled = [inner for handler in node.handlers for inner in handler.body]
        return [*node.body, *handled, *node.orelse, *node.finalbody]
    if isinstance(node, ast.If):
        parts = chain(node)
        return [*(inner for one in parts for inner in one.body), *parts[-1].orelse]
    return [*node.body, *node.orelse]


def targets(node: ast.AST) -> list[ast.AST]:
    """Return what a statement assigns to or deletes, tuples taken apart."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(node.targets) if isinstance(node, ast.Assign | ast.Delete) else []
    if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For):
        waiting = [node.target]
    while waiting:
        target = waiting.pop()
        if isinstance(target, ast.Tuple | ast.List):
            waiting += target.elts
        else:
            found.append(target)
    return found


def is_fresh(target: ast.AST) -> bool:
    """Return whether a target is a name, which is bound anew whatever it was."""
    return isinstance(target, ast.Name) or (isinstance(target, ast.Starred) and isinstance(target.value, ast.Name))


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def bindings(node: ast.AST) -> list[tuple[ast.AST, ast.expr]]:
    """Return each place that a node itself assigns to, with what it gets: of tuples and loops, a part of the value."""
    found: list[tuple[ast.AST, ast.expr]] = []
    if not isinstance(node, BINDING):
        return found
    if isinstance(node, ast.Assign):
        first = node.targets[0]
        found = [pair for target in node.targets for pair in spread(target, node.value)]
        found += [(target, first) for target in node.targets[1:] if isinstance(first, ast.Name)]
    elif isinstance(node, ast.For | ast.AsyncFor):
        found = spread(node.target, item(node.iter))
    elif isinstance(node, ast.withitem) and node.optional_vars:
        found = spread(node.optional_vars, node.context_expr)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value:
        found = [(node.target, node.value)]
    elif isinstance(node, ast.AugAssign):
        found = [(node.target, item(node.value))]
    elif isinstance(node, ast.Match):
        found = [(ast.Name(name, ast.Store()), item(node.subject)) for name in sorted(captured(node))]
    return found


def spread(target: ast.expr, value: ast.expr) -> list[tuple[ast.AST, ast.expr]]:
    """Return each place of a target with the part of the value that it gets."""
    found: list[tuple[ast.AST, ast.expr]] = []
    waiting = [(target, value)]
    while waiting:
        one, part = waiting.pop()
        if isinstance(one, ast.Starred):
            waiting.append((one.value, part))
        elif not isinstance(one, ast.Tuple | ast.List):
            found.append((one, part))
        elif isinstance(part, ast.Tuple | ast.List) and len(part.elts) == len(one.elts):
            waiting += zip(one.elts, part.elts, strict=True)
        else:
            waiting += [(inner, item(part)) for inner in one.elts]
    return found


def item(value: ast.expr) -> ast.Subscript:
    """Return an expression for some part of a value."""
    return ast.Subscript(value, ast.Constant(0), ast.Load())


def captured(node: ast.Match) -> set[str]:
    """Return the names that the patterns of a match bind."""
    parts = [part for case in node.cases for part in ast.walk(case.pattern)]
    found = {part.name for part in parts if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name}
    return found | {part.rest for part in parts if isinstance(part, ast.MatchMapping) and part.rest}
