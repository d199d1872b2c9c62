"""Writes docs/published.md from docs/published.yaml: figures of course reports beside what the references reach.

    python tools/published.py

`standing` decides from the baselines at full size what the file may say of a figure.
"""

import statistics
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, TypeAdapter
from ruamel.yaml import YAML

from harness import shipped
from harness.grading.baselines import BaselineMeasure, find_baselines
from harness.records.models import Frozen
from harness.task import PublishedFigure
from harness.tasks import find

DOCS = Path(__file__).resolve().parent.parent / "docs"
SOURCE, PAGE = DOCS / "published.yaml", DOCS / "published.md"
PROFILE = "full"
SDS = 2

Status = Literal["reproduced", "better", "not reproduced", "not measured"]


class Reported(Frozen):
    """One figure as a report has it, with its digits; `measure` is the `variant.measure` that it belongs to, if any.

    `profile` is the one that it is of.
    """

    what: str
    value: Annotated[Decimal, BeforeValidator(str)]
    unit: str = ""
    measure: str = ""
    profile: str = PROFILE
    status: Status = "not measured"
    why: str = ""


class Setting(Frozen):
    """What one report tells of one setting."""

    report: Literal["A", "B", "C", "D", "E"]
    setting: str
    figures: list[Reported] = Field(min_length=1)


class OfTask(Frozen):
    """All that the reports tell of a task; `without` says why that is nothing."""

    task: str
    data: str
    without: str = ""
    rows: list[Setting]


def load() -> list[OfTask]:
    """Return the figures of all reports. Raises ValidationError for a file of another form."""
    read = YAML(typ="base", pure=True).load(SOURCE.read_text(encoding="utf-8"))  # numbers stay as written
    return TypeAdapter(list[OfTask]).validate_python(read)


def measured(task: str, figure: Reported) -> list[BaselineMeasure]:
    """Return the measure of a figure in every shipped baseline of its profile, one a device; none without a measure."""
    found = find_baselines(shipped.folder("reference_models") / "baselines", find(task), figure.profile).values()
    return [b.measures[figure.measure] for b in found if figure.measure in b.measures]


def standing(value: Decimal, baselines: Sequence[BaselineMeasure]) -> Status:
    """Say how the reference stands to a published value, seeds and devices taken together.

    Reproduced: its mean is within two sd (n - 1) of it, or rounds to it; one value has no sd. Otherwise better, or not
    reproduced.
    """
    values = [v for m in baselines for v in m.values]
    if not values:
        return "not measured"
    mean, sd = statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else 0.0
    apart = mean - float(value)
    if abs(apart) <= max(SDS * sd, half_a_digit(value) + 1e-12):
        return "reproduced"
    return "better" if (apart > 0) == (baselines[0].better == "higher") else "not reproduced"


def half_a_digit(value: Decimal) -> float:
    """Return half of the last digit that a figure is given with."""
    return float(Decimal(5).scaleb(int(value.as_tuple().exponent) - 1))


def figures_of(entry: OfTask) -> Iterator[PublishedFigure]:
    """Yield what a task is to name as published, without notes."""
    for row in entry.rows:
        for f in row.figures:
            if f.measure:
                yield PublishedFigure(f.measure, float(f.value), f"course report {row.report}", f.profile)


def page(entries: Sequence[OfTask]) -> str:
    """Return the page: a table a task, a line a figure."""
    lines = [INTRODUCTION.format(figures=sum(len(r.figures) for e in entries for r in e.rows), **counts(entries))]
    for entry in entries:
        lines += [f"## {entry.task}\n", f"{entry.data[0].upper()}{entry.data[1:]}.\n"]
        lines += [*table(entry), ""] if entry.rows else [f"No row: {entry.without}.\n"]
    return "\n".join(lines).rstrip() + "\n"


def counts(entries: Sequence[OfTask]) -> dict[str, int]:
    """Return how many rows there are, and how many figures of each status."""
    found = [f.status for e in entries for r in e.rows for f in r.figures]
    statuses: tuple[Status, ...] = get_args(Status)
    return {"rows": sum(len(e.rows) for e in entries), **{s.replace(" ", "_"): found.count(s) for s in statuses}}


def table(entry: OfTask) -> Iterator[str]:
    yield "| report | setting | figure | published | ours | |"
    yield "|---|---|---|---|---|---|"
    for row in entry.rows:
        for f in row.figures:
            said = f"{f.value} {f.unit}".strip()
            status = f"{f.status}: {f.why}" if f.why else f.status
            yield f"| {row.report} | {row.setting} | {f.what} | {said} | {ours(entry.task, f)} | {status} |"


def ours(task: str, figure: Reported) -> str:
    """Return the mean of every device, and the measure."""
    if not figure.measure:
        return "–"
    digits = 1 - int(figure.value.as_tuple().exponent)  # one more than was published
    means = [f"{statistics.fmean(m.values):.{digits}f}" for m in measured(task, figure)]
    return f"{', '.join(means)} (`{figure.measure}`)"


INTRODUCTION = """# What course reports published

<!-- Written by tools/published.py from docs/published.yaml. -->

Five reports (A to E) on courses in deep learning tell of {rows} settings in {figures} figures. Each stands here beside
what the reference of the task reaches at full size, a value a device: {reproduced} are reproduced (within two standard
deviations over seeds, or equal when rounded), {better} are bettered, {not_reproduced} are not reached, and
{not_measured} are not measured, most of them because nothing was trained at full size yet. They decide no mark.
"""

if __name__ == "__main__":
    PAGE.write_text(page(load()), encoding="utf-8")
