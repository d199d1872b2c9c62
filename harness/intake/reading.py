"""Reading one submission: files, what its notebooks give, what is odd about it, and why it cannot be used, if so."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as default
from difflib import get_close_matches
from functools import partial
from pathlib import Path, PurePosixPath

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as checked

from harness.errors import SubmissionError
from harness.intake.archive import read_zip
from harness.intake.entries import Entries, settle
from harness.intake.exported import may_be_exported, without_magics
from harness.intake.exports import Exports
from harness.intake.facts import SourceFacts, facts_of
from harness.intake.folder import read_folder, read_start
from harness.intake.limits import DEFAULT_LIMITS, IntakeLimits
from harness.intake.names import clean, is_odd
from harness.intake.origin import Origin
from harness.intake.packages import with_folder, without_dots
from harness.intake.sources import ARCHIVES, NOTEBOOK, Collector, Sources
from harness.records.models import Fault

FORMS = "a folder, a .py file, a .ipynb notebook or a .zip"
SINGLE = frozenset({".py", ".zip", NOTEBOOK})
# Other archives are not read but reported on a card, so that nobody is overlooked.
WORK = SINGLE | ARCHIVES


@dataclass(frozen=True)
class Asked:
    """What a class is read for: names of tasks, what each of them asks for, and how much a submission may hold."""

    tasks: tuple[str, ...] = ()
    exports: Mapping[str, Exports] = default(default_factory=dict)
    limits: IntakeLimits = DEFAULT_LIMITS


@checked(frozen=True, config=ConfigDict(ser_json_bytes="base64", val_json_bytes="base64"))
class Work:
    """What was read of one submission; the fields are those of `Submission`."""

    files: Mapping[str, bytes] = default(default_factory=dict)
    notes: tuple[str, ...] = ()
    fault: Fault | None = None
    origins: Mapping[str, Origin] = default(default_factory=dict)
    pseudonym: str | None = None
    facts: Mapping[str, SourceFacts] = default(default_factory=dict)


def read_work(entry: Path, asked: Asked) -> Work:
    """Read the submission at a path; one that cannot be used has a fault."""
    return work_of(partial(_sources, entry, asked.limits), entry.name, asked)


def work_of(read: Callable[[], Sources], name: str, asked: Asked) -> Work:
    """Return what comes of the files that `read` returns; it may raise SubmissionError, and OSError where it cannot."""
    sources, entries = Sources({}, ()), Entries({})
    fault, facts = None, dict[str, SourceFacts]()
    try:
        sources = read()
        entries, facts = runnable(settle(sources, asked.tasks, asked.exports))
    except SubmissionError as error:
        fault = intake_fault(str(error))
    except OSError as error:
        reason = f"{clean(name)} could not be read ({error.strerror})"
        fault = intake_fault(f"{reason}; check its permissions and grade again.", of_harness=True)
    if not fault and not entries.files:
        fault = intake_fault(
            "The submission holds no Python file (.py) and no notebook (.ipynb) with functions, expected at least one;"
            " hand in your files."
        )
    notes = (*sources.notes, *entries.notes, *_naming(entries, asked.tasks), *_training(facts))
    return Work(entries.files, notes, fault, entries.origins, sources.pseudonym, facts)


def intake_fault(message: str, *, of_harness: bool = False) -> Fault:
    return Fault(owner="harness" if of_harness else "student", kind="intake", step="intake", message=message)


def runnable(entries: Entries) -> tuple[Entries, dict[str, SourceFacts]]:
    """Return files that can be imported where they lie, and what is read of each.

    They are without magics, and find each other as handed in.
    """
    files, dots = without_dots(entries.files)
    files, folder = with_folder(files, entries.wrapper)
    notes = [*entries.notes, *dots, *folder]
    facts = {path: facts_of(path, source, files) for path, source in files.items()}
    for path in [p for p in files if p not in entries.origins and may_be_exported(files[p], facts[p])]:
        exported = without_magics(path, files[path])
        if exported.note:
            files[path] = exported.source
            facts[path] = facts_of(path, exported.source, files)
            notes.append(exported.note)
    return replace(entries, files=files, notes=tuple(notes)), facts


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
    odd = is_odd(entry.name, limits.max_path_length)
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


def _training(facts: Mapping[str, SourceFacts]) -> list[str]:
    """Return a note for each top-level file that trains a model as soon as it is imported."""
    return [
        f"{clean(path)} line {one.trains} trains a model each time the file is imported; "
        'put such lines under `if __name__ == "__main__":`.'
        for path, one in facts.items()
        if one.trains and "/" not in path
    ]
