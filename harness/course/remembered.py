"""The course that a class was graded by, kept in its result folder: whoever opens that need not name it again."""

import os
from dataclasses import dataclass
from pathlib import Path

from harness.course import found
from harness.course.course_file import NAME
from harness.course.found import Course, read_course
from harness.course.module import fingerprint
from harness.course.registry import task_files
from harness.errors import CourseError
from harness.files import atomic
from harness.records.files import writing
from harness.records.graded_by import FILE, GradedBy, graded_by


@dataclass(frozen=True)
class Recalled:
    """The course to go on with, and its own tasks whose files are others than when the class was graded."""

    course: Course
    changed: tuple[str, ...] = ()


def remember(course: Course, out: Path) -> None:
    """Keep in the result folder `out` which course it was graded by, or that it was none."""
    if course.folder is None:
        with writing(out):
            (out / FILE).unlink(missing_ok=True)
        return
    kept = GradedBy(folder=_seen_from(out, course.folder), name=course.says.name, tasks=_digests(course))
    with writing(out), atomic(out / FILE) as file:
        file.write(f"{kept.model_dump_json(indent=2)}\n".encode())


def recall(named: Path | None, here: Path, out: Path) -> Recalled:
    """Return the course that is named, else the one that `out` was graded by, else that of the folder `here`.

    Raises CourseError where that course is no longer there, and there is none of its name `here`.
    """
    kept = None if named else graded_by(out)
    if kept is None:
        return Recalled(found.find_course(named, here))
    folder = kept.place(out)
    there = (folder / NAME).is_file() and not folder.is_relative_to(out.resolve())  # nothing in results is run
    course = read_course(folder) if there else found.find_course(None, here)
    if not there and course.says.name != kept.name:
        raise CourseError(
            f"Expected the course {kept.name!r}, by which '{out}' was graded, in '{folder}', found none; if it has"
            " moved, name its folder with --course DIR."
        )
    now = _digests(course)
    return Recalled(course, tuple(name for name, digest in kept.tasks.items() if now.get(name) != digest))


def _seen_from(out: Path, folder: Path) -> str:
    """Return a path that holds when both move together; where there is no such path, the whole one."""
    try:
        return Path(os.path.relpath(folder.resolve(), out.resolve())).as_posix()
    except ValueError:  # another drive
        return folder.resolve().as_posix()


def _digests(course: Course) -> dict[str, str]:
    """Return the SHA-256 of each task in use that is the course's own; none is loaded."""
    files = task_files(course.folder / "tasks") if course.folder else {}
    return {name: fingerprint(file) for name, file in files.items() if name in course.tasks}
