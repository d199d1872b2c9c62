"""What the reference of a task reached, beside what others published and what an answer without learning reaches."""

import statistics
from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from harness.grading.baselines import Baseline, BaselineMeasure
from harness.grading.results import ReferenceRun
from harness.records.models import Frozen
from harness.task import NaiveAnswer, Task


class Figure(Frozen):
    """A number from elsewhere, and where that is."""

    value: float
    source: str
    note: str = ""


class ReferenceRow(Frozen):
    """One measure: mean and sd (n - 1) over `seeds` seeds, None where the baseline has none or a single seed."""

    measure: str
    better: str
    unit: str
    mean: float | None
    sd: float | None
    seeds: int
    published: list[Figure]
    naive: list[Figure]


class ReferenceTable(Frozen):
    """One task under one profile; `device` and what follows is empty where nothing was measured."""

    task: str
    version: int
    title: str
    profile: str
    measured: bool
    device: str = ""
    machine: str = ""
    created: str = ""
    libraries: dict[str, str] = Field(default_factory=dict)
    rows: list[ReferenceRow]


def reference_table(task: Task, profile: str, baseline: Baseline | None) -> ReferenceTable:
    """Return a row for every measure of which something is known, in the order of the task's variants."""
    rows = [_row(task, name, profile, baseline) for name in task.measure_names()]
    made = baseline.provenance if baseline else None
    return ReferenceTable(
        task=task.name,
        version=task.version,
        title=task.title,
        profile=profile,
        measured=baseline is not None,
        device=baseline.device if baseline else "",
        machine=made.machine if made else "",
        created=baseline.created if baseline else "",
        libraries=made.libraries if made else {},
        rows=[r for r in rows if r.mean is not None or r.published or r.naive],
    )


def published_values(
    task: Task, profile: str, measure: str, over: str = "", better: Literal["higher", "lower"] = "higher"
) -> list[float]:
    """Return what others published for `measure` under a profile, with `over` its advantage within one source."""
    found = [p for p in task.published if p.profile == profile]
    of = [(p.source, p.value) for p in found if p.measure == measure]
    if not over:
        return [value for _, value in of]
    sign = 1 if better == "higher" else -1
    others = {p.source: p.value for p in found if p.measure == over}
    return [sign * (value - others[source]) for source, value in of if source in others]


def reference_runs(baseline: Baseline | None) -> dict[str, ReferenceRun]:
    """Return what the reference reached and took, by variant; nothing where nobody measured it."""
    if baseline is None:
        return {}
    names = [*baseline.measures, *baseline.usage]
    variants = dict.fromkeys([*baseline.parameters, *(name.rpartition(".")[0] for name in names)])
    reached: dict[str, dict[str, float]] = {variant: {} for variant in variants}
    for name, value in baseline.reference().items():
        variant, _, measure = name.partition(".")
        reached.setdefault(variant, {})[measure] = value
    return {variant: _reference_run(variant, baseline, reached[variant]) for variant in variants}


def _reference_run(variant: str, baseline: Baseline, reached: Mapping[str, float]) -> ReferenceRun:
    used = [u for name, u in baseline.usage.items() if name.rpartition(".")[0] == variant]
    fits = [mean for u in used if (mean := _mean(u.fit_s)) is not None]
    predicts = [mean for u in used if u.predicts and (mean := _mean(u.cpu_s)) is not None]
    memory = [mean for u in used if (mean := _mean(u.peak_memory_mb)) is not None]
    return ReferenceRun(
        measures=dict(reached),
        parameters=baseline.parameters.get(variant),
        fit_s=sum(fits) if fits else None,
        predict_s=sum(predicts) if predicts else None,
        peak_memory_mb=max(memory, default=None),
    )


def _mean(values: Iterable[float]) -> float | None:
    every = list(values)
    return statistics.fmean(every) if every else None


def naive_figures(task: Task, measure: str, profile: str, baseline: Baseline | None) -> list[Figure]:
    """Return what answers without learning reach in `variant.measure`, as far as it is known, the best one last."""
    better = task.measure_names()[measure].better
    asked = [n for n in task.naive if (n.measure, n.profile) == (measure, profile)]
    found = [f for n in asked if (f := _naive_figure(n, baseline))]
    return sorted(found, key=lambda f: f.value, reverse=better == "lower")


def _naive_figure(naive: NaiveAnswer, baseline: Baseline | None) -> Figure | None:
    if baseline is not None and naive.measured in baseline.measures:
        mean = statistics.fmean(baseline.measures[naive.measured].values)
        return Figure(value=mean, source=naive.answer, note="measured with the reference")
    return None if naive.value is None else Figure(value=naive.value, source=naive.answer, note=naive.origin)


def _row(task: Task, name: str, profile: str, baseline: Baseline | None) -> ReferenceRow:
    known = task.measure_names()[name]
    published = [p for p in task.published if (p.measure, p.profile) == (name, profile)]
    mean, sd, seeds = _mean_and_sd(baseline.measures.get(name) if baseline else None)
    return ReferenceRow(
        measure=name,
        better=known.better,
        unit=known.unit,
        mean=mean,
        sd=sd,
        seeds=seeds,
        published=[Figure(value=p.value, source=p.source, note=p.note) for p in published],
        naive=naive_figures(task, name, profile, baseline),
    )


def _mean_and_sd(measure: BaselineMeasure | None) -> tuple[float | None, float | None, int]:
    if measure is None:
        return None, None, 0
    values = measure.values
    return statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else None, len(values)
