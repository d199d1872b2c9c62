"""Reads a rubric's YAML into plain data and remembers on which line every key stands.

The YAML accepted is plain on purpose: one document of mappings, lists, text, numbers, true/false and null, by
the YAML 1.2 rules (so `no` and `on` are text and `1e-3` is a number), without anchors, aliases and tags.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from harness.errors import RubricError

Location = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_DEPTH = 20


@dataclass(frozen=True)
class Document:
    """Plain data with the line (from 1) of every key and list item, by its path from the root."""

    path: Path
    data: Any
    lines: Mapping[Location, int]

    def line(self, location: Location) -> int:
        """Return the line of `location`, or of the nearest thing around it that is in the file."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def error(self, location: Location, sentence: str) -> RubricError:
        """Return the error `FILE:LINE: sentence`."""
        return _error(self.path, self.line(location), sentence)


class _Loader(yaml.SafeLoader):
    """Resolves plain scalars by YAML 1.2 instead of 1.1; starts from no resolvers at all."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


_NUMBER = r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$"
_NULL, _BOOL, _FLOAT, _STR = (f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "float", "str"))
_Loader.add_implicit_resolver(_NULL, re.compile(r"^(~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(_BOOL, re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_Loader.add_implicit_resolver(_FLOAT, re.compile(_NUMBER), list("-+.0123456789"))


def read_document(path: Path) -> Document:
    """Read the YAML file at `path`.

    Raises RubricError, one sentence with file and line, if the file is missing, larger than 1 MB, not UTF-8,
    empty, not valid YAML, or uses what a rubric has no use for (anchors, aliases, tags, several documents).
    """
    text = _read_text(path)
    try:
        _refuse_extras(path, text)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as e:
        raise _error(path, _line_of(e), _syntax_sentence(e)) from None
    except yaml.reader.ReaderError as e:
        line = text.count("\n", 0, e.position) + 1
        raise _error(path, line, "a character here is not allowed in YAML; retype this line.") from None
    if root is None:
        raise _error(path, 1, "the file is empty; a rubric starts with 'task: NAME@VERSION'.")
    lines: dict[Location, int] = {(): root.start_mark.line + 1}
    return Document(path, _plain(path, root, (), lines), lines)


def _error(path: Path, line: int, sentence: str) -> RubricError:
    return RubricError(f"{path}:{line}: {sentence}")


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise RubricError(f"{path}: there is no such rubric; check the path.") from None
    except OSError as e:
        raise RubricError(f"{path}: the file cannot be read ({e.strerror}); check the path.") from None
    if len(data) > MAX_BYTES:
        raise RubricError(f"{path}: a rubric has at most 1 MB, but this file is larger; check the path.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise _error(path, line, "the text is not UTF-8; save the file as UTF-8.") from None


def _refuse_extras(path: Path, text: str) -> None:
    """Refuse what only makes files harder to read, and nesting that would exhaust the stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _error(path, line, "anchors (&) and aliases (*) are not allowed here; write the value out.")
        if getattr(event, "tag", None):
            raise _error(path, line, "tags (!) are not allowed here; write the plain value.")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _error(path, line, f"nested more than {MAX_DEPTH} deep; write it flatter.")


def _line(mark: Any) -> int:
    """Return the line of a mark of either of PyYAML's two parsers, counted from 1."""
    return 1 if mark is None else int(mark.line) + 1


def _line_of(error: yaml.MarkedYAMLError) -> int:
    # An unclosed quote or bracket is noticed at the end of the file; where it was opened helps more.
    at_end = re.search("end of stream|stream end", error.problem or "") and error.context_mark is not None
    mark = error.context_mark if at_end else error.problem_mark or error.context_mark
    return _line(mark)


def _syntax_sentence(error: yaml.MarkedYAMLError) -> str:
    said = ", ".join(" ".join(part.split()) for part in (error.context, error.problem) if part)
    return f"this is not valid YAML ({said}); check quotes, colons and indentation."


def _plain(path: Path, node: yaml.Node, at: Location, lines: dict[Location, int]) -> Any:
    """Turn a node into dicts, lists and scalars, and enter the line of everything below `at`."""
    if isinstance(node, yaml.MappingNode):
        keys = _keys(path, node, at, lines)
        return {key: _plain(path, value, (*at, key), lines) for key, value in keys}
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[(*at, index)] = item.start_mark.line + 1
        return [_plain(path, item, (*at, index), lines) for index, item in enumerate(node.value)]
    return _scalar(node)


def _keys(
    path: Path, node: yaml.MappingNode, at: Location, lines: dict[Location, int]
) -> Iterator[tuple[str, yaml.Node]]:
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise _error(path, line, "a key must be a plain word, but this one is a list or a mapping.")
        location = (*at, key.value)
        if location in lines:
            first = lines[location]
            raise _error(path, line, f"the key {key.value!r} stands here a second time (first on line {first}).")
        lines[location] = line
        yield key.value, value


def _scalar(node: yaml.Node) -> str | float | bool | None:
    if node.tag == _NULL:
        return None
    if node.tag == _BOOL:
        return str(node.value).lower() == "true"
    if node.tag == _FLOAT:
        return float(re.sub(r"\.(?=[a-zA-Z])", "", node.value))  # YAML writes .inf and .nan
    return str(node.value)
