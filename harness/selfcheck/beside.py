"""What lies beside a student's work: the folder of results, and whether it may hold answers for the work as it is."""

import os
from collections.abc import Iterable
from pathlib import Path

import platformdirs

from harness.files import atomic
from harness.intake.names import slugify
from harness.records.files import writing

FOLDER = ".harness"
SUFFIXES = (".py", ".ipynb")


def results_beside(path: Path) -> Path:
    """Return where results are kept: `.harness` beside the work, or in the user's cache if that cannot be written."""
    folder = folder_of(path)
    if os.access(folder, os.W_OK):
        return folder.resolve() / FOLDER
    return Path(platformdirs.user_cache_dir("coursework-harness")) / slugify(str(folder.resolve()))


def folder_of(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def kept_in(out: Path) -> Path:
    """Make a folder for results that version control leaves alone, and return it."""
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        ignore = out.parent / ".gitignore"
        if out.parent.name == FOLDER and not ignore.exists():
            with atomic(ignore) as file:
                file.write(b"*\n")
    return out


def saved_since_checked(path: Path) -> bool:
    """Say whether source of the work was saved after anything was recorded of it, so that steps are sure to run.

    By the times of files alone, which may be wrong: for what costs little if it was done in vain. Of what cannot be
    read nothing is known; whoever reads it says why.
    """
    try:
        sources = [p for p in folder_of(path).iterdir() if p.suffix in SUFFIXES] if path.exists() else []
        return bool(sources) and latest(sources) > latest(results_beside(path).glob("*/records/records.sqlite*"))
    except OSError:
        return False


def latest(files: Iterable[Path]) -> float:
    """Return when one of these was changed last, in seconds; 0 if there is none. Raises OSError."""
    return max((file.stat().st_mtime for file in files), default=0.0)
