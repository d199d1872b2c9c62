"""Prints, as a table for the docs, which criteria come out otherwise where a reference trains with another backend.

    harness baseline --backend jax --task rnn_regression --out measured --to FOLDER
    python tools/backend_outcomes.py FOLDER

Each baseline in FOLDER is held against the shipped one of its task, profile and device.
"""

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from harness import shipped
from harness.grading.baselines import Baseline, find_baselines, read_baseline
from harness.grading.marks import share_of_band
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Criterion
from harness.records.models import Frozen
from harness.task import Task
from harness.tasks import find

HEAD = "| task | seeds | criteria alike | criterion that comes out otherwise | {} | {} |\n|---|---|---|---|---|---|"


class Outcome(Frozen):
    """One criterion under two backends: of how many seeds each has all points, and whether their median has them."""

    criterion: str
    first: float
    second: float
    alike: bool


def outcome(criterion: Criterion, first: Baseline, second: Baseline) -> Outcome | None:
    """Return how a criterion comes out on both sides; None where it is not marked there or a side lacks it."""
    band, sides = criterion.band(first.profile), (criterion.measure, criterion.over)
    if band is None or criterion.better is None or not (first.has(*sides) and second.has(*sides)):
        return None
    better = criterion.better
    target, upward = band[0], bool(criterion.over) or better == "higher"
    floor = target - 1 if upward else target + 1  # of no account: who reaches the target has all points

    def full(value: float) -> bool:
        return share_of_band(value, target, floor) == 1

    values = [side.values(criterion.measure, criterion.over, better) for side in (first, second)]
    shares = [statistics.fmean(map(full, some)) for some in values]
    medians = [full(statistics.median(some)) for some in values]
    return Outcome(criterion=criterion.id, first=shares[0], second=shares[1], alike=medians[0] == medians[1])


def outcomes(task: Task, first: Baseline, second: Baseline) -> list[Outcome]:
    rubric = load_rubric(shipped.folder("rubrics") / f"{task.name}.yaml", task)
    return [found for criterion in rubric.criteria if (found := outcome(criterion, first, second))]


def rows(path: Path) -> Iterator[str]:
    """Yield the lines of the table that a baseline gives: one a criterion that differs, or one that says none does."""
    second = read_baseline(path)
    task = find(second.task)
    shelf = find_baselines(shipped.folder("reference_models") / "baselines", task, second.profile)
    first = next(b for b in shelf.values() if b.device == second.device)
    found = outcomes(task, first, second)
    others = [o for o in found if not o.alike]
    start = f"| `{task.name}` | {len(second.seeds)} | {len(found) - len(others)} of {len(found)} |"
    for o in others:
        yield f"{start} `{o.criterion}` | {o.first:.0%} | {o.second:.0%} |"
    if not others:
        yield f"{start} none | | |"


def main(folder: Annotated[Path, typer.Argument(help="Folder of baselines, measured with one backend.")]) -> None:
    """Print the table of all baselines in a folder."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise typer.BadParameter(f"Expected baselines in {folder}, found none; `harness baseline --to` writes them.")
    print(HEAD.format("TensorFlow", read_baseline(paths[0]).provenance.backend))
    for path in paths:
        for row in rows(path):
            print(row)


if __name__ == "__main__":
    typer.run(main)
