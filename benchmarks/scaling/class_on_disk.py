"""A class of the toy task on disk, with a course that other processes find it by."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import toy

from harness.course.found import read_course
from harness.workflow.options import Options
from harness.workflow.protection import Protection


@dataclass(frozen=True)
class ClassOnDisk:
    """Course, key and submissions in a folder, and how they are graded."""

    folder: Path

    @property
    def course(self) -> Path:
        return self.folder / "course"

    @property
    def submissions(self) -> Path:
        return self.folder / "class"

    @property
    def key(self) -> Path:
        return self.folder / "class.key"

    def write(self, sources: Mapping[str, str], rubric: str = toy.RUBRIC) -> None:
        """Write all of it; `sources` are what students hand in."""
        (self.course / "tasks").mkdir(parents=True)
        (self.course / "course.yaml").write_text(f"name: Scale\ntasks: [{toy.TASK.name}]\n")
        (self.course / "tasks" / "toy.py").write_bytes(Path(toy.__file__).read_bytes())
        toy.write_rubrics(self.course / "rubrics", rubric)
        toy.write_class(self.submissions, sources)
        self.key.write_text(toy.KEY.value)

    def grading(self, out: Path, workers: str) -> list[str]:
        """Return the command that grades the class on `workers`."""
        chosen = ["--course", str(self.course), "--key", str(self.key), "--workers", workers]
        quiet = ["--device", "cpu", "--trust-submissions", "--no-search", "--json"]
        return [sys.executable, "-m", "harness.cli", "grade", str(self.submissions), "--out", str(out), *chosen, *quiet]

    def options(self, out: Path) -> Options:
        """Return the same for a call."""
        found = read_course(self.course, named=True)
        return Options(
            out,
            registry=found.tasks,
            rooms=found.rooms,
            course_data=found.data,
            device="cpu",
            key=toy.KEY,
            protection=Protection(trusted=True),
        )
