"""From measurements to one value per seed, and from several seeds to the value that decides.

A value may be missing. A `Gap` says why, and by whose fault, and therefore whether it counts as the worst
value (the student's fault) or stays out of the marks (the harness's, or nobody has measured it).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.grading.rubric_model import Criterion
from harness.grading.words import sentence
from harness.records.models import GIVEN, Fault, Measurement, Status
from harness.task import OVERALL

ROUNDING = 1e-12  # a value this close to the target, relative or absolute, has reached it
SEEDS = 3  # that a result rests on where one leaves it in doubt


@dataclass(frozen=True)
class Gap:
    """Why a value is missing; `counts` is True if it counts as the worst value there is."""

    status: Status
    counts: bool
    reason: str


Value = float | Gap
Derived = Mapping[str, Mapping[int, Value]]


def runs_of(measurements: Sequence[Measurement]) -> dict[str, dict[int, Measurement]]:
    """Return measurements by variant and seed; of two under one seed the later in the sequence, as of a retry."""
    runs: dict[str, dict[int, Measurement]] = {}
    for m in measurements:
        runs.setdefault(m.variant, {})[m.seed] = m
    return runs


class Values:
    """What was measured for one submission, by variant and seed; see `runs_of`.

    `derived` maps a
    `variant.measure` that follows from others to its value per seed; see `harness.grading.derived`.
    """

    def __init__(
        self, measurements: Sequence[Measurement], task_fault: Fault | None, derived: Derived | None = None
    ) -> None:
        self._task_fault = task_fault
        self._derived = derived or {}
        self._by_variant = runs_of(measurements)

    def of(self, variant: str) -> Mapping[int, Measurement]:
        """Return the measurements of a variant by seed."""
        return self._by_variant.get(variant, {})

    def trained(self) -> list[str]:
        """Return the variants that student code had a part in."""
        return [name for name, runs in self._by_variant.items() if any(m.source != GIVEN for m in runs.values())]

    def level(self, measure: str) -> list[Value]:
        """Return the value of `variant.measure` per seed, in order of seed; one Gap if there is no seed."""
        runs = self.by_seed(measure)
        return [runs[seed] for seed in sorted(runs)] or [self._unmeasured(measure)]

    def by_seed(self, measure: str) -> Mapping[int, Value]:
        """Return the value of `variant.measure` under each seed that its variants were run with."""
        if measure in self._derived:
            return self._derived[measure]
        variant, _, name = measure.partition(".")
        return {seed: self.value(run, name) for seed, run in self.of(variant).items()}

    def advantage(self, measure: str, over: str, better: Literal["higher", "lower"]) -> list[Value]:
        """Return by how much `measure` beats `over` (positive is better) per seed that both were run with.

        If there is no such seed: the student's faults in one of them, since these already decide.
        """
        these, those = self.by_seed(measure), self.by_seed(over)
        pairs = [_advantage(these[seed], those[seed], better) for seed in sorted(these.keys() & those.keys())]
        alone = [*these.values(), *those.values()]
        charged: list[Value] = [v for v in alone if isinstance(v, Gap) and v.counts]
        return pairs or charged or [self._unmeasured(over if these else measure)]

    def value(self, run: Measurement, name: str) -> Value:
        """Return what a run measured under this name, or why there is nothing."""
        if name in run.measures:
            return run.measures[name].value
        if run.fault is not None:
            return _gap(run.fault)
        if run.not_run:
            return self._skipped(run)
        return Gap(
            Status.HARNESS_ERROR,
            counts=False,
            reason=f"The harness has no value of {name!r} for {run.variant}, although nothing failed.",
        )

    def _skipped(self, run: Measurement) -> Gap:
        """Charge a run that was skipped to whoever's fault came first; in doubt not to the student."""
        faults = self._causes(run.seed)
        if any(f.owner == "harness" for f in faults):
            return Gap(Status.HARNESS_ERROR, counts=False, reason=sentence(run.not_run))
        return Gap(Status.NOT_RUN, counts=bool(faults), reason=sentence(run.not_run))

    def _causes(self, seed: int) -> list[Fault]:
        """Return the fault of the whole task, else those under the same seed, else those under any."""
        if self._task_fault is not None:
            return [self._task_fault]
        runs = [m for by_seed in self._by_variant.values() for m in by_seed.values() if m.fault is not None]
        same_seed = [m.fault for m in runs if m.fault is not None and m.seed == seed]
        return same_seed or [m.fault for m in runs if m.fault is not None]

    def _unmeasured(self, measure: str) -> Gap:
        if self._task_fault is not None:
            return _gap(self._task_fault)
        variant, _, _ = measure.partition(".")
        missing = f"not all variants behind {measure} have" if variant == OVERALL else f"{variant} has not"
        return Gap(Status.NOT_RUN, counts=False, reason=f"Not measured yet: {missing} been run.")


