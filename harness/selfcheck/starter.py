"""`harness new`: the starting point of a task, written where a student works. Nothing there is ever overwritten."""

from collections.abc import Sequence
from pathlib import Path

from harness import shipped
from harness.errors import UsageError
from harness.records.store import writing
from harness.tasks import find, names

CHECK_FILE = "test_self_check.py"


def start(tasks: Sequence[str], folder: Path) -> list[Path]:
    """Write the template of each task and the file that pytest finds into `folder`; return what was written.

    `test_self_check.py` is the same for all tasks and stays where it is there already. Raises UsageError for an unknown
    task, and where a file of a task's name is there; then nothing is written.
    """
    wanted = [find(name).name for name in dict.fromkeys(tasks)] or list(names())
    there = [f"{name}{s}" for name in wanted for s in (".py", ".ipynb") if (folder / f"{name}{s}").exists()]
    if there:
        raise UsageError(
            f"Expected no {' or '.join(there)} in this folder, found {'one' if len(there) == 1 else 'them'}; move"
            " your work away first, since nothing is overwritten."
        )
    files = [f"{name}.py" for name in wanted]
    files += [] if (folder / CHECK_FILE).exists() else [CHECK_FILE]
    return [written(folder / name) for name in files]


def written(path: Path) -> Path:
    source = (shipped.folder("student_template") / path.name).read_bytes()
    with writing(path.parent), path.open("xb") as file:  # x: a file that came meanwhile is not overwritten either
        file.write(source)
    return path
