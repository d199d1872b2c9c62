"""Functions of a notebook or a script as one source file: what they are made of, read and not run.

A function brings along the functions, classes, imports and constants that it names, and theirs. Anything else, such as
a model or an array that lies in the notebook's memory, cannot be written down, and is refused by name.
"""

import ast
import inspect
import linecache
import symtable
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

from harness.errors import UsageError


@dataclass
class Source:
    """What was taken, by name: lines of imports and constants, and the text of definitions in order of need."""

    module: str
    imports: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the file: imports, constants, then definitions, those that others are made of first."""
        parts = ["\n".join(self.imports.values()), "\n".join(self.constants.values()), *self.definitions.values()]
        return "\n\n\n".join(part for part in parts if part) + "\n"

    @property
    def taken(self) -> str:
        return ", ".join([*self.imports, *self.constants, *self.definitions])


def source_of(functions: Mapping[str, Callable[..., Any]]) -> Source:
    """Return functions with all they name, as source. Raises UsageError for what cannot be written down."""
    first = next(iter(functions.values()))
    source = Source(getattr(first, "__module__", "__main__"))
    for name, function in functions.items():
        take(source, name, function, name)
    return source


def take(source: Source, name: str, value: Any, by: str) -> None:
    """Add `value`, which `by` calls `name`, with all it names itself."""
    if name in source.imports or name in source.constants or name in source.definitions:
        return
    if isinstance(value, ModuleType):
        source.imports[name] = f"import {value.__name__}" + (f" as {name}" if value.__name__ != name else "")
    elif is_own(source, value):
        define(source, name, value)
    elif line := imported(name, value):
        source.imports[name] = line
    elif is_plain(value):
        source.constants[name] = f"{name} = {value!r}"
    else:
        kind = type(value).__name__
        raise UsageError(
            f"Expected {by} to use functions, classes, modules and plain constants, received {name!r}, a {kind} in the"
            " notebook's memory; make it inside the function."
        )


def is_own(source: Source, value: Any) -> bool:
    """Say whether a function or class was written where the checked functions were."""
    return isinstance(value, FunctionType | type) and value.__module__ == source.module


def define(source: Source, name: str, value: Any) -> None:
    source.definitions[name] = ""  # whoever names it again need not wait: functions may call one another
    text = text_of(name, value)
    for used, other in uses(value, text):
        take(source, used, other, name)
    del source.definitions[name]
    source.definitions[name] = text if value.__name__ == name else f"{text}\n\n\n{name} = {value.__name__}"


def text_of(name: str, value: Any) -> str:
    """Return the text of a function or class. Raises UsageError where it is kept nowhere, as after `exec`."""
    try:
        text = inspect.getsource(value) if isinstance(value, FunctionType) else class_text(value)
        return textwrap.dedent(text).rstrip()
    except (OSError, TypeError, SyntaxError) as error:
        raise UsageError(
            f"Expected the source of {name}, found none; define it in a cell or a file, with def or class."
        ) from error


def class_text(value: type) -> str:
    """Return the text of a class by way of its methods: `inspect` finds no class that a notebook's cell defines."""
    for method in methods(value):
        text = "".join(linecache.getlines(method.__code__.co_filename))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and node.name == value.__name__ and encloses(node, method):
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                return "".join(text.splitlines(keepends=True)[first - 1 : node.end_lineno])
    return inspect.getsource(value)


def methods(value: type) -> list[FunctionType]:
    return [m for m in vars(value).values() if isinstance(m, FunctionType)]


def encloses(node: ast.ClassDef, method: FunctionType) -> bool:
    return node.lineno <= method.__code__.co_firstlineno <= (node.end_lineno or node.lineno)


def uses(value: Any, text: str) -> Iterator[tuple[str, Any]]:
    """Yield the global names that a definition mentions and what they mean now; those of Python itself are left out."""
    scope = scope_of(value)
    for name in dict.fromkeys(names_in(text)):
        if name in scope and name != value.__name__:
            yield name, scope[name]


def scope_of(value: Any) -> Mapping[str, Any]:
    if isinstance(value, FunctionType):
        return value.__globals__
    return next((m.__globals__ for m in methods(value)), vars(inspect.getmodule(value) or object))


def names_in(text: str) -> Iterator[str]:
    """Yield the global names that a definition reads: in its body, its defaults and its decorators.

    A local variable is none, whatever lies in the notebook's memory under its name.
    """
    waiting = [symtable.symtable(text, "<cell>", "exec")]
    while waiting:
        table = waiting.pop()
        outermost = table.get_type() == "module"
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or outermost):
                yield symbol.get_name()
        waiting += table.get_children()


def imported(name: str, value: Any) -> str:
    """Return the import that gives `value` its name, if one does; else nothing."""
    module, own = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if not module or module == "__main__" or "." in own or not own:
        return ""
    return f"from {module} import {own}" + (f" as {name}" if own != name else "")


def is_plain(value: Any) -> bool:
    """Say whether `repr` writes a value down: numbers, text, and what is made of them."""
    if isinstance(value, dict):
        return type(value) is dict and all(is_plain(k) and is_plain(v) for k, v in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return type(value) in (tuple, list, set, frozenset) and all(map(is_plain, value))
    return type(value) in (int, float, complex, str, bytes, bool, type(None)) and value == value  # noqa: PLR0124
