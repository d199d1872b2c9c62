"""What is known of the names of a notebook while its statements are read in their order."""

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from harness.intake.bound import STAR, alias_paths
from harness.intake.harmless import is_plain_class
from harness.intake.libraries import is_of_notebooks
from harness.intake.walks import Walks

ALWAYS_THERE = frozenset(dir(builtins)) | {"__name__", "__file__"}


class Known:
    """The names that statements which may be taken have set, and what they stand for.

    `there` are all of them, `own` those that the notebook made, so that a later line may change them; `imported` maps
    those of imports to dotted paths, also `tfkl` of `tfkl = tf.keras.layers`. `absent` maps names to the library
    which is missing, so that nothing that needs it at once can be taken; `left` are set by what was left out.
    """

    def __init__(self, installed: Callable[[str], bool], walks: Walks | None = None) -> None:
        self._installed = installed
        self._walks = walks or Walks()
        self.there: set[str] = set()
        self.own: set[str] = set()
        self.imported: dict[str, str] = {}
        self.absent: dict[str, str] = {}
        self.left: set[str] = set()
        self.plain_classes: set[str] = set()

    def learn(self, node: ast.AST, names: Iterable[str]) -> None:
        """Remember what a statement sets that may be taken."""
        paths = {**self._walks.import_paths(node), **alias_paths(node, self.imported)}
        for name in names:
            self.there.add(name)
            for known in (self.imported, self.absent):
                known.pop(name, None)
            self.plain_classes.discard(name)
            (self.own.discard if name in paths else self.own.add)(name)
        self.imported |= paths
        self.absent |= self._missing(node)
        if is_plain_class(node, self.imported):
            self.plain_classes |= self._walks.sets(node)

    def forget(self, node: ast.AST, names: Iterable[str]) -> None:
        """Remember of a statement that is left out which names it would have set."""
        self.left |= {*names}
        self.absent |= self._missing(node)

    def lacking(self, read: frozenset[str]) -> frozenset[str]:
        """Return those of the names that a statement reads as it runs that are not there or of a missing library."""
        missing = read - self.there - (ALWAYS_THERE - self.left)
        if STAR in self.there:  # whatever a star import brought may be among them
            missing &= self.left
        return missing | (read & self.absent.keys())

    def has(self, names: Iterable[str]) -> bool:
        """Return whether all of some names are there."""
        return self.there.union(ALWAYS_THERE).issuperset(names) and self.absent.keys().isdisjoint(names)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Forget at the end what is learnt in between, as of a block that may not be taken."""
        before = {name: value.copy() for name, value in vars(self).items() if isinstance(value, set | dict)}
        yield
        vars(self).update(before)

    def _missing(self, node: ast.AST) -> dict[str, str]:
        return self.missing(node) if isinstance(node, ast.Import | ast.ImportFrom) else {}

    def missing(self, node: ast.AST) -> dict[str, str]:
        """Return names that imports in a statement would bind, with the library of each that is not there."""
        found = {}
        for name, path in self._walks.import_paths(node).items():
            module = path.partition(".")[0]
            if module and (is_of_notebooks(path) or not self._installed(module)):
                found[name] = "google.colab" if path.startswith("google.colab") else module
        return found
