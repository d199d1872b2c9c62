"""The settings that a student chose: read from bytes that student code made, and checked against the task.

Nothing here runs anything of the student's; the bytes may hold whatever a hostile process writes.
"""

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.errors import HarnessError, did_you_mean
from harness.records.models import Plain
from harness.task import Candidates, Setting, Task, Variant, Winner

OUTPUT = "candidates"
MAX_BYTES = 65_536
MAX_DIGITS = 20
MAX_LETTERS = 200
SHOWN = 40  # characters of what was received
KINDS = {"int": "a whole number", "float": "a number", "bool": "True or False", "str": "a text"}
Settings = dict[str, Plain]


class CandidatesError(HarnessError):
    """What a submission chose is not what the task allows; one sentence for the student."""


def read(data: bytes, declared: Sequence[Candidates]) -> dict[str, list[Settings]]:
    """Return the candidates of every function, checked, with defaults filled in and settings in the task's order.

    Raises CandidatesError in one sentence that names candidate and setting. Two candidates that come to the same are
    an error too: the second would be trained for nothing.
    """
    found = parsed(data)
    return {d.function: checked(found.get(d.function), d) for d in declared}


def parsed(data: bytes) -> Mapping[str, Any]:
    """Return the JSON object in `data`; raises CandidatesError if it is none."""
    try:
        found = json.loads(data[:MAX_BYTES], parse_int=whole, parse_constant=float)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CandidatesError("Expected settings as lists of dictionaries with plain values, received something else.")
    return found


def whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError
    return int(digits)


def checked(value: Any, declared: Candidates) -> list[Settings]:
    name, most = declared.function, declared.most
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise CandidatesError(f"Expected {name} to return a list of dictionaries, received something else.")
    if not 1 <= len(value) <= most:
        raise CandidatesError(
            f"Expected {name} to return from 1 to {most} candidates, received {len(value) or 'none'}."
        )
    found: list[Settings] = []
    for place, one in enumerate(value, 1):
        settings = complete(one, declared.settings, f"candidate {place} of {name}")
        if settings in found:
            raise CandidatesError(
                f"Expected candidates of {name} that differ, received {found.index(settings) + 1} and {place} with the"
                f" same settings ({in_words(settings)}); change or remove one."
            )
        found.append(settings)
    return found


def complete(one: Mapping[str, Any], known: Iterable[Setting], which: str) -> Settings:
    by_name = {setting.name: setting for setting in known}
    for name in one:
        if name not in by_name:
            raise CandidatesError(
                f"Expected {which} to have the settings {', '.join(by_name)}, received {short(name)}."
                f"{near(name, by_name)}"
            )
    return {
        name: value_of(one[name], setting, f"{name} of {which}") if name in one else setting.default
        for name, setting in by_name.items()
    }


def value_of(value: Any, setting: Setting, which: str) -> Plain:
    """Return a value in the kind of its setting; a whole number may stand for any number."""
    if value is None and (setting.default is None or None in setting.choices):
        return None
    plain: Plain = float(value) if setting.kind == "float" and type(value) is int else value
    if type(plain).__name__ != setting.kind or not fits(plain, setting):
        hint = near(value, [c for c in setting.choices if isinstance(c, str)])
        raise CandidatesError(f"Expected {which} to be {wanted(setting)}, received {short(value)}.{hint}")
    return plain


def fits(value: Plain, setting: Setting) -> bool:
    if setting.choices:
        return any(value == c and isinstance(value, bool) == isinstance(c, bool) for c in setting.choices)
    if isinstance(value, str):
        return len(value) <= MAX_LETTERS
    if isinstance(value, int | float) and not isinstance(value, bool):
        low = -math.inf if setting.low is None else setting.low
        high = math.inf if setting.high is None else setting.high
        return math.isfinite(value) and low <= value <= high
    return True


def wanted(setting: Setting) -> str:
    if setting.choices:
        return f"one of {', '.join(map(repr, setting.choices))}"
    low, high = setting.low, setting.high
    if low is not None and high is not None:
        return f"{KINDS[setting.kind]} from {low:g} to {high:g}"
    bound = f" of at least {low:g}" if low is not None else f" of at most {high:g}" if high is not None else ""
    most = f" of at most {MAX_LETTERS} letters" if setting.kind == "str" else ""
    finite = "a finite number" if setting.kind == "float" else KINDS[setting.kind]
    return f"{finite}{bound}{most}"


def short(value: Any) -> str:
    """Return what was received as Python writes it, cut short; what does not print is escaped."""
    if isinstance(value, list | dict):
        return f"a {type(value).__name__}"
    text = repr(value[:SHOWN] if isinstance(value, str) else value)
    return text if len(text) <= 2 * SHOWN else f"{text[:SHOWN]}…"


def near(name: Any, known: Iterable[str]) -> str:
    """Return which of the names, all told already, may be meant; nothing where none is close."""
    hint = did_you_mean(name[:SHOWN], known) if isinstance(name, str) else ""
    return hint if "Did you mean" in hint else ""


def in_words(settings: Mapping[str, Plain]) -> str:
    return ", ".join(f"{name}={short(value)}" for name, value in settings.items())


def by_variant(task: Task, chosen: Mapping[str, list[Settings]]) -> dict[str, Settings]:
    """Return the settings of each variant that trains a candidate, by what each function chose."""
    placed = [(v.name, v.candidate.place, chosen.get(v.candidate.function, [])) for v in task.variants if v.candidate]
    return {name: some[place] for name, place, some in placed if place < len(some)}


def present(task: Task, chosen: Mapping[str, list[Settings]]) -> Task:
    """Return the task with the variants that a submission has: without those of candidates that it did not choose."""
    there = by_variant(task, chosen)
    return replace(task, variants=tuple(v for v in task.variants if v.candidate is None or v.name in there))


def candidates_of(task: Task, winner: Winner) -> list[Variant]:
    """Return the variants of all candidates that a winner is chosen from, whether or not they are there."""
    return [v for v in task.variants if v.candidate and v.candidate.function == winner.function]


def with_candidates(task: Task, names: Collection[str]) -> set[str]:
    """Return the variants to train so that those in `names` can be: with each winner all candidates of its function."""
    winners = [v.winner for v in task.variants if v.winner and v.name in names]
    return {*names, *(v.name for winner in winners for v in candidates_of(task, winner))}
