"""The data sets by name: every module in this folder is one, and exports it as `DATASET`."""

import importlib
import pkgutil
from functools import cache

from harness.data.loader import Loader


@cache
def names() -> tuple[str, ...]:
    """Return the names of all data sets with a module of their own, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def find(name: str) -> Loader:
    """Return the data set of the module `name`, which must be one of `names()`."""
    loader: Loader = importlib.import_module(f"{__name__}.{name}").DATASET
    return loader
