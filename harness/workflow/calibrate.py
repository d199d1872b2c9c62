"""Holds rubrics against the baselines and writes what follows into them, if asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from harness.errors import UsageError
from harness.files import out_file
from harness.grading.baselines import Baseline, find_baselines
from harness.grading.fairness import Fairness, fairness
from harness.grading.origin import stale_origins
from harness.grading.refit import Calibrated, applied, calibrate_rubric
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Rubric
from harness.grading.rubric_write import difference, rewrite
from harness.records.models import Frozen
from harness.shipped import SHIPPED, Rooms
from harness.task import Task
from harness.workflow.grade import known_tasks
from harness.workflow.options import registry
from harness.workflow.standards import load_rubrics


class Calibration(Frozen):
    """One task's rubric beside its baseline. `text` is the rubric as it would be, `diff` what would change.

    `stale` are numbers that origins quote and that no baseline or report has, by criterion. `fairness` is that of the
    rubric as it is, `proposed` of the one that it would be.
    """

    task: str
    profile: str
    rubric: Path
    device: str
    criteria: list[Calibrated]
    stale: dict[str, list[str]]
    fairness: Fairness | None = None
    proposed: Fairness | None = None
    diff: str
    text: str
    written: bool = False


@dataclass(frozen=True)
class Asked:
    """Which rubrics to calibrate, all by default, under which profile, and whether to `write` what follows.

    `rubrics` and `baselines` are folders; by default those of a course or the shipped ones. With `refit`, frozen
    targets that are unfair are moved as well.
    """

    names: Sequence[str] = ()
    profile: str = "quick"
    rubrics: Path | None = None
    baselines: Path | None = None
    write: bool = False
    refit: bool = False


def calibrate(asked: Asked, tasks: Mapping[str, Task] | None = None, rooms: Rooms = SHIPPED) -> list[Calibration]:
    """Calibrate the rubrics asked for; of a shipped task a course gets a rubric of its own, by `rooms`.

    All rubrics are worked out before the first is written. Raises UsageError for an unknown task or profile, and for a
    folder of baselines that is missing or holds none of these, RubricError for a rubric that is wrong or cannot be
    written, ResultsError for a damaged baseline.
    """
    tasks = registry() if tasks is None else tasks
    chosen = known_tasks(asked.names or tasks, tasks)
    if asked.baselines and not asked.baselines.is_dir():
        raise UsageError(f"Expected --baselines to be a folder, received '{asked.baselines}', which is none.")
    for task in chosen.values():
        task.profile(asked.profile)
    loaded = load_rubrics(asked.rubrics, chosen, rooms)
    found = [
        _calibration(_files(asked.rubrics, name, rooms), Held(task, asked.profile, loaded[name], there, asked.refit))
        for name, task in chosen.items()
        for folders in [[asked.baselines] if asked.baselines else rooms.folders("baselines", name)]
        for there in [_baselines(folders, task, asked.profile)]
    ]
    if asked.baselines and not any(c.device for c in found):
        raise UsageError(_none_there(asked.baselines, [*chosen], asked.profile))
    return [_write(c, chosen[c.task]) if asked.write and c.diff else c for c in found]


def _none_there(folder: Path, names: Sequence[str], profile: str) -> str:
    asked = f"--task {names[0]} " if len(names) == 1 else ""
    return (
        f"Expected --baselines to hold a baseline of {names[0] if asked else 'a task'} under {profile}, received"
        f" '{folder}', which has none; `harness baseline {asked}--profile {profile} --to {quote(str(folder))}` measures"
        " the reference."
    )


def _files(rubrics: Path | None, name: str, rooms: Rooms) -> tuple[Path, Path]:
    """Return the rubric that there is, and the one to write: a course's own, never what travels with the code."""
    file = f"{name}.yaml"
    return (rubrics / file, rubrics / file) if rubrics else (rooms.file("rubrics", file), rooms.own("rubrics") / file)


def _baselines(folders: Iterable[Path], task: Task, profile: str) -> list[Baseline]:
    """Return the baselines in order of the devices' names, so the CPU's before the GPU's: the first one counts."""
    return [b for folder in folders for b in find_baselines(folder, task, profile).values()]


@dataclass(frozen=True)
class Held:
    """A rubric and what it is held against; the first baseline counts, the others may be quoted."""

    task: Task
    profile: str
    rubric: Rubric
    baselines: Sequence[Baseline]
    refit: bool

    @property
    def baseline(self) -> Baseline | None:
        return self.baselines[0] if self.baselines else None

    def fairness(self, rubric: Rubric) -> Fairness | None:
        return fairness(rubric, self.task, self.profile, self.baseline) if self.baseline else None


def _calibration(files: tuple[Path, Path], held: Held) -> Calibration:
    rubric, task, profile, baseline = held.rubric, held.task, held.profile, held.baseline
    criteria = calibrate_rubric(rubric, task, profile, baseline, refit=held.refit)
    path, to = files
    old = path.read_bytes().decode("utf-8")
    new = rewrite(old, profile, {c.id: c.proposal for c in criteria if c.proposal is not None})
    return Calibration(
        task=task.name,
        profile=profile,
        rubric=to,
        device=baseline.device if baseline else "",
        criteria=criteria,
        stale=stale_origins(rubric, task, profile, held.baselines) if baseline else {},
        fairness=held.fairness(rubric),
        proposed=held.fairness(applied(rubric, profile, criteria)),
        diff=difference(old, new, path.name),
        text=new,
    )


def _write(calibration: Calibration, task: Task) -> Calibration:
    """Replace the rubric at once, after the new one has been read back and found valid."""
    path = calibration.rubric
    with out_file(path) as file:
        file.write(calibration.text.encode("utf-8"))
        file.flush()
        load_rubric(Path(file.name), task)
    return calibration.model_copy(update={"written": True})
