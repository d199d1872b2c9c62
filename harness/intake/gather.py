"""From what an instructor points at to one Submission per student."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from harness.errors import UsageError, did_you_mean
from harness.intake.apart import read_apart
from harness.intake.exports import Exports
from harness.intake.limits import DEFAULT_LIMITS, IntakeLimits
from harness.intake.names import clean, is_skipped, spelled, unique_slugs
from harness.intake.naming import task_meant
from harness.intake.reading import FORMS, SINGLE, WORK, Asked, read_work
from harness.intake.sources import NOTEBOOK
from harness.intake.submission import Submission


def gather(
    path: Path,
    known: Iterable[str] = (),
    limits: IntakeLimits = DEFAULT_LIMITS,
    exports: Mapping[str, Exports] | None = None,
) -> list[Submission]:
    """Return the submissions at `path`, sorted by name.

    `path` is a folder with one folder, `.py` file, notebook or `.zip` per student; or one such file; or one
    student's folder, told by a file or notebook named after a `known` task. A submission that cannot be used is in the
    list with its fault. `exports` says what the tasks ask for: no more is taken of a notebook than this needs.
    Each is read apart (see `apart`); nothing of any is run. Raises UsageError for a missing path, another kind of
    file, or a folder without submissions.
    """
    tasks = tuple(known)
    path = path.expanduser()
    entries = _entries(path, tasks)
    names = [_name(entry) for entry in entries]
    files = [spelled(entry.name) for entry in entries]
    slugs = unique_slugs(names, files)
    same = Counter(names)
    works = read_apart(entries, partial(read_work, asked=Asked(tasks, exports or {}, limits)))
    found = []
    for file, name, slug, work in zip(files, names, slugs, works, strict=True):
        notes = work.notes
        if same[name] > 1:
            notes = (*notes, f"More than one submission is named {name}; this one was {clean(file)}.")
        one = Submission(name, slug, work.files, notes, work.fault, work.origins, work.pseudonym, work.facts)
        found.append(replace(one, entry=file))
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
