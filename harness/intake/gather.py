"""From what an instructor points at to one Submission per student."""

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from functools import partial
from pathlib import Path, PurePosixPath

from harness.errors import SubmissionError, UsageError, did_you_mean
from harness.intake.archive import read_zip
from harness.intake.folder import read_folder, read_start
from harness.intake.limits import DEFAULT_LIMITS, IntakeLimits
from harness.intake.names import clean, is_odd, is_skipped, unique_slugs
from harness.intake.sources import ARCHIVES, Collector, Sources
from harness.intake.submission import Submission
from harness.records.models import Fault

FORMS = "a folder, a .py file or a .zip"
# A student's work in a form that is not read: reported on a card, so that nobody is overlooked.
UNREAD = ARCHIVES | {".ipynb"}


def gather(path: Path, known: Iterable[str] = (), limits: IntakeLimits = DEFAULT_LIMITS) -> list[Submission]:
    """Return the submissions at `path`, sorted by name.

    `path` is a folder with one folder, `.py` file or `.zip` per student; or one `.py` file or `.zip`; or one
    student's folder, told by a file named after a `known` task. A submission that cannot be used is in the
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
        sources, fault = _read(entry, limits)
        notes = [*sources.notes, *_naming(sources, tasks)]
        if same[name] > 1:
            notes.append(f"More than one submission is named {name}; this one was {clean(entry.name)}.")
        found.append(Submission(name, slug, sources.files, tuple(notes), fault))
    return found


def _entries(path: Path, tasks: tuple[str, ...]) -> list[Path]:
    """Return the path of each submission."""
    if not _exists(path):
        raise UsageError(f"There is no file or folder {clean(str(path), 300)!r}.{_sibling(path)}")
    path = path.resolve()
    if path.is_file():
        if path.suffix.lower() not in {".py", ".zip"}:
            raise UsageError(f"Expected {FORMS}, received the file {clean(path.name)!r}.")
        return [path]
    if not path.is_dir():
        raise UsageError(f"Expected {FORMS}, received {clean(path.name)!r}, which is neither.")
    if any((path / f"{task}.py").is_file() for task in tasks):
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
    return entry.is_symlink() or entry.is_dir() or entry.suffix.lower() in {".py", ".zip", *UNREAD}


def _name(entry: Path) -> str:
    stem = entry.name if entry.is_dir() else entry.stem
    return clean(stem) or "(no name)"


def _sibling(path: Path) -> str:
    """Return ` Did you mean 'x'?` for a close name in the same folder."""
    if not path.parent.is_dir():
        return ""
    names = [clean(entry.name) for entry in _listed(path.parent)]
    return did_you_mean(path.name, get_close_matches(path.name, names, n=1))


def _read(entry: Path, limits: IntakeLimits) -> tuple[Sources, Fault | None]:
    nothing = Sources({}, ())
    try:
        sources = _sources(entry, limits)
    except SubmissionError as error:
        return nothing, Fault(owner="student", kind="intake", step="intake", message=str(error))
    except OSError as error:
        reason = f"{clean(entry.name)} could not be read ({error.strerror})"
        message = f"{reason}; check its permissions and grade again."
        return nothing, Fault(owner="harness", kind="intake", step="intake", message=message)
    if not sources.files:
        message = "The submission holds no Python file (.py), expected at least one; hand in your .py files."
        return sources, Fault(owner="student", kind="intake", step="intake", message=message)
    return sources, None


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
    if suffix != ".py":
        raise SubmissionError(f"{clean(entry.name)} is not read; hand in {FORMS} with your Python files.")
    collector = Collector(limits)
    odd = is_odd(entry.name, limits.max_path_length) or suffix != entry.suffix
    collector.offer("submission.py" if odd else entry.name, partial(read_start, entry))
    return collector.finish()


def _folder(entry: Path, limits: IntakeLimits) -> Sources:
    """Read a student's folder; a zip that is alone in it, as LMS downloads have it, is opened."""
    sources = read_folder(entry, limits)
    zips = [path for path in sources.archives if path.lower().endswith(".zip")]
    if sources.files or len(zips) != 1:
        return sources
    inner = read_zip(entry / zips[0], limits)
    return Sources(inner.files, (f"Read from {clean(zips[0])}.", *inner.notes))


def _naming(sources: Sources, tasks: tuple[str, ...]) -> list[str]:
    """Return a note for each file whose name or place is nearly that of a task not handed in."""
    missing = [task for task in tasks if f"{task}.py" not in sources.files]
    stems = [PurePosixPath(path).stem for path in sources.files if "/" not in path]
    close = {stem: get_close_matches(stem.lower(), missing, n=1, cutoff=0.8) for stem in stems if stem not in tasks}
    misplaced = [path for path in sources.files for task in missing if path.endswith(f"/{task}.py")]
    return [f"{clean(path)} lies in a folder, expected at the top level of the submission." for path in misplaced] + [
        f"{clean(stem)}.py is not named after a task. Did you mean {names[0]}.py?"
        for stem, names in close.items()
        if names
    ]
