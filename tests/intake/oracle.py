"""What a builder gives when all cells of a notebook run from top to bottom, and what it gives from what is taken.

Keras is a recorder here: every class of it keeps what it was made with, and what was set for all of Keras then.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

PACKAGES = ("keras", "tensorflow")
FAILED = "failed"


class Made:
    """An object of Keras: what it was made with."""

    setting: Mapping[str, object] = {}

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.made_with = (args, kwargs, dict(self.setting))

    def __call__(self, *args: object) -> "Made":
        return Made(self, *args)

    def add(self, layer: object) -> None:
        self.__dict__.setdefault("added", []).append(layer)

    def adapt(self, data: object) -> None:
        self.adapted = data


class Library(ModuleType):
    """A module that has every class and every submodule that is asked of it; functions set_… are remembered."""

    def __init__(self, name: str, setting: dict[str, object]) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.setting = setting

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found: object
        if name.startswith("set_"):
            found = partial(self.remember, name)
        elif name[0].isupper():
            found = type(name, (Made,), {"setting": self.setting})
        else:
            found = sys.modules.setdefault(f"{self.__name__}.{name}", Library(f"{self.__name__}.{name}", self.setting))
        setattr(self, name, found)
        return found

    def remember(self, name: str, value: object) -> None:
        if name != "set_random_seed":  # the harness draws its own
            self.setting[name] = value


@contextmanager
def stubbed(files: Mapping[str, str]) -> Iterator[None]:
    """Put a fresh recorder, and the modules that lie beside a notebook, where imports look."""
    before = dict(sys.modules)
    for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
        del sys.modules[name]
    keras = Library("keras", {})
    tensorflow = Library("tensorflow", keras.setting)
    tensorflow.keras = keras  # type: ignore[attr-defined]
    sys.modules |= {"keras": keras, "tensorflow": tensorflow, "tensorflow.keras": keras}
    for part in ("layers", "config", "utils", "backend", "optimizers", "regularizers", "initializers"):
        sys.modules[f"keras.{part}"] = sys.modules[f"tensorflow.keras.{part}"] = getattr(keras, part)
    try:
        for path, source in files.items():
            write_module(path.removesuffix(".py"), source)
        yield
    finally:
        sys.modules.clear()
        sys.modules.update(before)


def write_module(name: str, source: str) -> None:
    module = ModuleType(name)
    sys.modules[name] = module
    exec(source, vars(module))


def as_notebook(cells: Sequence[str], files: Mapping[str, str], call: str) -> object:
    """Return what `call` gives after all cells; FAILED if one fails."""
    return value_of("\n".join(cells), files, call, "__main__")


def as_taken(source: str, files: Mapping[str, str], call: str) -> object:
    """Return what `call` gives after the import of what was taken."""
    return value_of(source, files, call, "work")


def value_of(source: str, files: Mapping[str, str], call: str, name: str) -> object:
    with stubbed(files):
        module = ModuleType(name)
        module.__dict__["write_module"] = write_module
        try:
            exec(compile(source, name, "exec"), vars(module))
            return seen(eval(call, vars(module)))
        except Exception as error:
            return f"{FAILED} with {type(error).__name__}: {error}"


def seen(value: object, depth: int = 0) -> object:
    """Return a value of plain parts that can be compared, objects as their classes and what they hold."""
    if depth > 20:
        return "deep"
    if isinstance(value, Mapping):
        return {str(key): seen(part, depth + 1) for key, part in value.items()}
    if isinstance(value, list | tuple | set):
        return [seen(part, depth + 1) for part in value]
    if value is None or isinstance(value, int | float | str | bool):
        return value
    if isinstance(value, type | FunctionType):
        return value.__name__
    return [type(value).__name__, seen(getattr(value, "__dict__", str(value)), depth + 1)]
