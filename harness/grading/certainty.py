"""How sure the outcome of a criterion is: an interval over seeds, and a sentence for the card."""

import math
import statistics
from collections.abc import Sequence
from functools import cache

from harness.grading.goal import Goal
from harness.grading.words import beside, number

COVERAGE = 0.95
FAR_SDS = 10  # short of the target: further than a submission that varies a few times more than the reference
SETTLED = "Decided on one seed: it follows from what was chosen, and another seed would say the same."
Interval = tuple[float, float]


def interval(values: Sequence[float]) -> Interval | None:
    """Return the 95 % confidence interval of the mean over seeds, in the unit of `values`.

    Student's t interval, mean ± t(0.975, n - 1) s / sqrt(n) ("Student", The probable error of a mean, Biometrika 6
    (1908)). At three seeds it covers the mean in 95 % of cases where a bootstrap does in 73 %. None for fewer than
    two values, and where one is not finite or they are too large for a sum of squares.
    """
    n = len(values)
    if n < 2 or not all(map(math.isfinite, values)):
        return None
    try:
        mean, half = statistics.fmean(values), quantile(n - 1) * statistics.stdev(values) / math.sqrt(n)
    except OverflowError:
        return None
    return (mean - half, mean + half) if math.isfinite(mean) and math.isfinite(half) else None


@cache
def quantile(degrees: int) -> float:
    """Return the 97.5 % quantile of Student's t, as `scipy.stats.t.ppf` does, which takes longer to import."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, (1 + COVERAGE) / 2))


def on_one_seed(goal: Goal, value: float | None, doubt: str, can_ask: bool) -> str:
    """Say how sure an outcome on one seed is: `doubt` is why it is not, `value` None if a fault left none.

    `can_ask` says whether two more seeds would be run; otherwise the course asked for a fixed number.
    """
    if doubt and not can_ask and value is not None and goal.sd and -goal.margin(value) > FAR_SDS * goal.sd:
        return f"Hardly in doubt on one seed: {doubt}."
    if doubt:
        wish = "two more seeds are wanted" if can_ask else "another seed might decide otherwise"
        return f"Not sure on one seed: {doubt}; {wish}."
    if value is None:
        return "Decided on one seed: what stopped it would stop it under another."
    said, target = beside(value, goal.target)
    if goal.sd is None:
        return f"Decided on one seed: {said} reaches the target {target}; no baseline says how far seeds differ."
    sds = number(abs(goal.margin(value)) / goal.sd, 2)
    return f"Decided on one seed: {said} is {sds} sd {goal.side(True)} the target {target}."


def on_several(goal: Goal, values: Sequence[float]) -> str:
    """Say how sure a median is: how many seeds reach the target, and where the interval lies. NaN is the worst."""
    n, reach = len(values), sum(goal.reached(v) for v in values)
    said = f"Median of {'three' if n == 3 else n} seeds: {'all' if reach == n else reach or 'none'}"
    said += f" of them {'reaches' if reach <= 1 and reach != n else 'reach'} the target"
    if gone := sum(map(math.isnan, values)):
        return f"{said}; {gone} ended without a value, which counts as the worst."
    return f"{said}{_place(goal, interval(values))}."


def _place(goal: Goal, found: Interval | None) -> str:
    if found is None:
        return ""
    low, high = found
    if low <= goal.target <= high:
        where = "holds the target, so that other seeds might decide otherwise"
    else:
        where = f"lies {'above' if low > goal.target else 'below'} it"
    return f", and the 95 % interval of the mean, {number(low)} to {number(high)}, {where}"
