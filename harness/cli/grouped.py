"""Options in groups: a verb takes one value, and the fields of its dataclass are the options of the command line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature
from typing import Any, TypeVar, get_type_hints

R = TypeVar("R")


def grouped(verb: Callable[[Any], R]) -> Callable[..., R]:
    """Return a command that takes the fields of the dataclass that `verb` takes, in their order.

    A field that is a dataclass itself stands for its own fields: options that several verbs share are said once. A
    field annotated as Typer wants it becomes an argument or option like a parameter would.
    """
    (kind,) = (hint for name, hint in get_type_hints(verb, include_extras=True).items() if name != "return")
    parameters = list(_parameters(kind))

    @wraps(verb)
    def command(**values: Any) -> R:
        return verb(_made(kind, values))

    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    del command.__wrapped__  # Typer asks this one, not what it calls
    return command


def _parameters(kind: type) -> Iterator[Parameter]:
    """Yield a parameter for every field, those of a group in its place."""
    for name, hint, field in _fields(kind):
        if is_dataclass(hint) and isinstance(hint, type):
            yield from _parameters(hint)
        else:
            yield Parameter(name, Parameter.KEYWORD_ONLY, default=_default(field), annotation=hint)


def _made(kind: type, values: Mapping[str, Any]) -> Any:
    """Return an instance of a dataclass with its fields, and those of its groups, taken from `values`."""
    return kind(
        **{
            name: _made(hint, values) if is_dataclass(hint) and isinstance(hint, type) else values[name]
            for name, hint, _ in _fields(kind)
        }
    )


def _fields(kind: type) -> Iterator[tuple[str, Any, Field[Any]]]:
    hints = get_type_hints(kind, include_extras=True)
    yield from ((field.name, hints[field.name], field) for field in fields(kind))


def _default(field: Field[Any]) -> Any:
    return Parameter.empty if field.default is MISSING else field.default
