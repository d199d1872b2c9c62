"""What is found by going through nodes of a notebook, which are gone through once however often they are asked for."""

import ast
from collections.abc import Callable
from typing import Generic, TypeVar

from harness.intake.bound import import_paths, running, sets
from harness.intake.scopes import Function, Reads, local_names, reading

Node = TypeVar("Node", bound=ast.AST)
Found = TypeVar("Found")


class Once(Generic[Node, Found]):
    """A function of nodes that remembers what it gave; by identity, which holds while a node lives."""

    def __init__(self, look: Callable[[Node], Found]) -> None:
        self._look = look
        self._found: dict[int, tuple[Node, Found]] = {}

    def __call__(self, node: Node) -> Found:
        if id(node) not in self._found:
            self._found[id(node)] = node, self._look(node)
        return self._found[id(node)][1]


class Walks:
    """What statements of one notebook set, read, import and run where they stand; see the functions of these names."""

    def __init__(self) -> None:
        self.running: Once[ast.AST, tuple[ast.AST, ...]] = Once(lambda node: tuple(running(node)))
        self.reading: Once[ast.AST, Reads] = Once(reading)
        self.sets: Once[ast.AST, frozenset[str]] = Once(sets)
        self.import_paths: Once[ast.AST, dict[str, str]] = Once(import_paths)
        self.local_names: Once[Function, frozenset[str]] = Once(local_names)
