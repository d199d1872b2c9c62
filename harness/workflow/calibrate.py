"""Holds rubrics against the baselines and writes what follows into them, if asked."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness import shipped
from harness.errors import RubricError, UsageError
from harness.grading.baselines import Baseline, find_baselines
from harness.grading.proposal import Calibrated, calibrate_rubric
from harness.grading.rubric import load_rubric
from harness.grading.rubric_write import difference, rewrite
from harness.records.models import Frozen
from harness.tasks.base import Task
from harness.workflow.grade import known_tasks
from harness.workflow.marking import load_rubrics
from harness.workflow.measure import registry


class Calibration(Frozen):
    """One task's rubric beside its baseline. `text` is the rubric as it would be, `diff` what would change."""

    task: str
    profile: str
    rubric: Path
    device: str
    criteria: list[Calibrated]
    diff: str
    text: str
    written: bool = False


def calibrate(
    names: Sequence[str],
    profile: str,
    rubrics: Path | None = None,
    baselines: Path | None = None,
    *,
    write: bool = False,
    tasks: Mapping[str, Task] | None = None,
) -> list[Calibration]:
    """Calibrate the rubrics of the tasks named (all by default) under one profile; change files only to `write`.

    `rubrics` and `baselines` are folders; by default those shipped. All rubrics are worked out before the first is
    written. Raises UsageError for an unknown task or profile or a missing folder, RubricError for a rubric that is
    wrong or cannot be written, ResultsError for a damaged baseline.
    """
    tasks = registry() if tasks is None else tasks
    chosen = known_tasks(names or tasks, tasks)
    folder = baselines or shipped.folder("reference_models") / "baselines"
    if not folder.is_dir():
        raise UsageError(f"Expected --baselines to be a folder, received '{folder}', which is none.")
    for task in chosen.values():
        task.profile(profile)
    loaded = load_rubrics(rubrics, chosen)
    place = rubrics or shipped.folder("rubrics")
    found = [
        _calibration(place / f"{name}.yaml", task, profile, calibrate_rubric(loaded[name], task, profile, base), base)
        for name, task in chosen.items()
        for base in [_baseline(folder, task, profile)]
    ]
    return [_write(c, chosen[c.task]) if write and c.diff else c for c in found]


def _baseline(folder: Path, task: Task, profile: str) -> Baseline | None:
    """Return the first baseline in order of the devices' names, so the CPU's before the GPU's."""
    return next(iter(find_baselines(folder, task, profile).values()), None)


def _calibration(
    path: Path, task: Task, profile: str, criteria: list[Calibrated], baseline: Baseline | None
) -> Calibration:
    old = path.read_bytes().decode("utf-8")
    new = rewrite(old, profile, {c.id: c.proposal for c in criteria if c.proposal is not None})
    return Calibration(
        task=task.name,
        profile=profile,
        rubric=path,
        device=baseline.device if baseline else "",
        criteria=criteria,
        diff=difference(old, new, path.name),
        text=new,
    )


def _write(calibration: Calibration, task: Task) -> Calibration:
    """Replace the rubric at once, after the new one has been read back and found valid."""
    path = calibration.rubric.resolve()
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_bytes(calibration.text.encode("utf-8"))
        shutil.copymode(path, partial)
        load_rubric(partial, task)
        partial.replace(path)
    except OSError as e:
        raise RubricError(f"Rubric {path} cannot be written ({e.strerror}); check the folder.") from None
    finally:
        partial.unlink(missing_ok=True)
    return calibration.model_copy(update={"written": True})
