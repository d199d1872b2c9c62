"""What kind of statement a cell holds: parts of it, and what it assigns to."""

import ast
from typing import TypeAlias

Block: TypeAlias = ast.If | ast.Try | ast.For


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
