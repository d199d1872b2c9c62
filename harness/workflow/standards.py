"""What submissions are marked by: tasks, their rubrics, and what their references measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from harness.errors import RubricError, did_you_mean
from harness.grading.baselines import Baseline, load_baseline, shelf_of
from harness.grading.people import NO_RULES, Rules
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Rubric
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.workflow.plan import ClassPlan


@dataclass(frozen=True)
class Standards:
    """What a class is marked by, by the name of a task; a baseline is None where nobody has measured one.

    `rules` are those of the class: who is in it, groups, due dates and what else changes marks.
    """

    tasks: Mapping[str, Task]
    rubrics: Mapping[str, Rubric]
    baselines: Mapping[str, Baseline | None]
    rules: Rules = NO_RULES


def standards_for(
    plan: ClassPlan, tasks: Mapping[str, Task], rubrics: Mapping[str, Rubric], rooms: Rooms = SHIPPED
) -> Standards:
    """Return the standards of a class, with what the references measured under its profile on its device.

    What they measured with the backend of the class goes before what they measured with another.
    """

    def baseline(name: str, task: Task) -> Baseline | None:
        how = plan.provenance[name]
        places = [place for own in rooms.folders("baselines", name) for place in (shelf_of(own, how.backend), own)]
        return next(filter(None, (load_baseline(place, task, plan.profile, how.device) for place in places)), None)

    used = {name: task for name, task in tasks.items() if name in plan.tasks}
    return Standards(used, rubrics, {name: baseline(name, task) for name, task in used.items()})


def load_rubrics(folder: Path | None, tasks: Mapping[str, Task], rooms: Rooms = SHIPPED) -> dict[str, Rubric]:
    """Read the rubric of every task: from `folder` where it has one, else from `rooms`.

    Raises RubricError with file and line for a mistake, and for a folder that has a rubric of none of the tasks, or a
    file that is named after no task.
    """
    own = own_rubrics(folder, tasks) if folder else {}
    rubrics = {}
    for name, task in tasks.items():
        path = own.get(name) or rooms.file("rubrics", f"{name}.yaml")
        if not path.is_file():
            hint = did_you_mean(path.name, [p.name for p in path.parent.glob("*.y*ml")])
            raise RubricError(f"Expected a rubric {path}, found none.{hint}")
        rubrics[name] = load_rubric(path, task)
    return rubrics


def own_rubrics(folder: Path, tasks: Mapping[str, Task]) -> dict[str, Path]:
    """Return the rubrics in a folder that are of these tasks, by task; raises RubricError where there is none."""
    if not folder.is_dir():
        raise RubricError(f"Expected a folder of rubrics, received {folder}, which is none.")
    found = {name: path for name in tasks if (path := folder / f"{name}.yaml").is_file()}
    there = sorted(path.name for path in folder.glob("*.y*ml"))
    for name in there:
        meant = get_close_matches(name.rpartition(".")[0], [t for t in tasks if t not in found], n=1, cutoff=0.8)
        if name.rpartition(".")[0] not in tasks and meant:
            raise RubricError(f"Expected a rubric {folder / meant[0]}.yaml, found none. Did you mean {name!r}?")
    if not found:
        missing = folder / f"{next(iter(tasks))}.yaml"
        raise RubricError(f"Expected a rubric {missing}, found none.{did_you_mean(missing.name, there)}")
    return found
