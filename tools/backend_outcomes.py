"""Prints, as a table for the docs, which criteria come out otherwise where a reference trains with another backend.

    harness baseline --backend jax --profile quick --device cpu --out measured
    python tools/backend_outcomes.py jax

Each baseline of that backend is held against TensorFlow's of its task, profile and device. Where another folder is
named, those in there are taken.
"""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from harness import shipped
from harness.grading.baselines import Baseline, find_baselines, read_baseline, shelf_of
from harness.grading.marks import share_of_band
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Criterion
from harness.records.models import Frozen
from harness.task import Task
from harness.tasks import find

HEAD = (
    "| task, {profile} profile on {device} | seeds | criteria alike | comes out otherwise: of how many seeds {first},"
    " {second} | {second}: s | {first}: s |\n|---|---|---|---|---|---|"
)


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


def shipped_baselines() -> Path:
    return shipped.folder("reference_models") / "baselines"


def seconds(baseline: Baseline) -> float:
    """Return the CPU seconds of all steps under one seed on a machine of speed 1, a mean over seeds."""
    return baseline.provenance.speed * sum(statistics.fmean(usage.cpu_s) for usage in baseline.usage.values())


def in_words(found: Outcome) -> str:
    """Return a criterion that comes out otherwise, with the share of seeds that have all its points on each side."""
    return f"`{found.criterion}`: {found.first:.0%}, {found.second:.0%}"


def row(path: Path) -> str:
    """Return the line of the table that a baseline gives."""
    second = read_baseline(path)
    task = find(second.task)
    shelf = find_baselines(shipped_baselines(), task, second.profile)
    first = next(b for b in shelf.values() if b.device == second.device)
    found = outcomes(task, first, second)
    others = [o for o in found if not o.alike]
    cells = (
        f"`{task.name}`",
        len(second.seeds),
        f"{len(found) - len(others)} of {len(found)}",
        "; ".join(map(in_words, others)) or "none",
        f"{seconds(second):.0f}",
        f"{seconds(first):.0f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def table(paths: Sequence[Path]) -> str:
    """Return the table of these baselines, as it stands in the docs."""
    one = read_baseline(paths[0])
    names = {"first": "TensorFlow", "second": {"jax": "JAX"}.get(one.provenance.backend, one.provenance.backend)}
    return "\n".join([HEAD.format(profile=one.profile, device=one.device.upper(), **names), *map(row, paths)])


def main(where: Annotated[str, typer.Argument(help="A backend, or a folder of baselines measured with one.")]) -> None:
    """Print the table of all baselines of a backend."""
    folder = Path(where) if Path(where).is_dir() else shelf_of(shipped_baselines(), where)
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise typer.BadParameter(f"Expected baselines in {folder}, found none; `harness baseline` writes them.")
    print(table(paths))


if __name__ == "__main__":
    typer.run(main)
