"""What submissions are marked by: tasks, their rubrics, and what their references measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import RubricError, did_you_mean
from harness.grading.baselines import Baseline, load_baseline
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Rubric
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.workflow.plan import ClassPlan


@dataclass(frozen=True)
class Standards:
    """What a class is marked by, by the name of a task; a baseline is None where nobody has measured one."""

    tasks: Mapping[str, Task]
    rubrics: Mapping[str, Rubric]
    baselines: Mapping[str, Baseline | None]


def standards_for(
    plan: ClassPlan, tasks: Mapping[str, Task], rubrics: Mapping[str, Rubric], rooms: Rooms = SHIPPED
) -> Standards:
    """Return the standards of a class, with what the references measured under its profile on its device."""

    def baseline(name: str, task: Task) -> Baseline | None:
        device = plan.provenance[name].device
        folders = rooms.folders("baselines", name)
        return next(filter(None, (load_baseline(folder, task, plan.profile, device) for folder in folders)), None)

    return Standards(tasks, rubrics, {name: baseline(name, task) for name, task in tasks.items()})


def load_rubrics(folder: Path | None, tasks: Mapping[str, Task], rooms: Rooms = SHIPPED) -> dict[str, Rubric]:
    """Read the rubric of every task, from `folder` or else from `rooms`; raises RubricError with file and line."""
    if folder and not folder.is_dir():
        raise RubricError(f"Expected a folder of rubrics, received {folder}, which is none.")
    rubrics = {}
    for name, task in tasks.items():
        path = folder / f"{name}.yaml" if folder else rooms.file("rubrics", f"{name}.yaml")
        if not path.is_file():
            hint = did_you_mean(path.name, [p.name for p in path.parent.glob("*.y*ml")])
            raise RubricError(f"Expected a rubric {path}, found none.{hint}")
        rubrics[name] = load_rubric(path, task)
    return rubrics
