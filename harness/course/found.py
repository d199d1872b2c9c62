"""Which course is meant: the folder that is named, or the one with a `course.yaml` here or above; or none."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness import tasks as shipped_tasks
from harness.course.course_file import NAME, CourseFile, error_at, read_course_file
from harness.course.registry import Registry, task_files
from harness.errors import CourseError, did_you_mean
from harness.grading.rubric_file import Document
from harness.grading.scale import GradingScale
from harness.shipped import SHIPPED, Rooms
from harness.task import Task

VARIABLE = "HARNESS_COURSE"


@dataclass(frozen=True)
class Course:
    """A course as found: what its file says, its tasks by name, and where files are looked for.

    Without a `folder` it is the harness as installed, with its own tasks.
    """

    folder: Path | None = None
    says: CourseFile = field(default_factory=lambda: CourseFile(name="Coursework"))
    tasks: Mapping[str, Task] = field(default_factory=Registry)
    rooms: Rooms = SHIPPED
    named: bool = False

    @property
    def data(self) -> Path | None:
        """Return the folder of the course's data sets, None if there is none."""
        return self._room(self.says.data)

    @property
    def theme(self) -> Path | None:
        return self._room(self.says.theme)

    def scale_after(self, before: GradingScale) -> GradingScale:
        """Return what a class is judged by that was judged by `before`: as the course says, where it says anything."""
        return self.says.scale if {"pass_mark", "grades"} & self.says.model_fields_set else before

    def _room(self, name: str) -> Path | None:
        folder = self.folder / name if self.folder else None
        return folder if folder and folder.is_dir() else None

    def not_within(self, handed_in: Path) -> None:
        """Raise CourseError if a course that nobody named lies in what was handed in: its tasks would run as ours."""
        if self.folder and not self.named and self.folder.resolve().is_relative_to(handed_in.expanduser().resolve()):
            raise CourseError(
                f"Expected no {NAME} in what was handed in, found one in {self.folder}; if it is your own course, name"
                " it with --course, and if not, work from another folder."
            )


def named_course() -> Path | None:
    """Return the folder that the environment names, for those who have no command line."""
    return Path(named) if (named := os.environ.get(VARIABLE)) else None


def find_course(named: Path | None, here: Path) -> Course:
    """Return the course in the folder `named`, else that of the first `course.yaml` in `here` or above, else none.

    Raises CourseError for a folder without one, and for a file that makes no sense.
    """
    if named is not None:
        folder = named.expanduser()
        folder = folder.parent if folder.name == NAME else folder
        if not (folder / NAME).is_file():
            raise CourseError(
                f"Expected a folder with a {NAME}, received '{named}', which has none; `harness course new DIR` writes"
                " one."
            )
        return read_course(folder, named=True)
    above = (folder for folder in (here, *here.parents) if (folder / NAME).is_file())
    folder_here = next(above, None)
    return read_course(folder_here) if folder_here else Course()


def read_course(folder: Path, *, named: bool = False) -> Course:
    """Return the course in a folder; its tasks are found, and loaded when they are asked for."""
    says, document = read_course_file(folder / NAME)
    files = task_files(folder / "tasks")
    _check_names(says, document, files)
    _check_folders(says, document, folder)
    everything = sorted({*files, *shipped_tasks.names()})
    in_use = tuple(says.tasks if says.tasks is not None else everything)
    tasks = Registry(files, in_use, frozenset(says.replaces), says.handout or {})
    return Course(folder, says, tasks, Rooms(folder, frozenset(files)), named)


def _check_folders(says: CourseFile, document: Document, folder: Path) -> None:
    """Raise CourseError for a folder that the file names and that is not there; the usual ones may be missing."""
    for key in {"data", "theme"} & says.model_fields_set:
        if not (folder / (named := getattr(says, key))).is_dir():
            there = [path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
            hint = did_you_mean(named, there)
            raise error_at(document, (key,), f"there is no folder {named!r} here.{hint if 'Did' in hint else ''}")


def _check_names(says: CourseFile, document: Document, files: Mapping[str, Path]) -> None:
    known = {"tasks": {*files, *shipped_tasks.names()}, "replaces": set(shipped_tasks.names())}
    if says.tasks == []:
        raise error_at(document, ("tasks",), "no task is in use; name one, or leave 'tasks' out to use all there are.")
    for key, names in known.items():
        given = getattr(says, key) or []
        for place, name in enumerate(given):
            if name not in names:
                where = "in tasks/ or in the harness" if key == "tasks" else "in the harness"
                raise error_at(document, (key, place), f"there is no task {name!r} {where}.{did_you_mean(name, names)}")
            if name in given[:place]:
                raise error_at(document, (key, place), f"the task {name!r} stands in {key!r} a second time.")
