"""Makes a baseline of what the reference submission measured, and says what does not fit together."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from harness.errors import ResultsError, did_you_mean
from harness.grading.baselines import Baseline, BaselineMeasure, BaselineUsage
from harness.grading.seeds import runs_of
from harness.records.models import GIVEN, Measurement
from harness.task import Task

DRAWN: Final = ("n", "references", "real", "training words", "known")  # in signatures: how much there was of what


def build_baseline(task: Task, profile: str, measurements: Sequence[Measurement], created: str) -> Baseline:
    """Collect the reference's measurements of one task under one profile into a baseline.

    Every variant must have run under the same seeds, without a fault and with finite values, on one device,
    from one source and with one set of versions; otherwise ResultsError says which does not fit.
    """
    mine = [m for m in measurements if (m.task, m.version, m.profile) == (task.name, task.version, profile)]
    if not mine:
        raise ResultsError(
            f"There is no measurement of {task.name}@{task.version} {profile} to make a baseline of;"
            " grade the reference first."
        )
    _check_alike(mine)
    by_variant = runs_of(mine)
    seeds = sorted({m.seed for m in mine})
    for variant, runs in by_variant.items():
        if sorted(runs) != seeds:
            raise ResultsError(
                f"Every variant of the reference should run under the seeds {seeds}, but {variant} ran under"
                f" {sorted(runs)}; measure the missing ones."
            )
    return Baseline(
        task=task.name,
        version=task.version,
        profile=profile,
        device=mine[0].provenance.device,
        created=created,
        seeds=seeds,
        measures=_measures(task, by_variant, seeds),
        usage=_usage(by_variant, seeds),
        parameters={v: n for v, runs in by_variant.items() if (n := runs[seeds[0]].parameters) is not None},
        provenance=mine[0].provenance,
    )


def _check_alike(measurements: Sequence[Measurement]) -> None:
    first = next((m for m in measurements if m.source != GIVEN), measurements[0])
    for m in measurements:
        why = m.fault.message if m.fault else m.not_run
        if why:
            raise ResultsError(f"The reference must run without a fault; {m.variant} (seed {m.seed}): {why}")
        if m.source not in (first.source, GIVEN):
            raise ResultsError(
                f"A baseline comes from one source, but {_two(m, first)} differ; measure all of them again."
            )
        for fact in m.provenance.differing(first.provenance):
            raise ResultsError(
                f"A baseline is measured in one way, but {_two(m, first)} differ in {fact}:"
                f" {_apart(m, first, fact)}; measure all of them again, with another --out."
            )


def _two(one: Measurement, other: Measurement) -> str:
    return f"{one.variant} (seed {one.seed}) and {other.variant} (seed {other.seed})"


def _apart(one: Measurement, other: Measurement, fact: str) -> str:
    """Return what a fact of two provenances is; of a mapping, such as that of versions, what differs in it."""
    mine, yours = (getattr(m.provenance, fact) for m in (one, other))
    if isinstance(mine, Mapping):
        mine, yours = (dict(sorted(some.items() - rest.items())) for some, rest in ((mine, yours), (yours, mine)))
    return f"{mine} and {yours}"


def _measures(
    task: Task, by_variant: Mapping[str, Mapping[int, Measurement]], seeds: Sequence[int]
) -> dict[str, BaselineMeasure]:
    known = task.measure_names()
    found = {}
    for variant, runs in by_variant.items():
        for name in runs[seeds[0]].measures:
            full = f"{variant}.{name}"
            if full not in known:
                raise ResultsError(f"Task {task.name} has no measure {full!r}.{did_you_mean(full, known)}")
            values, signature = _measured(full, [runs[s] for s in seeds], name)
            found[full] = BaselineMeasure(
                values=values,
                better=known[full].better,
                signature=signature,
                unit=known[full].unit,
                sampling_error=runs[seeds[0]].measures[name].sampling_error,
            )
    return found


def _measured(full: str, runs: Sequence[Measurement], name: str) -> tuple[list[float], str]:
    """Return the values of one measure by seed and its signature under the first seed; all agree but for `DRAWN`."""
    for m in runs:
        if name not in m.measures or not math.isfinite(m.measures[name].value):
            raise ResultsError(f"The reference must reach a finite {full}, but seed {m.seed} has none.")
    signatures = [m.measures[name].signature for m in runs]
    drawn = len({m.provenance.key for m in runs}) > 1
    if len({_way(s) if drawn else s for s in signatures}) > 1:
        raise ResultsError(f"{full} was measured in different ways: {' and '.join(sorted(set(signatures)))}.")
    return [m.measures[name].value for m in runs], signatures[0]


def _way(signature: str) -> str:
    """Return a signature without what follows from the data, which every key draws anew."""
    return "|".join(part for part in signature.split("|") if part.partition(":")[0] not in DRAWN)


def _usage(by_variant: Mapping[str, Mapping[int, Measurement]], seeds: Sequence[int]) -> dict[str, BaselineUsage]:
    found = {}
    for variant, runs in by_variant.items():
        for step in runs[seeds[0]].usage:
            used = [runs[s].usage[step] for s in seeds if step in runs[s].usage]
            found[f"{variant}.{step}"] = BaselineUsage(
                wall_s=[u.wall_s for u in used],
                cpu_s=[u.cpu_s for u in used],
                peak_memory_mb=[u.peak_memory_mb for u in used],
                fit_s=[u.fit_s for u in used if u.fit_s is not None],
                predicts=any(u.predicts for u in used),  # records from before this was kept do not say so
            )
    return found
