"""`harness new`: the starting point of a task, written where a student works. Nothing there is ever overwritten."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import UsageError
from harness.files import write_new
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.workflow.grade import known_tasks

CHECK_FILE = "test_self_check.py"


def start(tasks: Sequence[str], folder: Path, registry: Mapping[str, Task], rooms: Rooms = SHIPPED) -> list[Path]:
    """Write the template of each task and the file that pytest finds into `folder`; return what was written.

    `test_self_check.py` is the same for all tasks and stays where it is there already. Raises UsageError for an unknown
    task, and where a file of a task's name is there, ResultsError where one cannot be written; then none is.
    """
    wanted = list(known_tasks(dict.fromkeys(tasks), registry) if tasks else registry)
    there = [f"{name}{s}" for name in wanted for s in (".py", ".ipynb") if (folder / f"{name}{s}").exists()]
    if there:
        raise UsageError(
            f"Expected no {' or '.join(there)} in this folder, found {'one' if len(there) == 1 else 'them'}; move"
            " your work away first, since nothing is overwritten."
        )
    names = [f"{name}.py" for name in wanted]
    names += [] if (folder / CHECK_FILE).exists() else [CHECK_FILE]
    files = {folder / name: template(name, rooms) for name in names}
    write_new(files)
    return [*files]


def template(name: str, rooms: Rooms) -> bytes:
    path = rooms.file("student_template", name)
    if not path.is_file():
        raise UsageError(f"Expected a template {path}, found none; whoever teaches the course has to write it.")
    return path.read_bytes()
