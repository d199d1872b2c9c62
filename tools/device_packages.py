"""Which packages the harness requires and an environment lacks, so that a bare machine says so before it begins."""

import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

NOT_NEEDED = ("tensorflow",)  # another backend trains
NAME = re.compile(r"[A-Za-z0-9._-]+")


def lacking(project: Path) -> list[str]:
    """Return the names of packages that are required by a `pyproject.toml`, or by one of these in turn, and not here.

    One of another version counts as here: it may well do.
    """
    waiting = list(map(name_of, tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]))
    seen, missing = {*NOT_NEEDED}, set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            waiting += required_by(name)
        except metadata.PackageNotFoundError:
            missing.add(name)
    return sorted(missing)


def name_of(requirement: str) -> str:
    found = NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else requirement


def required_by(name: str) -> Iterator[str]:
    """Return the names of what an installed package requires here without its extras. Raises PackageNotFoundError."""
    return (name_of(text) for text in metadata.requires(name) or () if holds(text.partition(";")[2].strip()))


def holds(marker: str) -> bool:
    """Say whether a requirement with this marker, which may be empty, is one on this machine."""
    from packaging.markers import Marker  # a requirement of matplotlib, and so of every environment that has it

    return not marker or Marker(marker).evaluate({"extra": ""})
