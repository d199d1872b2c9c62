"""Puts new numbers into the text of a rubric and leaves every other character as it is."""

import difflib
import io
import textwrap
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from harness.grading.proposal import Proposal

_NO_WRAP = 1_000_000  # characters; a wrapped origin would be hard to read in a difference


def rewrite(text: str, profile: str, bands: Mapping[str, Proposal]) -> str:
    """Return `text` with target, floor and origin of `profile` replaced in the criteria named by id.

    `text` must be a rubric that `load_rubric` accepts. Comments, order, flow style and line ends stay; only the band
    itself is parsed and written by ruamel.yaml, so that nothing around it is reformatted.
    """
    mark, body = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    windows = body.count("\r\n") == body.count("\n") > 0
    if windows:
        body = body.replace("\r\n", "\n")
    for node, proposal in reversed(_found(body, profile, bands)):  # from the end, so that places stay valid
        start, end = _extent(node, body)
        body = body[:start] + _edited(body[start:end], node, proposal) + body[end:]
    return mark + (body.replace("\n", "\r\n") if windows else body)


def difference(old: str, new: str, name: str) -> str:
    """Return the unified diff of two texts of the file `name`; empty if they are equal."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    lines = difflib.unified_diff(before, after, name, f"{name} (calibrated)", n=1)
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = _NO_WRAP
    yaml.preserve_quotes = True
    return yaml


def _found(body: str, profile: str, bands: Mapping[str, Proposal]) -> list[tuple[MappingNode, Proposal]]:
    """Return the bands to edit in the order of the file."""
    criteria = _value(_yaml().compose(body), "criteria")
    assert isinstance(criteria, SequenceNode)
    found = []
    for criterion in criteria.value:
        name = _value(criterion, "id")
        if name is not None and name.value in bands:
            node = _value(_value(criterion, "profiles"), profile)
            assert isinstance(node, MappingNode)
            found.append((node, bands[name.value]))
    return found


def _value(node: Node | None, key: str) -> Node | None:
    if not isinstance(node, MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _extent(node: MappingNode, body: str) -> tuple[int, int]:
    """Return where the text of a band begins and ends; a block ends with its last value's line, comment included."""
    start = node.start_mark.index
    if node.flow_style:
        return start, node.end_mark.index
    last = node.value[-1][1].end_mark.index
    if body[last - 1] == "\n":  # a folded text ends where the next line begins
        return start, last - 1
    line_end = body.find("\n", last)
    return start, line_end if line_end >= 0 else len(body)


def _edited(text: str, node: MappingNode, proposal: Proposal) -> str:
    """Return the text of one band with its new values; a key that is new comes last."""
    indent = "" if node.flow_style else " " * node.start_mark.column
    yaml = _yaml()
    band = yaml.load(textwrap.dedent(indent + text))
    _update(band, proposal)
    out = io.StringIO()
    yaml.dump(band, out)
    return textwrap.indent(out.getvalue().rstrip("\n"), indent)[len(indent) :]


def _update(band: dict[str, Any], proposal: Proposal) -> None:
    """Replace what differs; a number that stays keeps the way it is written. A step loses its floor."""
    wanted: dict[str, Any] = {
        "target": proposal.target,
        "floor": proposal.floor,
        "naive": proposal.naive,
        "step": proposal.step or None,
        "origin": DoubleQuotedScalarString(proposal.origin),
    }
    for key, value in wanted.items():
        if value is not None and band.get(key) != value:
            band[key] = value
    for key in ("floor",) if proposal.step else ("step",):
        band.pop(key, None)
