"""Targets and floors proposed from a baseline, each with the sentence that says where it comes from."""

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from harness.grading import words
from harness.grading.baselines import Baseline
from harness.grading.calibration import Chances, chances, is_constant
from harness.grading.reference import naive_figures
from harness.grading.rubric_model import Band, Criterion, Rubric
from harness.records.models import Frozen
from harness.task import Task

MARGIN_SDS = 2  # the target lies this far from the reference's mean
NARROW_SDS = 2  # a band of less is a cliff rather than a slope
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_EVEN = 1e-9  # a value this close to a whole number of steps is one, whatever binary fractions make of it

NO_BASELINE = "no baseline"
ONE_SEED = "one seed only; a spread needs two"
FROZEN = "frozen, stays as written"
CONSTANT = "every seed gave the same value; stays as written"
INSEPARABLE = "the reference is no better than the floor under nine of ten seeds; stays as written"


class Proposal(Frozen):
    """A band to write into the rubric, as `Band`; `floor` is None where none is written. Numbers have their unit."""

    target: float
    floor: float | None
    origin: str
    naive: float | None = None
    step: bool = False


class Calibrated(Frozen):
    """One criterion beside its baseline.

    `mean`, `sd` (n - 1) and `n` are the reference's over seeds: of the measure, or of the advantage per seed for a
    comparison. What is None is not known, and `note` says why, or why nothing is proposed.
    """

    id: str
    measure: str
    over: str
    better: Literal["higher", "lower"]
    target: float
    floor: float | None
    frozen: bool
    n: int = 0
    mean: float | None = None
    sd: float | None = None
    chances: Chances | None = None
    proposal: Proposal | None = None
    proposal_chances: Chances | None = None
    note: str = ""


@dataclass(frozen=True)
class Reached:
    """What the reference reached, one value per seed, and which way is better."""

    values: tuple[float, ...]
    better: Literal["higher", "lower"]

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def sd(self) -> float:
        return statistics.stdev(self.values)

    @property
    def varies(self) -> bool:
        return len(self.values) > 1 and not is_constant(self.values)


@dataclass(frozen=True)
class Floor:
    """From where marks start, and what says so; the answer is empty where the rubric's own floor stays."""

    value: float | None
    answer: str = ""


def calibrate_rubric(rubric: Rubric, task: Task, profile: str, baseline: Baseline | None) -> list[Calibrated]:
    """Return every measured criterion of `profile` beside its baseline, in the rubric's order.

    The proposed target is the mean less two sd (towards worse). Where that is no better than the floor, it is what
    nine of ten seeds reached; where that is not either, nothing is proposed. The proposed floor is the best answer
    without learning that the task names for the measure (`Task.naive`), else the present one. Both are rounded to
    about a tenth of the sd in the student's favour.
    """
    return [_calibrated(c, band, task, profile, baseline) for c, band in _bands(rubric, profile)]


def _bands(rubric: Rubric, profile: str) -> Iterator[tuple[Criterion, Band]]:
    for criterion in rubric.criteria:
        if profile in criterion.profiles:
            yield criterion, criterion.profiles[profile]


def _calibrated(criterion: Criterion, band: Band, task: Task, profile: str, baseline: Baseline | None) -> Calibrated:
    assert criterion.better is not None  # a criterion with a band is measured
    row = Calibrated(
        id=criterion.id,
        measure=criterion.measure,
        over=criterion.over,
        better=criterion.better,
        target=band.target,
        floor=band.floor,
        frozen=band.frozen,
    )
    reached = reached_by(criterion, baseline)
    if reached is None:
        return row.model_copy(update={"note": NO_BASELINE})
    row = row.model_copy(update={"n": len(reached.values), "mean": reached.mean})
    if len(reached.values) < 2:
        return row.model_copy(update={"note": ONE_SEED})
    row = row.model_copy(update={"sd": reached.sd, "chances": chances(reached.values, band.target, reached.better)})
    return _with_proposal(row, reached, band, floor_of(criterion, band, task, profile, baseline))


def _with_proposal(row: Calibrated, reached: Reached, band: Band, floor: Floor) -> Calibrated:
    proposal = propose(reached, band, floor) if reached.varies and not row.frozen else None
    if proposal is None:
        note = FROZEN if row.frozen else INSEPARABLE if reached.varies else CONSTANT
        return row.model_copy(update={"note": note})
    likely = chances(reached.values, proposal.target, reached.better)
    narrow = abs(proposal.target - (proposal.floor or 0.0)) / reached.sd
    note = f"only {narrow:.1f} sd lie between floor and target" if floor.answer and narrow < NARROW_SDS else ""
    return row.model_copy(update={"proposal": proposal, "proposal_chances": likely, "note": note})


