"""`harness new`: the starting point of a task, written where a student works. Nothing there is ever overwritten."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import UsageError
from harness.records.files import writing
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.workflow.grade import known_tasks

CHECK_FILE = "test_self_check.py"


def start(tasks: Sequence[str], folder: Path, registry: Mapping[str, Task], rooms: Rooms = SHIPPED) -> list[Path]:
    """Write the template of each task and the file that pytest finds into `folder`; return what was written.

    `test_self_check.py` is the same for all tasks and stays where it is there already. Raises UsageError for an unknown
    task, and where a file of a task's name is there; then nothing is written.
    """
    wanted = list(known_tasks(dict.fromkeys(tasks), registry) if tasks else registry)
    there = [f"{name}{s}" for name in wanted for s in (".py", ".ipynb") if (folder / f"{name}{s}").exists()]
    if there:
        raise UsageError(
            f"Expected no {' or '.join(there)} in this folder, found {'one' if len(there) == 1 else 'them'}; move"
            " your work away first, since nothing is overwritten."
        )
    files = [f"{name}.py" for name in wanted]
    files += [] if (folder / CHECK_FILE).exists() else [CHECK_FILE]
    return [written(folder / name, rooms) for name in files]


def written(path: Path, rooms: Rooms) -> Path:
    template = rooms.file("student_template", path.name)
    if not template.is_file():
        raise UsageError(f"Expected a template {template}, found none; whoever teaches the course has to write it.")
    source = template.read_bytes()
    with writing(path.parent), path.open("xb") as file:  # x: a file that came meanwhile is not overwritten either
        file.write(source)
    return path
