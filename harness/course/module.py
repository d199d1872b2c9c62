"""A course's task, loaded from its file; what is wrong there is one sentence with file and line.

The Python of a course is its instructor's, and runs here as that of the harness does.
"""

import ast
import hashlib
import importlib
import inspect
import re
import sys
import traceback
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from harness.errors import CourseError, HarnessError, did_you_mean
from harness.task import Task

PACKAGE = "course_tasks"  # a task of a folder is `course_tasks.NAME.task`, so that it can import what lies beside it
UNEXPECTED = re.compile(r"(\w+)(?:\.__init__)?\(\) got an unexpected keyword argument '(\w+)'")


def load_task(name: str, file: Path) -> Task:
    """Return the task that `file` holds, with the fingerprint of its files.

    Raises CourseError `FILE:LINE: one sentence` for a module that cannot be run or holds no task of this name.
    """
    task = _task_in(_module(name, file), name, file)
    return replace(task, files_sha256=fingerprint(file))


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
        raise CourseError(_broken(error, file)) from None
    return module


def _package(name: str, folder: Path | None) -> None:
    package = ModuleType(name)
    package.__path__ = [str(folder)] if folder else []
    sys.modules[name] = package


def _broken(error: BaseException, file: Path) -> str:
    if isinstance(error, OSError) and error.filename == str(file):
        return f"{file}: the file cannot be read ({error.strerror}); check it."
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno or 1}: this is not Python ({error.msg}); correct the line."
    walked = traceback.walk_tb(error.__traceback__)
    frames = [(frame, line) for frame, line in walked if Path(frame.f_code.co_filename).is_relative_to(file.parent)]
    if not frames:
        return f"{file}:1: this module cannot be run: {type(error).__name__}: {error}."
    frame, line = frames[-1]
    said = _unexpected(error, frame.f_globals) or f"this cannot be run: {type(error).__name__}: {error}."
    return f"{frame.f_code.co_filename}:{line}: {said}"


def _unexpected(error: BaseException, known: dict[str, object]) -> str:
    """Say which argument a call does not know, and which may be meant; nothing for any other mistake."""
    found = UNEXPECTED.search(str(error)) if isinstance(error, TypeError) else None
    if not found:
        return ""
    called, argument = found.groups()
    target = known.get(called)
    arguments = [a for a in inspect.signature(target).parameters if a != "_"] if callable(target) else []
    return f"{called} takes no argument {argument!r}.{did_you_mean(argument, arguments)}"


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