def values_of(criterion: Criterion, values: Values) -> list[Value]:
    """Return the measured quantity of a criterion that is not marked by a person, per seed."""
    assert criterion.better is not None
    if criterion.over:
        return values.advantage(criterion.measure, criterion.over, criterion.better)
    return values.level(criterion.measure)


def decide(values: Sequence[Value], better: Literal["higher", "lower"]) -> Value:
    """Return the value that decides: the median over seeds, or the Gap that stands in its place.

    A gap that is the student's fault is worse than NaN, and NaN worse than any number. Of an even number of
    seeds the worse of the two middle values decides (`statistics.median_low` when higher is better,
    `median_high` when lower is), so that it is always one that was measured. Seeds that nobody has measured
    are left out. A gap that is the harness's fault leaves everything undecided: the missing seed could have
    raised the median.
    """
    undecided = [v for v in values if isinstance(v, Gap) and not v.counts]
    faults = [v for v in undecided if v.status is Status.HARNESS_ERROR]
    counted = [v for v in values if not (isinstance(v, Gap) and not v.counts)]
    if faults or not counted:
        return (faults or undecided)[0]
    gaps = [v for v in counted if isinstance(v, Gap)]
    measured: list[float] = [v for v in counted if not isinstance(v, Gap)]
    sign = 1.0 if better == "higher" else -1.0
    measured.sort(key=lambda v: (not math.isnan(v), sign * v))
    place = (len(counted) - 1) // 2
    if place >= len(gaps):
        return measured[place - len(gaps)]
    return next((g for g in gaps if g.status is Status.STUDENT_ERROR), gaps[0])


def numbers_of(values: Sequence[Value]) -> list[float]:
    """Return one number per seed that counts, NaN where the student's fault left none."""
    return [math.nan if isinstance(v, Gap) else v for v in values if not isinstance(v, Gap) or v.counts]


def _advantage(this: Value, that: Value, better: Literal["higher", "lower"]) -> Value:
    """Return the difference of two values; a comparison with infinity proves nothing and is NaN."""
    gaps = [v for v in (this, that) if isinstance(v, Gap)]
    if gaps:
        return decisive(gaps)
    assert isinstance(this, float) and isinstance(that, float)
    if not (math.isfinite(this) and math.isfinite(that)):
        return math.nan
    return this - that if better == "higher" else that - this


def decisive(gaps: Sequence[Gap]) -> Gap:
    """Return the gap that decides where several values are needed: a fault of the harness before others."""
    order = (Status.HARNESS_ERROR, Status.STUDENT_ERROR, Status.NOT_RUN)
    return min(gaps, key=lambda g: (order.index(g.status), not g.counts))


def _gap(fault: Fault) -> Gap:
    if fault.owner == "student":
        return Gap(Status.STUDENT_ERROR, counts=True, reason=sentence(fault.message))
    return Gap(Status.HARNESS_ERROR, counts=False, reason=sentence(fault.message))
