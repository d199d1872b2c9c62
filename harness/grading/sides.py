"""Sides of a comparison that have to be good by themselves: two spoilt networks prove nothing by their difference."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from harness.grading.baselines import Baseline
from harness.grading.calibration import BAND_SDS
from harness.grading.goal import Goal
from harness.grading.reference import naive_figures
from harness.grading.rubric_model import Criterion
from harness.grading.seeds import Gap, Value, Values, decide
from harness.grading.words import inside, label, number
from harness.task import Task


@dataclass(frozen=True)
class Side:
    """What one side, named `variant.measure`, has to beat (the goal's target), and what it reached per seed."""

    name: str
    goal: Goal
    values: Sequence[Value]

    @property
    def decided(self) -> Value:
        return decide(self.values, "higher" if self.goal.higher else "lower")

    def short(self) -> bool:
        """Say whether the median of seeds does not beat it; NaN beats nothing."""
        value = self.decided
        return not isinstance(value, Gap) and not self.goal.margin(value) > 0

    def doubt(self) -> str:
        """Say why one seed does not decide whether it is beaten; nothing if it does."""
        value = self.values[0] if len(self.values) == 1 else self.decided
        if isinstance(value, Gap) or math.isnan(value):
            return ""
        margin, sd = self.goal.margin(value), self.goal.sd
        if margin <= 0:
            return f"{self.name} of {number(value)} is no better than {number(self.goal.target, 6)}"
        if sd and margin <= BAND_SDS * sd:
            return f"{self.name} of {number(value)} is only {margin / sd:.1f} sd better than {self.goal.target:.6g}"
        return ""


def sides(criterion: Criterion, task: Task, profile: str, values: Values, baseline: Baseline | None) -> list[Side]:
    """Return the sides of a comparison that have to beat its `naive`: those that the student trains to learn."""
    band = criterion.profiles.get(profile)
    if band is None or band.naive is None:
        return []
    known, learning = task.measure_names(), {v.name for v in task.trained() if v.learns}
    return [
        Side(name, Goal(band.naive, known[name].better == "higher", spread), values.level(name))
        for name in criterion.sides()
        if name.partition(".")[0] in learning
        for spread in [baseline.spread(name) if baseline else None]
    ]


def shortfall(found: Sequence[Side], task: Task, profile: str, baseline: Baseline | None) -> str:
    """Return the sentence that says which sides are no better than an answer without learning; empty if none is."""
    short = [side for side in found if side.short()]
    if not short:
        return ""
    naive, names = found[0].goal.target, " and ".join(side.name.partition(".")[0] for side in short)
    which = inside(label(task.measure_names()[found[0].name]))
    need = "both have" if len(found) > 1 else f"{found[0].name.partition('.')[0]} has"
    reached = " and ".join(number(v) for side in short if not isinstance(v := side.decided, Gap))
    answer = _answer(found, naive, task, profile, baseline)
    return (
        f"This counts for nothing, as {need} to be better than {number(naive, 6)} in {which}, what {answer} reaches;"
        f" {names} {'reaches' if len(short) == 1 else 'reach'} {reached}."
    )


def _answer(found: Sequence[Side], naive: float, task: Task, profile: str, baseline: Baseline | None) -> str:
    """Return the answer without learning whose figure lies nearest to `naive`."""
    known = [f for side in found for f in naive_figures(task, side.name, profile, baseline)]
    nearest = min(known, key=lambda f: abs(f.value - naive), default=None)
    return nearest.source if nearest else "an answer without learning"
