"""Target, floor and what sides have to beat, proposed from a baseline, each with where it comes from.

The target is the mean of the reference, some sd towards worse (`tolerance_factor`) and less what processors may differ.
A level's floor is the best answer without learning. A slope is at least NARROW_SDS wide, so the target is moved up
where it would lie nearer to the floor; less than LEAST_SDS from the mean it is a step instead, and says so. Where the
reference lies less than STEP_SDS beyond where a step can be, nothing would be fair, and nothing is proposed.
"""

import math
import statistics
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache
from typing import Final

from harness.grading import words
from harness.grading.baselines import Baseline
from harness.grading.calibration import is_constant
from harness.grading.reference import naive_figures
from harness.grading.rubric_model import Band, Criterion
from harness.records.models import Frozen
from harness.task import Better, Task

CONTENT: Final = 0.95  # of the values that the reference reaches lie beyond the target,
CONFIDENCE: Final = 0.95  # in so many of the baselines that could have been measured
NARROW_SDS: Final = 2.0  # a band of less is a cliff rather than a slope
LEAST_SDS: Final = 2.0  # of the reference beyond a target that cannot be lower: the median misses it in 0.2 % of cases
STEP_SDS: Final = 1.5  # of the reference beyond a step: then the median of three misses it in 1.3 % of cases
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_EVEN = 1e-9  # a value this close to a whole number of steps is one, whatever binary fractions make of it


class Proposal(Frozen):
    """A band to write into the rubric, as `Band`; what is None is not written. Numbers have the measure's unit."""

    target: float
    floor: float | None
    origin: str
    naive: float | None = None
    step: bool = False


@dataclass(frozen=True)
class Reached:
    """What the reference reached, one value per seed, and which way is better."""

    values: tuple[float, ...]
    better: Better

    @property
    def sign(self) -> float:
        return 1.0 if self.better == "higher" else -1.0

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def sd(self) -> float:
        return statistics.stdev(self.values)

    @property
    def varies(self) -> bool:
        return len(self.values) > 1 and not is_constant(self.values)

    def beyond(self, value: float) -> float:
        """Return by how many sd the mean is better than `value`."""
        return self.sign * (self.mean - value) / self.sd


@dataclass(frozen=True)
class Floor:
    """From where marks start, and what says so; the answer is empty where the rubric's own floor stays.

    Without a value, a comparison (`over`) starts at 0, and of a level that is a step nobody knows.
    """

    value: float | None
    answer: str = ""
    over: bool = False

    def begin(self, step: Decimal, better: Better) -> float | None:
        """Return where marks start, rounded so that the answer itself earns nothing."""
        if self.value is None:
            return 0.0 if self.over else None
        return rounded_to_better(self.value, step, better) if self.answer else self.value


@dataclass(frozen=True)
class Margin:
    """How far a target lies from the mean: so many sd, and the `allowance` for processors, in the measure's unit.

    It asks for no more than `by_hand`, where somebody chose a number.
    """

    sds: float
    allowance: float = 0.0
    by_hand: float | None = None

    @classmethod
    def of(cls, criterion: Criterion, band: Band, baseline: Baseline, sds: float) -> "Margin":
        """Take the allowance from what the criterion says, as a share of the measure's mean."""
        mean = statistics.fmean(baseline.values(criterion.measure))
        return cls(sds, criterion.processors * abs(mean), band.target if band.frozen else None)

    def target(self, reached: Reached, step: Decimal) -> tuple[float, str]:
        """Return the target, rounded in the student's favour, and the rule behind it."""
        wanted = reached.mean - reached.sign * (self.sds * reached.sd + self.allowance)
        target = rounded_to_worse(wanted, step, reached.better)
        if self.by_hand is not None and reached.sign * (self.by_hand - target) <= 0:
            return self.by_hand, "target by hand"
        return target, _rule(reached, self)


