"""From what an instructor points at to one Submission per student."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.intake.apart import read_apart
from harness.intake.exports import Exports
from harness.intake.limits import DEFAULT_LIMITS, IntakeLimits
from harness.intake.names import clean, is_skipped, spelled, unique_slugs
from harness.intake.naming import task_meant
from harness.intake.reading import FORMS, SINGLE, WORK, Asked, Work, read_work
from harness.intake.sources import NOTEBOOK
from harness.intake.submission import Submission


def gather(
    path: Path,
    known: Iterable[str] = (),
    limits: IntakeLimits = DEFAULT_LIMITS,
    exports: Mapping[str, Exports] | None = None,
    processes: int = 1,
) -> list[Submission]:
    """Return the submissions at `path`, sorted by name.

    `path` is a folder with one folder, `.py` file, notebook or `.zip` per student; or one such file; or one
    student's folder, told by a file or notebook named after a `known` task. A submission that cannot be used is in the
    list with its fault. `exports` says what the tasks ask for: no more is taken of a notebook than this needs.
    Each is read apart, a large class by several `processes` (see `apart`); nothing of any is run. Raises UsageError for
    a missing path, another kind of file, or a folder without submissions.
    """
    asked = Asked(tuple(known), exports or {}, limits)
    paths = _entries(path.expanduser(), asked.tasks)
    return gathered([entry_at(p) for p in paths], asked, processes)


@dataclass(frozen=True)
class Entry:
    """A submission to be read. `name` is that of its file or folder and like no other's; `shown` is the student's."""

    name: str
    shown: str
    read: Callable[[Asked], Work]


def entry_at(path: Path) -> Entry:
    """Return the submission at a path: a folder or a file."""
    return Entry(spelled(path.name), _name(path), partial(read_work, path))


def gathered(entries: Sequence[Entry], asked: Asked, processes: int = 1) -> list[Submission]:
    """Return the submissions in their order, each read apart."""
    names = [entry.shown for entry in entries]
    slugs = unique_slugs(names, [entry.name for entry in entries])
    same = Counter(names)
    works = read_apart(entries, lambda entry: entry.read(asked), processes=processes)
    found = []
    for entry, slug, work in zip(entries, slugs, works, strict=True):
        notes = work.notes
        if same[entry.shown] > 1:
            notes = (*notes, f"More than one submission is named {entry.shown}; this one was {clean(entry.name)}.")
        one = Submission(entry.shown, slug, work.files, notes, work.fault, work.origins, work.pseudonym, work.facts)
        found.append(
            replace(one, entry=entry.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
        )
    return found


def _entries(path: Path, tasks: tuple[str, ...]) -> list[Path]:
    """Return the path of each submission."""
    if not _exists(path):
        raise UsageError(f"There is no file or folder {clean(str(path), 300)!r}.{_sibling(path)}")
    path = path.resolve()
    if path.is_file():
        if path.suffix.lower() not in SINGLE:
            raise UsageError(f"Expected {FORMS}, received the file {clean(path.name)!r}.")
        return [path]
    if not path.is_dir():
        raise UsageError(f"Expected {FORMS}, received {clean(path.name)!r}, which is neither.")
    if is_one_work(path, tasks):
        return [path]
    entries = [entry for entry in _listed(path) if not is_skipped(entry.name) and _is_work(entry)]
    if not entries:
        raise UsageError(f"The folder {clean(path.name)!r} holds no submission; expected {FORMS} per student.")
    return sorted(entries, key=lambda entry: (_name(entry).casefold(), entry.name))


def is_one_work(folder: Path, tasks: Iterable[str]) -> bool:
    """Return whether a folder is one student's: a file or notebook in it is named after a task, case left aside.

    A copy (`rnn_regression (1).py`) tells as much where no other work lies beside it: a class may be full of them.
    """
    names = [entry.name for entry in _listed(folder) if entry.suffix.lower() in (".py", NOTEBOOK) and entry.is_file()]
    wanted = {task.casefold() for task in tasks}
    if any(Path(name).stem.casefold() in wanted for name in names):
        return True
    works = [entry for entry in _listed(folder) if not is_skipped(entry.name) and _is_work(entry)]
    return len(works) == 1 and any(task_meant(name, [*tasks]) for name in names)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise UsageError(f"{clean(str(path), 300)!r} cannot be read ({error.strerror}); check the path.") from error


def _listed(path: Path) -> list[Path]:
    try:
        return list(path.iterdir())
    except OSError as error:
        raise UsageError(
            f"The folder {clean(path.name)!r} cannot be read ({error.strerror}); check its permissions."
        ) from error


def _is_work(entry: Path) -> bool:
    if (entry / "records" / "records.sqlite").is_file():  # a result folder that lies in the class folder
        return False
    return entry.is_symlink() or entry.is_dir() or entry.suffix.lower() in WORK


def _name(entry: Path) -> str:
    stem = entry.name if entry.is_dir() else entry.stem
    return clean(spelled(stem)) or "(no name)"


def _sibling(path: Path) -> str:
    """Return ` Did you mean 'x'?` for a close name in the same folder."""
    if not path.parent.is_dir():
        return ""
    names = [clean(entry.name) for entry in _listed(path.parent)]
    return did_you_mean(path.name, get_close_matches(path.name, names, n=1))
