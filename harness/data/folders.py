"""The folders in which data sets are looked for, the first one first."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from harness.errors import DataError

VARIABLE = "HARNESS_DATA"


@dataclass(frozen=True)
class DataFolder:
    """A folder with data sets; `called` says whose it is, since no path is shown to students."""

    path: Path
    called: Literal["data folder", "course"] = "data folder"

    @property
    def words(self) -> str:
        return "the data folder" if self.called == "data folder" else "the course's data folder"


Folders = Sequence[DataFolder]


def data_dir(option: Path | None) -> Path | None:
    """Return the data folder: the option, else the environment variable HARNESS_DATA, else None.

    Raises DataError if it is not a folder.
    """
    named = os.environ.get(VARIABLE, "")
    if option is None and not named:
        return None
    folder = (option if option is not None else Path(named)).expanduser()
    if not folder.is_dir():
        source = VARIABLE if option is None else "--data-dir"
        raise DataError(f"Expected {source} to name a folder with data sets, received {str(folder)!r}.")
    return folder


def folders(data_dir: Path | None, course: Path | None = None) -> tuple[DataFolder, ...]:
    """Return where to look: the data folder, then the course's own, as far as they are there."""
    found = [] if data_dir is None else [DataFolder(data_dir)]
    if course is not None and course.is_dir():
        found.append(DataFolder(course, "course"))
    return tuple(found)


def place_for(file: str, folders: Folders) -> str:
    """Return, in words, where a user puts a file that is missing."""
    if folders:
        return f"put {file} into {folders[0].words} {folders[0].path}"
    return f"put {file} into a folder and name that folder with --data-dir or {VARIABLE}"
