"""What a criterion asks for: a target, the side of it that is good, and how far seeds differ."""

import math
from dataclasses import dataclass

from harness.grading.baselines import Baseline
from harness.grading.calibration import BAND_SDS
from harness.grading.rubric_model import Criterion
from harness.grading.seeds import ROUNDING
from harness.grading.words import beside, number
from harness.task import Task


@dataclass(frozen=True)
class Goal:
    """A target and the side of it that is good; `sd` is the reference's over its seeds, None if nobody knows."""

    target: float
    higher: bool
    sd: float | None

    def margin(self, value: float) -> float:
        """Return by how much `value` lies beyond the target; negative short of it, NaN for NaN."""
        return value - self.target if self.higher else self.target - value

    def reached(self, value: float) -> bool:
        """Say whether `value` earns full marks; within rounding of the target it does."""
        return self.margin(value) >= 0 or math.isclose(value, self.target, rel_tol=ROUNDING, abs_tol=ROUNDING)

    def side(self, beyond: bool) -> str:
        return "above" if beyond == self.higher else "below"

    def doubt(self, value: float) -> str:
        """Say why `value` does not decide on one seed; nothing if it does."""
        said, target = beside(value, self.target)
        if math.isnan(value):
            return "it ended in NaN"
        if not self.reached(value):
            far = f" by {number(-self.margin(value) / self.sd, 2)} sd of the reference" if self.sd else ""
            return f"{said} misses the target {target}{far}"
        if self.sd is None or self.margin(value) > BAND_SDS * self.sd:
            return ""
        return f"{said} is only {max(0.0, self.margin(value)) / self.sd:.1f} sd {self.side(True)} the target {target}"


def goal_of(criterion: Criterion, profile: str, baseline: Baseline | None) -> Goal | None:
    """Return what a criterion asks for under a profile; None if it is not marked there, or by a person."""
    band = None if criterion.manual else criterion.band(profile)
    if band is None:
        return None
    sd = baseline.spread(criterion.measure, criterion.over) if baseline else None
    return Goal(band[0], bool(criterion.over) or criterion.better == "higher", sd)


def variants_of(criterion: Criterion, task: Task) -> set[str]:
    """Return the variants that a criterion rests on: for a measure over variants all of those behind it."""
    return {v for name in (criterion.measure, criterion.over) if name for v in task.variants_behind(name)}
