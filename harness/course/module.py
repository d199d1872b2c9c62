"""A course's task, loaded from its file; what is wrong there is one sentence with file and line.

The Python of a course is its instructor's, and runs here as that of the harness does.
"""

import ast
import hashlib
import importlib
import sys
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from harness.course.broken import broken
from harness.course.values import wrong_in
from harness.course.watched import watched
from harness.errors import CourseError, HarnessError, did_you_mean
from harness.task import Task

PACKAGE = "course_tasks"  # a task of a folder is `course_tasks.NAME.task`, so that it can import what lies beside it


def load_task(name: str, file: Path) -> Task:
    """Return the task that `file` holds, with the fingerprint of its files.

    Raises CourseError `FILE:LINE: one sentence` for a module that cannot be run or holds no task of this name, and for
    a field that holds something else than its type says. The functions of the task raise it later.
    """
    task = _task_in(_module(name, file), name, file)
    if wrong := wrong_in(task):
        raise CourseError(f"{file}:{_line_of_task(file)}: {wrong}")
    return replace(watched(task, file), files_sha256=fingerprint(file))


def files_of(file: Path) -> list[Path]:
    """Return the Python files of a task: those of its folder, or the one there is."""
    return sorted(file.parent.rglob("*.py")) if file.name == "task.py" else [file]


def fingerprint(file: Path) -> str:
    """Return a SHA-256 over the names and texts of a task's files."""
    digest = hashlib.sha256()
    for path in files_of(file):
        text = path.read_bytes()
        digest.update(f"{path.relative_to(file.parent).as_posix()}|{len(text)}|".encode() + text)
    return digest.hexdigest()


def _module(name: str, file: Path) -> ModuleType:
    """Run the module of a task anew; a folder becomes a package, whose modules import one another by `from .x`."""
    full = f"{PACKAGE}.{name}"
    for known in [m for m in sys.modules if m == full or m.startswith(f"{full}.")]:
        del sys.modules[known]
    _package(PACKAGE, None)
    if file.name == "task.py":
        _package(full, file.parent)
        full = f"{full}.task"
    importlib.invalidate_caches()
    try:
        compile(file.read_bytes(), str(file), "exec")  # a mistake in the text is told before anything runs
        spec = spec_from_file_location(full, file)
        assert spec is not None and spec.loader is not None
        module = sys.modules[full] = module_from_spec(spec)
        exec(compile(file.read_bytes(), str(file), "exec"), vars(module))  # noqa: S102 - the instructor's own code
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:
        raise CourseError(broken(error, file)) from None
    return module


def _package(name: str, folder: Path | None) -> None:
    package = ModuleType(name)
    package.__path__ = [str(folder)] if folder else []
    sys.modules[name] = package


def _task_in(module: ModuleType, name: str, file: Path) -> Task:
    task = getattr(module, "TASK", None)
    where = f"{file}:{_line_of_task(file)}"
    if task is None:
        hint = did_you_mean("TASK", [n for n in vars(module) if n.isupper()])
        raise CourseError(f"{where}: expected a task named TASK, found none.{hint if 'Did' in hint else ''}")
    if not isinstance(task, Task):
        made = " Did you forget `.task()` at its end?" if callable(getattr(task, "task", None)) else ""
        raise CourseError(f"{where}: expected TASK to be a Task, received a value of type {type(task).__name__}.{made}")
    if task.name != name:
        raise CourseError(
            f"{where}: expected the task to be named after its file, {name!r}, received {task.name!r}; make them one."
        )
    return task


def _line_of_task(file: Path) -> int:
    """Return the line on which TASK is given its value, 1 if nowhere."""
    for node in ast.parse(file.read_bytes()).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(t, ast.Name) and t.id == "TASK" for t in targets):
            return node.lineno
    return 1
