"""What a Python file does as soon as it is imported, told without importing it."""

import ast

from harness.intake.bound import FUNCTIONS

TRAINS = frozenset({"fit", "fit_generator", "train_on_batch"})


def training_line(tree: ast.Module) -> int:
    """Return the first line that trains a model outside any function and any `if __name__` part; 0 if none does."""
    waiting: list[ast.AST] = [tree]
    found = []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TRAINS:
            found.append(node.lineno)
        if isinstance(node, ast.If) and is_main(node):
            waiting += node.orelse
        elif not isinstance(node, FUNCTIONS):
            waiting += ast.iter_child_nodes(node)
    return min(found, default=0)


def is_main(node: ast.If) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test))
