"""Reading a notebook that may be hostile: nothing is run, and what lies in its outputs costs no memory for long."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from harness.errors import SubmissionError
from harness.intake.limits import IntakeLimits
from harness.intake.names import clean

AGAIN = "open it in Jupyter, save it and hand in again."
VERSIONS = (3, 4)
MOST_RUNS = 1_000_000_000  # far more cells than anybody runs
TOKEN = re.compile(rb'"(?:[^"\\]++|\\.?)*+"?|[,\[{]', re.DOTALL)  # a string of JSON, whole or cut off, or a new value
WORDS = frozenset({"nbformat", "metadata", "worksheets", "cells", "cell_type", "source", "input", "tags"})
KINDS = frozenset({"code", "markdown", "raw", "heading", "html"})


@dataclass(frozen=True)
class Cell:
    """A code cell: its place among all cells, counted from 1, its text, its tags, and as which it was run; 0 if not."""

    number: int
    source: str
    tags: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class Notebook:
    """A notebook handed in as `path`: its code cells, or one sentence why it cannot be used."""

    path: str
    cells: tuple[Cell, ...] = ()
    problem: str = ""


def open_notebook(path: str, read: Callable[[int], bytes], limits: IntakeLimits) -> Notebook:
    """Return the notebook at `path`, with its problem if it has one; `read(n)` returns at most n bytes."""
    try:
        return Notebook(path, read_cells(clean(path), read(limits.max_notebook_bytes + 1), limits))
    except SubmissionError as error:
        return Notebook(path, problem=str(error))


def read_cells(name: str, raw: bytes, limits: IntakeLimits) -> tuple[Cell, ...]:
    """Return the code cells of a notebook of format 3 or 4; raise SubmissionError with the reason if there are none."""
    if len(raw) > limits.max_notebook_bytes:
        raise SubmissionError(
            f"{name} is larger than {limits.max_notebook_bytes / 1e6:g} MB; clear its outputs and hand in again."
        )
    if has_more_values(raw, limits.max_notebook_values):
        raise SubmissionError(
            f"{name} holds more than {limits.max_notebook_values:,} values; clear its outputs and hand in again."
        )
    slimmed = slim(name, parse_json(name, raw))
    if sum(len(sheet["cells"]) for sheet in slimmed.get("worksheets", [slimmed])) > limits.max_notebook_parts:
        raise SubmissionError(
            f"{name} holds more than {limits.max_notebook_parts:,} cells; leave out the empty ones and hand in again."
        )
    cells = upgraded(name, slimmed)
    if sum(len(cell.source) for cell in cells) > limits.max_source_bytes:
        raise SubmissionError(
            f"{name} holds more than {limits.max_source_bytes // 1000} kB of code, "
            "the most a notebook may have; move data out of the code and hand in again."
        )
    return cells


def has_more_values(raw: bytes, most: int) -> bool:
    """Return whether there are more than so many values in JSON, of which none is without a sign that begins it."""
    if sum(map(raw.count, (b'"', b",", b"[", b"{"))) <= most:
        return False
    return sum(1 for _ in islice(TOKEN.finditer(raw), most + 1)) > most


def parse_json(name: str, raw: bytes) -> Mapping[str, Any]:
    """Return the JSON object in `raw`."""
    try:
        found = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=distinct)
    except UnicodeDecodeError as error:
        raise SubmissionError(f"{name} is not a notebook: it is not UTF-8 text; {AGAIN}") from error
    except json.JSONDecodeError as error:
        raise SubmissionError(f"{name} is not a notebook: line {error.lineno} is not valid JSON; {AGAIN}") from error
    except (RecursionError, MemoryError) as error:
        raise SubmissionError(f"{name} is not a notebook: it is nested too deeply; {AGAIN}") from error
    except ValueError as error:  # a key twice, or a number with thousands of digits
        raise SubmissionError(f"{name} is not a notebook: {clean(str(error))}; {AGAIN}") from error
    if not isinstance(found, dict):
        raise SubmissionError(f"{name} is not a notebook: expected a JSON object, received another value; {AGAIN}")
    return found


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, refusing a word of the format that stands twice: readers differ in which of them counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(key for key, _ in pairs if key in WORDS)
        if twice := sorted(key for key, count in counted.items() if count > 1):
            raise ValueError(f"an object in it has the key {twice[0]!r} twice")
    return found


def slim(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notebook of the same format with nothing but cells, the text of code cells and their tags."""
    version = found.get("nbformat")
    if isinstance(version, bool) or not isinstance(version, int):
        raise SubmissionError(f"{name} is not a notebook: it does not say which format it has (nbformat); {AGAIN}")
    if version not in VERSIONS:
        shown = clean(str(version), 20)
        raise SubmissionError(f"{name} is a notebook of format {shown}, expected 3 or 4; {AGAIN}")
    check_language(name, found.get("metadata"))
    sheets = [found] if version == VERSIONS[-1] else listed(name, found, "worksheets")
    cells = [cell for sheet in sheets for cell in listed(name, sheet, "cells")]
    text = "source" if version == VERSIONS[-1] else "input"
    slimmed = [slim_cell(name, number, cell, text) for number, cell in enumerate(cells, 1)]
    whole: dict[str, Any] = {"nbformat": version, "nbformat_minor": 0, "metadata": {}}
    return whole | ({"cells": slimmed} if version == VERSIONS[-1] else {"worksheets": [{"cells": slimmed}]})


