"""Calls the functions by which a student chooses settings, and encodes what they return as plain data.

This is courtesy to the honest: what may be trained is decided outside, from the bytes (`harness.workflow.candidates`).
"""

import json
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from harness.training.build import find_builder
from harness.training.errors import ContractError

PLAIN = (str, int, float, bool, type(None))
MOST_SETTINGS = 100
MOST_LETTERS = 200
MOST_BITS = 63


def chosen(student: ModuleType, declared: Sequence[Mapping[str, Any]], max_bytes: int) -> bytes:
    """Call every function once and return `{function: [{setting: value}]}` as JSON of at most `max_bytes`.

    `declared` are `Candidates` as plain data. Only lists, dictionaries and plain values themselves are taken, no
    subclasses of them, so that no code of the student's runs meanwhile. Raises ContractError for anything else.
    """
    found = {d["function"]: returned(student, d["function"], d["most"]) for d in declared}
    data = json.dumps(found).encode()
    if len(data) > max_bytes:
        raise ContractError(f"Expected settings of at most {max_bytes:,} bytes, received {len(data):,}: shorten texts.")
    return data


def returned(student: ModuleType, function: str, most: int) -> list[dict[str, Any]]:
    value = find_builder(student, {"builder": function, "arguments": {}})()
    if type(value) not in (list, tuple):
        hint = ": put them into a list" if hasattr(value, "__iter__") else ""
        raise ContractError(f"Expected {function} to return a list of dictionaries, received {kind(value)}{hint}.")
    if len(value) > most:
        raise ContractError(
            f"Expected {function} to return at most {most} candidates, received {len(value):,}: leave some out."
        )
    return [candidate(one, f"candidate {place} of {function}") for place, one in enumerate(value, 1)]


def candidate(value: Any, which: str) -> dict[str, Any]:
    if type(value) is not dict:
        raise ContractError(f"Expected {which} to be a dictionary of settings, received {kind(value)}.")
    if len(value) > MOST_SETTINGS:
        raise ContractError(f"Expected {which} to have at most {MOST_SETTINGS} settings, received {len(value):,}.")
    for name in value:
        if type(name) is not str or len(name) > MOST_LETTERS:
            raise ContractError(f"Expected {which} to name its settings in short texts, received {kind(name)}.")
    return {name: plain(one, f"{name} of {which}") for name, one in value.items()}


def plain(value: Any, which: str) -> Any:
    if type(value) not in PLAIN:
        hint = f", as with {number(value)}(...)" if number(value) else ""
        raise ContractError(
            f"Expected {which} to be a text, a number, True, False or None, received {kind(value)}; convert it{hint}."
        )
    if type(value) is str and len(value) > MOST_LETTERS:
        raise ContractError(f"Expected {which} to have at most {MOST_LETTERS} letters, received {len(value):,}.")
    if type(value) is int and value.bit_length() > MOST_BITS:
        raise ContractError(f"Expected {which} to be below 2^{MOST_BITS}, received a larger number.")
    return value


def number(value: Any) -> str:
    """Return the plain kind of number that NumPy's scalars and one-element arrays stand for, or nothing."""
    return {"i": "int", "u": "int", "f": "float", "b": "bool"}.get(
        getattr(getattr(value, "dtype", None), "kind", ""), ""
    )


def kind(value: Any) -> str:
    return f"{type(value).__name__}"[:60]