def reached_by(criterion: Criterion, baseline: Baseline | None) -> Reached | None:
    """Return what the reference reached per seed; for a comparison the advantage, where higher is better.

    None if the baseline lacks a measure of the criterion.
    """
    if baseline is None or not baseline.has(criterion.measure, criterion.over):
        return None
    better = criterion.better or "higher"
    values = tuple(baseline.values(criterion.measure, criterion.over, better))
    return Reached(values, "higher" if criterion.over else better)


def floor_of(criterion: Criterion, band: Band, task: Task, profile: str, baseline: Baseline | None) -> Floor:
    """Return the best answer without learning; the rubric's own floor for a comparison or where none is known."""
    known = [] if criterion.over else naive_figures(task, criterion.measure, profile, baseline)
    return Floor(known[-1].value, known[-1].source) if known else Floor(band.floor)


def propose(reached: Reached, band: Band, floor: Floor) -> Proposal | None:
    """Return target, floor and origin in place of `band`; None if no target would lie beyond the floor.

    `reached` must vary over seeds.
    """
    step = rounding_step(reached.sd)
    start = floor.value
    if start is not None and floor.answer:
        start = rounded_to_worse(start, step, reached.better)
    for value, rule in _candidates(reached):
        target = rounded_to_worse(value, step, reached.better)
        if target > (start or 0.0) if reached.better == "higher" else target < (start or 0.0):
            return Proposal(target=target, floor=start, origin=_origin(reached, rule, step, band, floor))
    return None


def _candidates(reached: Reached) -> Iterator[tuple[float, str]]:
    """Yield thresholds and the rule behind each: the safer one first."""
    up = reached.better == "higher"
    yield reached.mean + (-MARGIN_SDS if up else MARGIN_SDS) * reached.sd, f"mean {'−' if up else '+'} {MARGIN_SDS} sd"
    worst_first = sorted(reached.values, reverse=not up)
    missed = len(worst_first) // 10
    count = f"{spelled(len(worst_first) - missed)} of {spelled(len(worst_first))}"
    yield worst_first[missed], f"reached by {count}, as mean − {MARGIN_SDS} sd is no better than the floor"


def rounding_step(sd: float) -> Decimal:
    """Return the number nearest a tenth of `sd` (> 0) among 1, 2 and 5 times a power of ten, as a ratio."""
    wanted = math.log10(sd / 10)
    power = math.floor(wanted)
    steps = [Decimal(m).scaleb(power) for m in (1, 2, 5, 10)]
    return min(steps, key=lambda s: abs(math.log10(s) - wanted))


def rounded_to_worse(value: float, step: Decimal, better: Literal["higher", "lower"]) -> float:
    """Round to a multiple of `step` on the side that asks less of a student."""
    steps = Decimal(value) / step
    nearest = steps.to_integral_value()
    if abs(steps - nearest) > Decimal(_EVEN):
        nearest = steps.to_integral_value(ROUND_FLOOR if better == "higher" else ROUND_CEILING)
    return float(nearest * step)


def _origin(reached: Reached, rule: str, step: Decimal, band: Band, floor: Floor) -> str:
    """Return the sentence beside the numbers; what the present one says about anything else stays in it."""
    decimals = max(0, -int(step.normalize().as_tuple().exponent))
    seeds = spelled(len(reached.values))
    parts = [f"reference {reached.mean:.{decimals}f}, sd {words.number(reached.sd, 2)}, {seeds} seeds: {rule}"]
    replaced = ["reference", "the reference"]
    if floor.answer and floor.value is not None:
        parts.append(f"floor: {floor.answer}, {words.number(floor.value, 4)}")
        replaced += ["floor:", floor.answer.split()[0].strip(",").lower()]
    kept = [part.strip() for part in band.origin.split(";")]
    return "; ".join([*parts, *(k for k in kept if k and not k.lower().startswith(tuple(replaced)))])


def spelled(n: int) -> str:
    """Return a small number as a word."""
    return _COUNTS[n] if n < len(_COUNTS) else str(n)
