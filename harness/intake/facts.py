"""What is read of each file of a submission without running it, so that nobody has to read it again."""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from harness.intake.literals import data_in
from harness.intake.onimport import training_line
from harness.intake.reaching import reaches_in
from harness.intake.syntax import InvalidSourceError, imported, parse, text_of


@dataclass(frozen=True)
class SourceFacts:
    """Why a file is not Python, if so, the files beside it that it imports, and how many of its bytes are data.

    `trains` is the first line that trains a model as soon as the file is imported; 0 if none does. `reaches` has
    what it reaches for that building a model does not need, with its line.
    """

    problem: str = ""
    imports: tuple[str, ...] = ()
    data_bytes: int = 0
    trains: int = 0
    reaches: tuple[str, ...] = ()


def facts_of(path: str, source: bytes, among: Collection[str]) -> SourceFacts:
    """Read one file that lies `among` others; one that is not Python counts as data altogether."""
    try:
        tree = parse(path, source)
    except InvalidSourceError as error:
        return SourceFacts(str(error), data_bytes=len(source))
    nodes = list(ast.walk(tree))
    imports = tuple(dict.fromkeys(p for p in imported(nodes, path) if p in among))
    data = data_in(nodes, text_of(path, source))
    return SourceFacts("", imports, data, training_line(tree), reaches_in(nodes))


def first_problem(facts: Mapping[str, SourceFacts], entry: str) -> str:
    """Return what is wrong with `entry` or with a file it imports, directly or not; "" if nothing is.

    A broken file that nothing imports does no harm and is not looked at.
    """
    waiting, seen = [entry], {entry}
    for path in waiting:  # it grows as files are found
        if facts[path].problem:
            return facts[path].problem
        found = [p for p in facts[path].imports if p in facts and p not in seen]
        waiting += found
        seen.update(found)
    return ""