@cache
def tolerance_factor(n: int) -> float:
    """Return how many sd (n - 1) from the mean of n normal values the one-sided tolerance limit lies.

    With probability CONFIDENCE, at least CONTENT of the distribution lies beyond it: the CONFIDENCE quantile of the
    noncentral t with n - 1 degrees of freedom and noncentrality z(CONTENT) sqrt(n), over sqrt(n). 2.911 for ten values,
    where 1.645 would do if mean and sd were known. Source: Natrella, Experimental Statistics (NBS Handbook 91, 1963),
    section 2-5.3; Hahn and Meeker, Statistical Intervals (1991), section 4.6. Raises ValueError for n < 2.
    """
    if n < 2:
        raise ValueError(f"expected at least two values, received {n}")
    from scipy.stats import nct, norm

    return float(nct.ppf(CONFIDENCE, n - 1, norm.ppf(CONTENT) * math.sqrt(n)) / math.sqrt(n))


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
    return Floor(known[-1].value, known[-1].source) if known else Floor(band.floor, over=bool(criterion.over))


def propose(reached: Reached, band: Band, floor: Floor, margin: Margin) -> Proposal | None:
    """Return target, floor and origin in place of `band`; None if none would be fair.

    `reached` must vary over seeds. Targets are rounded to about a tenth of the sd in the student's favour, and the
    floor of an answer without learning so that this answer earns nothing. A step stays one.
    """
    step = rounding_step(reached.sd)
    begin = floor.begin(step, reached.better)
    target, rule = margin.target(reached, step)
    beyond = math.inf if begin is None else reached.sign * (target - begin)
    if not band.step and beyond >= NARROW_SDS * reached.sd:
        kept = None if floor.value is None else begin
        return Proposal(target=target, floor=kept, origin=_origin(reached, rule, step, band, floor))
    if begin is not None and not band.step and (near := _slope(reached, begin, step)) is not None:
        kept, rule = None if floor.value is None else begin, f"{NARROW_SDS:g} sd beyond the floor"
        return Proposal(target=near, floor=kept, origin=_origin(reached, rule, step, band, floor))
    if begin is not None and beyond <= 0:
        target, rule = next_beyond(begin, step, reached.better), "any gain"
    if reached.beyond(target) < STEP_SDS:
        return None
    return Proposal(target=target, floor=None, step=True, origin=_origin(reached, f"a step, {rule}", step, band, floor))


def _slope(reached: Reached, begin: float, step: Decimal) -> float | None:
    """Return the nearest target that leaves a slope; None where the reference lies less than LEAST_SDS beyond it."""
    target = rounded_to_better(begin + reached.sign * NARROW_SDS * reached.sd, step, reached.better)
    return target if reached.beyond(target) >= LEAST_SDS else None


def _rule(reached: Reached, margin: Margin) -> str:
    said = f"mean {'−' if reached.better == 'higher' else '+'} {words.number(margin.sds)} sd"
    return f"{said} and {words.number(margin.allowance, 2)} for processors" if margin.allowance else said


def rounding_step(sd: float) -> Decimal:
    """Return the number nearest a tenth of `sd` (> 0) among 1, 2 and 5 times a power of ten, as a ratio."""
    wanted = math.log10(sd / 10)
    power = math.floor(wanted)
    steps = [Decimal(m).scaleb(power) for m in (1, 2, 5, 10)]
    return min(steps, key=lambda s: abs(math.log10(s) - wanted))


def rounded_to_worse(value: float, step: Decimal, better: Better) -> float:
    """Round to a multiple of `step` on the side that asks less of a student."""
    return _rounded(value, step, ROUND_FLOOR if better == "higher" else ROUND_CEILING)


def rounded_to_better(value: float, step: Decimal, better: Better) -> float:
    """Round to a multiple of `step` on the side that an answer of this value does not pass."""
    return _rounded(value, step, ROUND_CEILING if better == "higher" else ROUND_FLOOR)


def next_beyond(value: float, step: Decimal, better: Better) -> float:
    """Return the multiple of `step` that is better than `value` by at least one step and less than two."""
    up = Decimal(1) if better == "higher" else Decimal(-1)
    return float(Decimal(str(rounded_to_better(value, step, better))) + up * step)


def _rounded(value: float, step: Decimal, rounding: str) -> float:
    steps = Decimal(value) / step
    nearest = steps.to_integral_value()
    if abs(steps - nearest) > Decimal(_EVEN):
        nearest = steps.to_integral_value(rounding)
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
