"""Measures over several variants, such as the winner by validation, under each seed. Pure functions."""

import math
from collections.abc import Mapping, Sequence

from harness.grading.seeds import Gap, Value, Values, decisive
from harness.records.models import Plain, Status
from harness.task import OVERALL, OverVariants, Task, Together


def signature_of(measure: OverVariants) -> str:
    return f"{measure.name}|over:{','.join(measure.needs)}|v:1"


def overall_of(task: Task, values: Values) -> dict[str, dict[int, Value]]:
    """Return every measure over variants, as `all.NAME`, per seed that all variants behind it were run with.

    Where there is no such seed, the student's faults in some of them decide already, unless it is `optional`. A
    candidate's variant that `task` has not got is left out of an optional one.
    """
    return {f"{OVERALL}.{m.name}": _per_seed(m, _needs(m, task), values) for m in task.overall}


def _needs(measure: OverVariants, task: Task) -> list[str]:
    there = {v.name for v in task.variants}
    return [n for n in measure.needs if n.partition(".")[0] in there or not measure.optional]


def _per_seed(measure: OverVariants, needs: Sequence[str], values: Values) -> dict[int, Value]:
    runs = {need: values.by_seed(need) for need in needs}
    common = set.intersection(*(set(by_seed) for by_seed in runs.values())) if runs else set()
    if common:
        return {seed: _under(measure, {n: runs[n][seed] for n in needs}, values, seed) for seed in sorted(common)}
    some = {seed: v for by_seed in runs.values() for seed, v in by_seed.items() if isinstance(v, Gap) and v.counts}
    return {} if measure.optional else dict(some)


def _under(measure: OverVariants, needed: Mapping[str, Value], values: Values, seed: int) -> Value:
    """Return the value under one seed. What is the harness's fault, or open, leaves it open even where optional."""
    gaps = [v for v in needed.values() if isinstance(v, Gap)]
    numbers = {name: v for name, v in needed.items() if not isinstance(v, Gap)}
    finite = {name: v for name, v in numbers.items() if math.isfinite(v)}
    forgiven = measure.optional and bool(numbers)
    if standing := [g for g in gaps if not (forgiven and g.counts)]:
        return decisive(standing)
    if len(finite) < len(numbers) and not (measure.optional and finite):
        return math.nan
    return _computed(measure, Together(finite, _settings(needed, values, seed)))


def _settings(needed: Mapping[str, Value], values: Values, seed: int) -> dict[str, dict[str, Plain]]:
    runs = {name.partition(".")[0]: values.of(name.partition(".")[0]).get(seed) for name in needed}
    return {variant: run.settings for variant, run in runs.items() if run and run.settings}


def _computed(measure: OverVariants, given: Together) -> Value:
    """Return what the task makes of its variants; if it raises, that is the harness's fault and costs no marks."""
    try:
        value = float(measure.compute(given))
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        reason = f"The harness could not compute {OVERALL}.{measure.name}: {said}."
        return Gap(Status.HARNESS_ERROR, counts=False, reason=reason)
    return value if math.isfinite(value) else math.nan
