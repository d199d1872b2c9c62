"""What this room knows of a learning platform: how its download is told from others, and how it is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.intake.names import clean
from harness.intake.naming import task_meant
from harness.platforms.model import Export
from harness.platforms.source import Source


@dataclass(frozen=True)
class Wanted:
    """What a download is read for: the tasks there are, those asked for, and the assignment, where one is named."""

    tasks: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    assignment: str = ""


@dataclass(frozen=True)
class Told:
    """What is said of a download by whoever has it: its platform, the assignment, and Moodle's worksheet of that."""

    platform: str = ""
    assignment: str = ""
    worksheet: Path | None = None


@dataclass(frozen=True)
class Platform:
    """A platform by name; `recognises` looks at names alone."""

    name: str
    title: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source, Wanted], Export]


def mostly(matched: int, among: int) -> bool:
    """Say whether names are a platform's as a whole: a stray file beside them makes no other download of it."""
    return matched > 0 and 2 * matched > among


def common_start(names: Iterable[str]) -> str:
    """Return what all names begin with, letter by letter."""
    ordered = sorted(names)
    pairs = zip(ordered[0], ordered[-1], strict=False) if ordered else ()
    return "".join(a for a, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def sole_assignment(found: Iterable[str], wanted: Wanted, title: str) -> str:
    """Return the assignment of a download that holds several: the one that is named, or that is the task asked for.

    Raises UsageError where that is not clear: which files are whose mark must not be guessed.
    """
    names = sorted({*found})
    if wanted.assignment:
        if wanted.assignment in names:
            return wanted.assignment
        hint = did_you_mean(wanted.assignment, names)
        raise UsageError(f"There is no assignment {clean(wanted.assignment)!r} in this {title} download.{hint}")
    if len(names) == 1:
        return names[0]
    meant = [n for n in names if (task := task_meant(n, wanted.asked)) and task.task in wanted.asked]
    if len(meant) == 1:
        return meant[0]
    shown = ", ".join(clean(n) for n in names[:10])
    raise UsageError(
        f"Expected one assignment, but this {title} download holds {len(names)}: {shown}; name one with --assignment"
        " and grade the others after it into the same --out."
    )
