"""Flawed submissions: one known mistake each, with the criteria meant for it in its docstring. Read, never run here."""

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.grading.designs import BANDS
from harness.grading.rubric_model import Rubric
from harness.intake.syntax import InvalidSourceError, parse

LOSES = re.compile(r"^Loses:(.*(?:\n(?!Fault:|Compared with:)[^\n]*\S[^\n]*)*)", re.MULTILINE)  # up to an empty line
COMPARED = re.compile(r"^Compared with:[ \t]*(.*?)[ .]*$", re.MULTILINE)
FAULT = re.compile(r"^Fault:[ \t]*(.*?)[ .]*$", re.MULTILINE)
KINDS = ("import", "contract", "exception", "limit", "output", "crash")
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
TAKEN = ("reference", "template", *BANDS)
FORM = "a docstring that says the mistake in its first line, and then a line `Loses: criterion, criterion`"


@dataclass(frozen=True)
class Flawed:
    """A submission to one task with one mistake; `loses` are the criteria meant for it.

    `fault` is the kind of fault it ends in, from a line such as `Fault: contract`; empty if it ought to run. `compared`
    are variants that the mistake shows beside, as that of a switch which reaches nothing, from `Compared with: none`.
    """

    name: str
    source: Path
    mistake: str
    loses: tuple[str, ...]
    fault: str = ""
    compared: tuple[str, ...] = ()


def read_flawed(folder: Path, task: str, rubric: Rubric, profile: str) -> list[Flawed]:
    """Return the flawed submissions `folder/TASK/NAME.py` of one task, sorted by name; none if it has no folder.

    Raises UsageError for a name that cannot stand in a table, a docstring of another form, and a criterion that the
    rubric does not have or that is not marked by the harness under this profile, or an unknown kind of fault.
    """
    paths = sorted(p for p in (folder / task).glob("*.py") if not p.name.startswith((".", "_")))
    return [_read(path, rubric, profile) for path in paths]


def check_folder(folder: Path, tasks: Collection[str]) -> None:
    """Raise UsageError if `folder` is none, or has a folder that is named like none of the tasks."""
    if not folder.is_dir():
        raise UsageError(
            f"Expected --flawed to be a folder with a folder per task, received '{folder}', which is none."
        )
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith((".", "_")) and path.name not in tasks:
            raise UsageError(
                f"Expected folders in {folder} to be named after tasks, received {path.name!r}."
                f"{did_you_mean(path.name, tasks)}"
            )


def _read(path: Path, rubric: Rubric, profile: str) -> Flawed:
    name = path.stem
    if not SAFE.fullmatch(name) or name in TAKEN:
        raise UsageError(
            f"Expected a flawed submission to be named in letters, digits, - and _, and not {' or '.join(TAKEN)},"
            f" received {path.name!r}; rename it."
        )
    found = _described(path)
    _check_criteria(path, found.loses, rubric, profile)
    return found


def _described(path: Path) -> Flawed:
    """Return what a file says of itself, from its syntax tree."""
    text = _docstring(path)
    mistake = text.partition("\n")[0].strip()
    named, fault, compared = LOSES.search(text), FAULT.search(text), COMPARED.search(text)
    loses = _listed(named[1]) if named else ()
    if not loses or mistake.startswith("Loses:"):
        raise UsageError(f"Expected {path} to begin with {FORM}.")
    kind = fault[1] if fault else ""
    if fault and kind not in KINDS:
        raise UsageError(f"Expected {path} to name a kind of fault, received {kind!r}.{did_you_mean(kind, KINDS)}")
    return Flawed(path.stem, path, mistake, loses, kind, _listed(compared[1]) if compared else ())


def _listed(text: str) -> tuple[str, ...]:
    """Return names that stand behind one another with commas, each once."""
    return tuple(dict.fromkeys(filter(None, (part.strip(" .\n") for part in text.split(",")))))


def _docstring(path: Path) -> str:
    try:
        tree = parse(path.name, path.read_bytes())
    except InvalidSourceError as error:
        raise UsageError(f"Expected {path} to be Python with {FORM}; {error}") from error
    except OSError as error:
        raise UsageError(f"Expected a flawed submission in {path}, received {error.strerror}.") from error
    return ast.get_docstring(tree) or ""


def _check_criteria(path: Path, loses: tuple[str, ...], rubric: Rubric, profile: str) -> None:
    marked = [c.id for c in rubric.criteria if not c.manual and c.band(profile) is not None]
    for name in loses:
        if name not in marked:
            raise UsageError(
                f"Expected {path} to name criteria that the harness marks under {profile}, received {name!r}."
                f"{did_you_mean(name, marked)}"
            )
