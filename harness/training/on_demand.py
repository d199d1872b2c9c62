"""Parts of Keras that few ask for, and that import large libraries: they run when something in them is asked for.

Keras imports scikit-learn for its wrappers, matplotlib for its galleries and pandas to know a table when it sees one,
where they are installed. That takes as long as all the rest of Keras, and a step uses none of it as a rule.
"""

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

PARTS = frozenset(
    f"{within}.{name}"
    for within in ("keras", "keras.src", "keras._tf_keras.keras")  # the last is what `tf.keras` leads to
    for name in ("visualization", "wrappers")
)
TABLES = ("DataFrame", "Series")


class OnDemand(Loader):
    """Loads a module without running it; that is done when anybody asks for a name in it."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        def run() -> None:
            for name in ("__getattr__", "__dir__"):
                module.__dict__.pop(name, None)
            self.loader.exec_module(module)

        def find(name: str) -> object:
            if name.startswith("__") and name != "__all__":  # which tools look for in every module there is
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            run()
            return getattr(module, name)

        def names() -> Sequence[str]:
            run()
            return dir(module)

        module.__dict__.update(__getattr__=find, __dir__=names)  # both are asked for what is not there: PEP 562


class Parts(MetaPathFinder):
    """Finds the parts of Keras that are run on demand."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname in PARTS else None
        if spec is not None and spec.loader is not None:
            spec.loader = OnDemand(spec.loader)
        return spec


class Table(type):
    """A class that stands for one of pandas: as long as that is not imported, nothing is of it."""

    def __instancecheck__(cls, x: object) -> bool:
        real = getattr(sys.modules.get("pandas"), cls.__name__, None)
        return real is not None and isinstance(x, real)


def standing_for_pandas() -> ModuleType:
    """Return a module that knows whether something is a table of pandas, and has the rest from there."""
    module = ModuleType("pandas")

    def find(name: str) -> object:
        if sys.modules.get("pandas") is module:
            del sys.modules["pandas"]
        return getattr(importlib.import_module("pandas"), name)

    module.__dict__.update({name: Table(name, (), {}) for name in TABLES}, __getattr__=find)
    return module


@contextmanager
def parts_on_demand() -> Iterator[None]:
    """Have Keras, imported inside for the first time, take these libraries on demand, from then on."""
    if not any(isinstance(finder, Parts) for finder in sys.meta_path):
        sys.meta_path.insert(0, Parts())
    beside = "pandas" not in sys.modules and PathFinder.find_spec("pandas") is not None
    if beside:
        sys.modules["pandas"] = standing = standing_for_pandas()
    try:
        yield
    finally:
        if beside and sys.modules.get("pandas") is standing:
            del sys.modules["pandas"]
