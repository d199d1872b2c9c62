"""A folder of Git repositories ASSIGNMENT-USER, as GitHub Classroom and Classroom 50 name them.

When something was handed in is not read from them: the dates of commits are what students' machines say.
"""

from collections.abc import Iterable

from harness.errors import UsageError
from harness.intake.names import clean
from harness.intake.naming import spelt
from harness.platforms.model import Delivery, Export, Identity, NotUnderstood
from harness.platforms.platform import Platform, Wanted, common_start
from harness.platforms.source import Source

TITLE = "Repositories"
SURE = 3  # people whose names begin alike by chance are hardly ever that many


def recognises(source: Source) -> bool:
    folders = {name for name, folder in source.tops.items() if folder}
    return bool(folders) and folders <= source.repositories and bool(starts([*folders]))


def starts(names: Iterable[str]) -> list[str]:
    """Return what all names may begin with in front of the user's: up to each hyphen that they share."""
    common = common_start(names)
    return [common[: i + 1] for i, letter in enumerate(common) if letter == "-" and i]


def read(source: Source, wanted: Wanted) -> Export:
    folders = [name for name, folder in source.tops.items() if folder]
    start = start_of(folders, wanted)
    chosen = [name for name in folders if name.startswith(start)]
    odd = [(name, "It is no repository, but a file beside them.") for name in source.tops if name not in folders]
    odd += [(name, f"Its name does not begin with {clean(start)}.") for name in folders if name not in chosen]
    files: dict[str, list[str]] = {name: [] for name in chosen}
    for path in source.files:
        files.get(path.partition("/")[0], []).append(path)
    handed = tuple(delivery(source, name, start, files[name]) for name in chosen)
    left = tuple(NotUnderstood(clean(name), why) for name, why in odd)
    return Export("repositories", handed, left, assignment=clean(start[:-1]))


def start_of(names: list[str], wanted: Wanted) -> str:
    """Return what stands in front of users' names; raises UsageError where several parts of the names may be that."""
    if wanted.assignment:
        if any(name.startswith(f"{wanted.assignment}-") for name in names):
            return f"{wanted.assignment}-"
        raise UsageError(
            f"Expected repositories {clean(wanted.assignment)}-USER, received {clean(names[0])} and the like; name with"
            " --assignment what stands before the last hyphen in front of users' names."
        )
    found = starts(names)
    named = [s for s in found if ends_with_task(s[:-1], wanted.tasks)]
    if named or len(found) == 1 or len(names) >= SURE:
        return named[-1] if named else found[-1]
    shown = " or ".join(clean(s[:-1]) for s in found[:5])
    raise UsageError(
        f"Expected repositories ASSIGNMENT-USER, but in {clean(names[0])} the assignment may be {shown}; name it with"
        " --assignment."
    )


def ends_with_task(start: str, tasks: Iterable[str]) -> bool:
    """Say whether a name ends with that of a task, after a hyphen or as a whole."""
    known = tuple(tasks)
    parts = start.casefold().split("-")
    return any(spelt("-".join(parts[i:]), known) for i in range(len(parts)))


def delivery(source: Source, name: str, start: str, paths: list[str]) -> Delivery:
    login = name.removeprefix(start)
    files = tuple(source.file(path.removeprefix(f"{name}/"), path) for path in paths)
    return Delivery(login, (Identity(name=clean(login), login=login),), None, files)


REPOSITORIES = Platform("repositories", TITLE, recognises, read)
