"""The functions of a course's task, watched: what they raise or wrongly return is one sentence with file and line."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

from harness.course.broken import broken
from harness.diagnosis import name_of
from harness.errors import CourseError, HarnessError
from harness.records.models import Finding
from harness.task import Call, Figure, Scored, Step, Task, TaskData

Check = Callable[[Any], str]  # from what a function returned to what was expected instead; empty where all is well


def watched(task: Task, file: Path) -> Task:
    """Return the task with every function of its own watched; `file` is its module.

    They raise CourseError in place of any error that is not the harness's own, and for what is not of the type that
    `harness.task.Task` names. Files are told by their place in the course: a sentence may end on a student's card.
    """
    watch = Watch(file)
    rules = (
        rule if isinstance(rule, str) else watch.function(rule, f"the finding {name_of(rule)}", _a_finding)
        for rule in task.findings
    )
    return replace(
        task,
        prepare=watch.function(task.prepare, "prepare", _an(TaskData)),
        call=watch.function(task.call, "call", _an(Call)),
        steps=watch.function(task.steps, "steps", _several(Step)),
        score=watch.function(task.score, "score", _an(Scored)),
        figures=watch.function(task.figures, "figures", _several(Figure)),
        fewer=watch.function(task.fewer, "fewer", _an(TaskData)) if task.fewer else None,
        findings=tuple(rules),
    )


@dataclass(frozen=True)
class Watch:
    """Watches the functions of the task in one file."""

    file: Path

    def function(self, function: Callable[..., Any], name: str, check: Check) -> Callable[..., Any]:
        """Return a function that does the same and raises CourseError where it fails or returns what it should not."""

        @wraps(function)
        def call(*arguments: Any) -> Any:
            try:
                returned = function(*arguments)
            except HarnessError:
                raise
            except (Exception, SystemExit) as error:
                raise CourseError(self._within(broken(error, self.file, f"{name} stopped"))) from None
            if expected := check(returned):
                raise CourseError(self._within(f"{self.file}:{_line(function, self.file)}: {name}: {expected}."))
            return returned

        call.__name__ = name_of(function)  # what has none, such as a partial, gets one
        return call

    def _within(self, sentence: str) -> str:
        """Return a sentence with files named from the folder `tasks` on."""
        folder = self.file.parent.parent if self.file.name == "task.py" else self.file.parent
        return sentence.replace(f"{folder}/", f"{folder.name}/")


def _line(function: Callable[..., Any], file: Path) -> int:
    """Return the line on which a function of the task begins; 1 for one that is written elsewhere."""
    code = getattr(function, "__code__", None)
    return code.co_firstlineno if code and Path(code.co_filename).is_relative_to(file.parent) else 1


def _an(kind: type) -> Check:
    return lambda value: "" if isinstance(value, kind) else f"expected a {kind.__name__}, received {_shown(value)}"


def _several(kind: type) -> Check:
    def check(value: Any) -> str:
        if isinstance(value, tuple | list) and all(isinstance(one, kind) for one in value):
            return ""
        return f"expected a tuple of {kind.__name__}, received {_shown(value)}"

    return check


def _a_finding(value: Any) -> str:
    return (
        "" if value is None or isinstance(value, Finding) else f"expected a Finding or None, received {_shown(value)}"
    )


def _shown(value: Any) -> str:
    return f"{str(value)[:60]!r}, a value of type {type(value).__name__}"
