"""What is known of the names of a notebook while its statements are read in their order."""

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from harness.intake.bound import DEFINITIONS, STAR, dotted, import_paths, reads_at_once, sets
from harness.intake.changes import Effect, effect_of, shares
from harness.intake.harmless import is_plain_class
from harness.intake.libraries import is_of_notebooks
from harness.intake.pieces import Aliases
from harness.intake.statements import is_fresh, targets

ALWAYS_THERE = frozenset(dir(builtins)) | {"__name__", "__file__"}


class Known:
    """The names that statements which may be taken have set, and what they stand for.

    `there` are all of them, `own` those that the notebook made, so that a later line may change them; `imported` maps
    those of imports to dotted paths, also `tfkl` of `tfkl = tf.keras.layers`. `absent` maps names to the library
    which is missing, so that nothing that needs it at once can be taken; `left` are set by what was left out.
    """

    def __init__(self, installed: Callable[[str], bool]) -> None:
        self._installed = installed
        self.there: set[str] = set()
        self.own: set[str] = set()
        self.imported: dict[str, str] = {}
        self.absent: dict[str, str] = {}
        self.left: set[str] = set()
        self.plain_classes: set[str] = set()
        self.effects: dict[str, Effect] = {}
        self.aliases = Aliases()

    def learn(self, node: ast.AST, names: Iterable[str]) -> None:
        """Remember what a statement sets that may be taken."""
        paths = {**import_paths(node), **self._alias(node)}
        for name in names:
            self.there.add(name)
            for known in (self.imported, self.absent, self.effects):
                known.pop(name, None)
            self.plain_classes.discard(name)
            (self.own.discard if name in paths else self.own.add)(name)
        self.imported |= paths
        self.absent |= self._missing(node)
        if is_plain_class(node, self.imported):
            self.plain_classes |= sets(node)
        if isinstance(node, DEFINITIONS):
            self.effects[node.name] = effect_of(node, self.imported, self.effects)
        self.share(node)

    def forget(self, node: ast.AST, names: Iterable[str]) -> None:
        """Remember of a statement that is left out what its functions change, and which names it would have set."""
        self.left |= {*names}
        self.absent |= self._missing(node)
        if isinstance(node, DEFINITIONS):
            self.effects[node.name] = effect_of(node, self.imported, self.effects)
        self.share(node)

    def share(self, node: ast.AST) -> None:
        """Remember which names may stand for one object from here on."""
        value = node.iter if isinstance(node, ast.For) else getattr(node, "value", None)
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.For) and value is not None:
            bound = [t.id for t in targets(node) if isinstance(t, ast.Name)]
            for one in bound:
                for other in shares(value) - self.imported.keys():
                    self.aliases.join(one, other)

    def lacking(self, node: ast.AST) -> frozenset[str]:
        """Return the names that a statement reads as it runs, and that are not there or of a missing library."""
        read = reads_at_once(node)
        missing = read - self.there - ALWAYS_THERE
        if STAR in self.there:  # whatever a star import brought may be among them
            missing &= self.left
        return missing | (read & self.absent.keys())

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Forget at the end what is learnt in between, as of a block that may not be taken."""
        before = {name: value.copy() for name, value in vars(self).items() if isinstance(value, set | dict)}
        yield
        vars(self).update(before)

    def _alias(self, node: ast.AST) -> dict[str, str]:
        """Return what `name = a.b.c` stands for, if `a` is imported."""
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Attribute | ast.Name):
            return {}
        path = dotted(node.value, self.imported)
        if not path or path.partition(".")[0] not in {p.partition(".")[0] for p in self._roots(node.value)}:
            return {}
        return {t.id: path for t in targets(node) if is_fresh(t) and isinstance(t, ast.Name)}

    def _roots(self, value: ast.AST) -> list[str]:
        while isinstance(value, ast.Attribute):
            value = value.value
        return [self.imported[value.id]] if isinstance(value, ast.Name) and value.id in self.imported else []

    def _missing(self, node: ast.AST) -> dict[str, str]:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            return {}
        found = {}
        for name, path in import_paths(node).items():
            module = path.partition(".")[0]
            if module and (is_of_notebooks(path) or not self._installed(module)):
                found[name] = "google.colab" if path.startswith("google.colab") else module
        return found
