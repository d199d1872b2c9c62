"""The references of a class's tasks, graded beside it under its key and seeds: nobody's work, and in no statistics."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from harness.errors import UsageError
from harness.grading.results import StudentResult, TaskResult
from harness.intake.gather import gather
from harness.intake.submission import Submission
from harness.shipped import Rooms

NAME: Final = "Reference"
SLUG: Final = "reference"


def reference_file(task: str, rooms: Rooms) -> Path:
    """Return where the reference of a task is. Raises UsageError for a task that has none."""
    source = rooms.file("reference_models", f"{task}.py")
    if not source.is_file():
        raise UsageError(f"Expected a reference model {source}, found none; write it first.")
    return source


def references_of(tasks: Iterable[str], rooms: Rooms) -> Submission:
    """Return the references of the tasks as one submission. Raises UsageError for a task that has none."""
    files: dict[str, bytes] = {}
    for name in tasks:
        (found,) = gather(reference_file(name, rooms))
        files |= found.files
    return Submission(NAME, SLUG, files)


def beside_reference(students: Sequence[StudentResult], reference: StudentResult | None) -> list[StudentResult]:
    """Return the students with what the reference reached under the same key beside each criterion."""
    if reference is None:
        return list(students)
    reached = {(task.task, c.id): c.value for task in reference.tasks for c in task.criteria}

    def beside(task: TaskResult) -> TaskResult:
        found = [c.model_copy(update={"same_key": reached.get((task.task, c.id))}) for c in task.criteria]
        return task.model_copy(update={"criteria": found})

    return [s.model_copy(update={"tasks": [beside(task) for task in s.tasks]}) for s in students]
