"""Where the files beside the code are: rubrics, reference models, templates, mistakes, designs and baselines.

A course has the same rooms in a folder of its own; what lies there stands before what travels with the code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

PACKAGE = Path(__file__).resolve().parent
ELSEWHERE = {
    "baselines": "reference_models/baselines",
    "mistakes": "tests/flawed",
    "designs": "tests/designs",
}  # rooms of other names here


def folder(name: str) -> Path:
    """Return the folder `name`: inside the package in an installed wheel, beside it in a checkout."""
    installed = PACKAGE / "shipped_files" / name
    return installed if installed.is_dir() else PACKAGE.parent / name


@dataclass(frozen=True)
class Rooms:
    """The rooms of a course folder, where there is one, and behind them the shipped ones.

    `own_tasks` are the tasks that the course brings: of these, nothing shipped counts that has the same name.
    """

    course: Path | None = None
    own_tasks: frozenset[str] = frozenset()

    def own(self, room: str) -> Path:
        """Return the folder that a room's new files belong into: the course's, or else the shipped one."""
        return self.course / room if self.course else folder(ELSEWHERE.get(room, room))

    def folders(self, room: str, task: str = "") -> Iterator[Path]:
        """Yield the folders in which a room's files for a task may lie, the course's first; not all need be there."""
        if self.course:
            yield self.course / room
        if not self.course or task not in self.own_tasks:
            yield folder(ELSEWHERE.get(room, room))

    def file(self, room: str, name: str) -> Path:
        """Return the file of this name (`TASK.py`, `TASK.yaml`): the first there is, or where it ought to be."""
        places = [place / name for place in self.folders(room, PurePath(name).stem)]
        return next((path for path in places if path.is_file()), places[0])


SHIPPED = Rooms()
