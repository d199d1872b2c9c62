"""From what an instructor points at to one Submission per student."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path, PurePosixPath

from harness.errors import SubmissionError, UsageError, did_you_mean
from harness.intake.archive import read_zip
from harness.intake.entries import Entries, settle
from harness.intake.folder import read_folder, read_start
from harness.intake.limits import DEFAULT_LIMITS, IntakeLimits
from harness.intake.names import clean, is_odd, is_skipped, unique_slugs
from harness.intake.onimport import trains_on_import
from harness.intake.sources import ARCHIVES, NOTEBOOK, Collector, Sources
from harness.intake.submission import Submission
from harness.records.models import Fault

FORMS = "a folder, a .py file, a .ipynb notebook or a .zip"
SINGLE = frozenset({".py", ".zip", NOTEBOOK})
# Other archives are not read but reported on a card, so that nobody is overlooked.
WORK = SINGLE | ARCHIVES


def gather(path: Path, known: Iterable[str] = (), limits: IntakeLimits = DEFAULT_LIMITS) -> list[Submission]:
    """Return the submissions at `path`, sorted by name.

    `path` is a folder with one folder, `.py` file, notebook or `.zip` per student; or one such file; or one
    student's folder, told by a file or notebook named after a `known` task. A submission that cannot be used is in the
    list with its fault. Raises UsageError for a missing path, another kind of file, or a folder without
    submissions.
    """
    tasks = tuple(known)
    path = path.expanduser()
    entries = _entries(path, tasks)
    names = [_name(entry) for entry in entries]
    slugs = unique_slugs(names, [entry.name for entry in entries])
    same = Counter(names)
    found = []
    for entry, name, slug in zip(entries, names, slugs, strict=True):
        sources, read, fault = _read(entry, tasks, limits)
        notes = [*sources.notes, *read.notes, *_naming(read, tasks), *_training(read)]
        if same[name] > 1:
            notes.append(f"More than one submission is named {name}; this one was {clean(entry.name)}.")
        found.append(Submission(name, slug, read.files, tuple(notes), fault, read.origins, sources.pseudonym))
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
    if any((path / f"{task}{suffix}").is_file() for task in tasks for suffix in (".py", NOTEBOOK)):
        return [path]
    entries = [entry for entry in _listed(path) if not is_skipped(entry.name) and _is_work(entry)]
    if not entries:
        raise UsageError(f"The folder {clean(path.name)!r} holds no submission; expected {FORMS} per student.")
    return sorted(entries, key=lambda entry: (_name(entry).casefold(), entry.name))


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
    return clean(stem) or "(no name)"


def _sibling(path: Path) -> str:
    """Return ` Did you mean 'x'?` for a close name in the same folder."""
    if not path.parent.is_dir():
        return ""
    names = [clean(entry.name) for entry in _listed(path.parent)]
    return did_you_mean(path.name, get_close_matches(path.name, names, n=1))


def _read(entry: Path, tasks: tuple[str, ...], limits: IntakeLimits) -> tuple[Sources, Entries, Fault | None]:
    sources, entries = Sources({}, ()), Entries({})
    try:
        sources = _sources(entry, limits)
        entries = settle(sources, tasks)
    except SubmissionError as error:
        return sources, entries, Fault(owner="student", kind="intake", step="intake", message=str(error))
    except OSError as error:
        reason = f"{clean(entry.name)} could not be read ({error.strerror})"
        message = f"{reason}; check its permissions and grade again."
        return sources, entries, Fault(owner="harness", kind="intake", step="intake", message=message)
    if not entries.files:
        message = (
            "The submission holds no Python file (.py) and no notebook (.ipynb) with functions, expected at least one;"
            " hand in your files."
        )
        return sources, entries, Fault(owner="student", kind="intake", step="intake", message=message)
    return sources, entries, None


def _sources(entry: Path, limits: IntakeLimits) -> Sources:
    suffix = entry.suffix.lower()
    if entry.is_symlink():
        raise SubmissionError(f"{clean(entry.name)} is a link, which is not followed; hand in the files themselves.")
    if entry.is_dir():
        return _folder(entry, limits)
    if not entry.is_file():
        raise SubmissionError(f"{clean(entry.name)} is not a plain file; hand in {FORMS}.")
    if suffix == ".zip":
        return read_zip(entry, limits)
    if suffix not in SINGLE:
        raise SubmissionError(f"{clean(entry.name)} is not read; hand in {FORMS} with your Python files.")
    collector = Collector(limits)
    odd = is_odd(entry.name, limits.max_path_length) or suffix != entry.suffix
    collector.offer(f"submission{suffix}" if odd else entry.name, partial(read_start, entry))
    return collector.finish()


def _folder(entry: Path, limits: IntakeLimits) -> Sources:
    """Read a student's folder; a zip that is alone in it, as LMS downloads have it, is opened."""
    sources = read_folder(entry, limits)
    zips = [path for path in sources.archives if path.lower().endswith(".zip")]
    if sources.files or sources.notebooks or len(zips) != 1:
        return sources
    inner = read_zip(entry / zips[0], limits)
    pseudonym = sources.pseudonym if inner.pseudonym is None else inner.pseudonym
    return replace(inner, notes=(f"Read from {clean(zips[0])}.", *inner.notes), pseudonym=pseudonym)


def _naming(entries: Entries, tasks: tuple[str, ...]) -> list[str]:
    """Return a note for each file whose name or place is nearly that of a task not handed in."""
    missing = [task for task in tasks if f"{task}.py" not in entries.files]
    tops = [path for path in entries.files if "/" not in path]
    close = {path: get_close_matches(PurePosixPath(path).stem.lower(), missing, n=1, cutoff=0.8) for path in tops}
    misplaced = [path for path in entries.files for task in missing if path.endswith(f"/{task}.py")]
    notes = [f"{clean(path)} lies in a folder, expected at the top level of the submission." for path in misplaced]
    for path, names in close.items():
        if names and PurePosixPath(path).stem not in tasks:
            shown = entries.origins[path].name if path in entries.origins else path
            notes.append(f"{clean(shown)} is not named after a task. Did you mean {names[0]}{Path(shown).suffix}?")
    return notes


def _training(entries: Entries) -> list[str]:
    """Return a note for each top-level file that trains a model as soon as it is imported."""
    tops = [path for path in entries.files if "/" not in path]
    lines = {path: trains_on_import(path, entries.files[path]) for path in tops}
    return [
        f"{clean(path)} line {line} trains a model each time the file is imported; "
        'put such lines under `if __name__ == "__main__":`.'
        for path, line in lines.items()
        if line
    ]
