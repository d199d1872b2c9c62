"""`harness course handout`: a folder for students, a course itself, in which there is no answer.

Written are the tasks in use, their templates, what anybody may see of their rubrics, and of the course's data sets the
training part. Reference models, mistakes, baselines, hidden criteria and test parts are never read from here on.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from harness.course.course_file import NAME, Split
from harness.course.found import Course
from harness.course.module import files_of
from harness.course.registry import task_files
from harness.course.split import sample_of, save
from harness.errors import CourseError, UsageError
from harness.grading.rubric import Rubric, load_rubric
from harness.grading.scale import percentage
from harness.records.files import writing

WORK, SELF_CHECK = "work", "test_self_check.py"
NOT_SHOWN = ("notes", "points")  # of a rubric; the points of what is left add up to something else
NO_SECRET = {  # of a criterion
    *("id", "text", "points", "measure", "over", "level", "size_ratio", "learned", "better", "profiles", "hint"),
    "manual",
}
README = """{title}

The folder work/ holds your starting points: edit them there. In that folder,

  harness tasks                shows what each task asks for,
  harness check --contract     checks in seconds whether your functions fit,
  harness check                trains and tests them (or: pytest),

on the part of the data that is yours. You will be graded on data that you have not seen. Hand in what you wrote in
work/.
"""


@dataclass(frozen=True)
class Written:
    """What a handout holds: its files, and data sets of the course that it had to leave out, with the reason."""

    files: tuple[Path, ...]
    left_out: tuple[str, ...]


def write_handout(course: Course, out: Path) -> Written:
    """Write what students of a course get into the empty or new folder `out`.

    Raises UsageError for a folder with something in it, CourseError where there is no course or it is a handout itself,
    and whatever is wrong with a task, rubric or data set.
    """
    if course.folder is None:
        raise CourseError(f"Expected a course to hand out, found none; name its folder, which has a {NAME}.")
    if course.says.handout is not None:
        raise CourseError(f"{course.folder / NAME}:1: this is a handout already; hand out the course it was made from.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"Expected --out to name a new or empty folder, received '{out}', which has something in it.")
    with writing(out), _whole(out) as made:
        splits, left_out = _write_data(course, made)
        _write_texts(course, made, splits)
        _copy_tasks(course, course.folder, made)
        if course.theme:
            shutil.copytree(course.theme, made / "theme", symlinks=False)
    return Written(tuple(sorted(path for path in out.rglob("*") if path.is_file())), tuple(left_out))


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """Yield a folder whose content is in `out` afterwards; after an error nothing is, so that one can try again."""
    new = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".making-", dir=out) as made:
            yield Path(made)
            for path in Path(made).iterdir():
                path.rename(out / path.name)
    except BaseException:
        if new:
            shutil.rmtree(out, ignore_errors=True)
        raise


def _write_data(course: Course, out: Path) -> tuple[dict[str, Split], list[str]]:
    splits, left_out = {}, []
    for name, path in data_sets(course):
        sample = sample_of(path)
        save(out / "data" / f"{name}.npz", sample.arrays)
        splits[name] = sample.split
    used = {name for task in course.tasks.values() for p in task.profiles.values() for name in [p.dataset]}
    if "text" in used:
        left_out.append("text: a text file cannot be divided without its hidden part; students need one of their own")
    return splits, left_out


def data_sets(course: Course) -> Iterator[tuple[str, Path]]:
    """Yield name and place of every data set in the course's folder that a task in use asks for."""
    profiles = [profile for task in course.tasks.values() for profile in task.profiles.values()]
    named = [p.dataset for p in profiles] + [more.dataset for p in profiles for more in p.further.values()]
    for name in dict.fromkeys(named):
        places = [course.data / f"{name}.npz", course.data / name] if course.data else []
        yield from ((name, place) for place in places if place.exists())


def _write_texts(course: Course, out: Path, splits: dict[str, Split]) -> None:
    _write(out / "README.txt", README.format(title=course.says.name))
    _write(out / NAME, _yaml(_says(course, splits)))
    _write(out / WORK / SELF_CHECK, course.rooms.file("student_template", SELF_CHECK).read_text(encoding="utf-8"))
    for name, task in course.tasks.items():
        rubric = load_rubric(course.rooms.file("rubrics", f"{name}.yaml"), task)
        _write(out / "rubrics" / f"{name}.yaml", _yaml(visible(rubric)))
        template = course.rooms.file("student_template", f"{name}.py")
        if not template.is_file():
            raise CourseError(f"{template}:1: expected the template of the task {name!r}, found none; write it first.")
        for place in ("student_template", WORK):
            _write(out / place / f"{name}.py", template.read_text(encoding="utf-8"))


def visible(rubric: Rubric) -> dict[str, Any]:
    """Return what anybody may see of a rubric: its visible criteria, without the origin of their numbers."""
    shown = [c for c in rubric.criteria if not c.hidden]
    if not shown:
        raise CourseError(f"Expected a criterion of {rubric.task} that students may see, found none; show one.")
    body = rubric.model_dump(exclude_defaults=True, exclude={*NOT_SHOWN, "criteria"})
    criteria = [c.model_dump(exclude_defaults=True, include=NO_SECRET) for c in shown]
    for band in (band for c in criteria for band in c.get("profiles", {}).values()):
        band.pop("origin", None)
    return {**body, "criteria": criteria}


def _says(course: Course, splits: dict[str, Split]) -> dict[str, Any]:
    says = course.says.model_dump(exclude_defaults=True, exclude={"data", "theme", "handout", "tasks"})
    sizes = {name: {part: int(n) for part, n in split.model_dump().items()} for name, split in splits.items()}
    if "pass_mark" in says:
        says["pass_mark"] = percentage(course.says.pass_mark)
    if "grades" in says:
        says["grades"] = {label: percentage(share) for label, share in course.says.grades.items()}
    return {**says, "tasks": list(course.tasks), "handout": sizes}


def _copy_tasks(course: Course, folder: Path, out: Path) -> None:
    for name, file in task_files(folder / "tasks").items():
        if name in course.tasks:
            for path in files_of(file):
                _write(out / path.relative_to(folder), path.read_text(encoding="utf-8"))


def _yaml(body: dict[str, Any]) -> str:
    return yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=110)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