def check_language(name: str, metadata: object) -> None:
    """Refuse a notebook that says it is written in another language than Python."""
    places = (("kernelspec", "language"), ("language_info", "name"))
    for part, key in places:
        found = metadata.get(part) if isinstance(metadata, dict) else None
        language = found.get(key) if isinstance(found, dict) else None
        if isinstance(language, str) and language and "python" not in language.lower():
            raise SubmissionError(f"{name} is a notebook in {clean(language, 30)}, expected one in Python.")


def listed(name: str, found: object, key: str) -> list[Any]:
    value = found.get(key) if isinstance(found, dict) else None
    if not isinstance(value, list):
        raise SubmissionError(f"{name} is not a notebook: expected a list of {key}, found none; {AGAIN}")
    return value


def slim_cell(name: str, number: int, cell: object, text: str) -> dict[str, Any]:
    kind = cell.get("cell_type") if isinstance(cell, dict) else None
    if not isinstance(cell, dict) or not isinstance(kind, str) or kind not in KINDS:
        raise SubmissionError(f"{name} is not a notebook: cell {number} has no type that is known; {AGAIN}")
    if kind != "code":
        return {"cell_type": "raw", "metadata": {}, "source": ""}
    source = cell.get(text, "")
    lines = source if isinstance(source, list) else [source]
    if not all(isinstance(line, str) for line in lines):
        raise SubmissionError(f"{name} is not a notebook: the text of cell {number} is not text; {AGAIN}")
    plain = {"cell_type": kind, "metadata": {"tags": tags_of(cell)}, "outputs": [], text: "".join(lines)}
    count = cell.get("execution_count", cell.get("prompt_number"))
    valid = isinstance(count, int) and not isinstance(count, bool) and 0 < count < MOST_RUNS
    if text == "input":
        return plain | {"language": "python", "collapsed": False} | ({"prompt_number": count} if valid else {})
    return plain | {"execution_count": count if valid else None}


def tags_of(cell: Mapping[str, Any]) -> list[str]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return [clean(tag, 40) for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def upgraded(name: str, slimmed: dict[str, Any]) -> tuple[Cell, ...]:
    """Return the code cells of a slim notebook, brought to format 4."""
    import nbformat  # a third of a second, and only where a notebook was handed in

    library: Any = nbformat  # half of it has no types
    try:
        notebook = library.convert(library.from_dict(slimmed), VERSIONS[-1])
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise SubmissionError(f"{name} is not a notebook that can be read; {AGAIN}") from error
    return tuple(
        Cell(number, cell.source, tuple(cell.metadata.get("tags", ())), cell.get("execution_count") or 0)
        for number, cell in enumerate(notebook.cells, 1)
        if cell.cell_type == "code"
    )
