"""Grades the class of `class_grading.py`, one variant each, in a process that starts and ends as `harness grade` does.

python benchmarks/one_class.py SUBMISSIONS OUT
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.ending import run
from harness.workflow.beginning import Asked, Begun, begun

if TYPE_CHECKING:
    from harness.task import Task

VARIANT = "none"


def task_of_one_variant() -> "dict[str, Task]":
    from dataclasses import replace

    from harness.tasks.network_training.task import TASK

    return {TASK.name: replace(TASK, variants=(TASK.variant(VARIANT),))}


def write_rubric(folder: Path) -> Path:
    """Return the folder of a rubric with one criterion."""
    (name, task), rubrics = *task_of_one_variant().items(), folder / "rubrics"
    rubrics.mkdir()
    (rubrics / f"{name}.yaml").write_text(
        f"task: {name}@{task.version}\ncriteria:\n  - {{id: plain, text: Test accuracy, points: 10,"
        f" measure: {VARIANT}.test_accuracy, better: higher, profiles: {{quick: {{target: 0.9, floor: 0.1}}}}}}\n"
    )
    return rubrics


def grade_class(submissions: Path, out: Path, early: Begun | None) -> None:
    from harness.workflow.grade import grade
    from harness.workflow.options import Options

    options = Options(out=out, registry=task_of_one_variant(), rubrics=write_rubric(out.parent), begun=early)
    grade(submissions, options, lambda *_: None)


def main() -> None:
    submissions, out = map(Path, sys.argv[1:])
    with begun(Asked("tensorflow", "auto", 0)) as early:
        grade_class(submissions, out, early)


if __name__ == "__main__":
    sys.exit(run(main))
