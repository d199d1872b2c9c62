"""How often a whole rubric takes points from a student as good as the reference, and full marks for weak work.

A simulation from the reference's values per seed (`redrawn`). Every target and band follows a new reference as far from
its mean, in its sd, as the rubric's lie from the baseline's. Then a student's three seeds are marked as `decisions` and
`marks` do: one seed, and the median of three where a criterion is in doubt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import Field

from harness.grading.baselines import Baseline
from harness.grading.calibration import BAND_SDS, SEED
from harness.grading.redrawn import Draws, Floats, Graded, graded
from harness.grading.rubric_model import Rubric
from harness.records.models import Frozen
from harness.task import Task

WEAK_SDS: Final = 2.0  # below the target, in sd of the reference
NOTHING: Final = 1e-9  # points; a loss below that is rounding
FAIR: Final = 0.02  # of equally good students may lose a point or more in a rubric
WEAK: Final = 0.05  # of work WEAK_SDS below a target may earn its full points


class Lost(Frozen):
    """Shares in [0, 1] of equally good students that lose anything, one point or more, five points or more."""

    anything: float
    one_point: float
    five_points: float


class Fairness(Frozen):
    """What a rubric does to students as good as the reference.

    `weak_passes` is the largest share, over criteria, of students two sd below its target who earn its full points, and
    `weakest` that criterion. `blame` has for each criterion by id the points that it takes on average from those who
    lose a point or more in the rubric, as a share of all that these lose. `losses` are the points lost in each draw;
    `unknown` are criteria without values.
    """

    lost: Lost
    weak_passes: float
    weakest: str
    blame: dict[str, float]
    unknown: list[str]
    losses: list[float] = Field(exclude=True, repr=False)

    @property
    def is_fair(self) -> bool:
        return self.lost.one_point <= FAIR and self.weak_passes <= WEAK


@dataclass(frozen=True)
class Simulation:
    """What a baseline says of a task, drawn once; rubrics of the same criteria and other bands are held against it."""

    task: Task
    profile: str
    baseline: Baseline
    draws: Draws

    @classmethod
    def of(cls, rubric: Rubric, task: Task, profile: str, baseline: Baseline) -> "Simulation | None":
        """Return None where no criterion has the values of two seeds."""
        found = list(graded(rubric, task, profile, baseline))
        if not found or len(baseline.seeds) < 2:
            return None
        return cls(task, profile, baseline, Draws.of(found))

    def fairness(self, rubric: Rubric) -> Fairness:
        found = list(graded(rubric, self.task, self.profile, self.baseline))
        taken = points_lost(self.draws, found)
        losses = taken.sum(axis=1)
        weak = weak_passes(self.draws)
        worst, known = int(np.argmax(weak)), {g.criterion.id for g in found}
        hit = taken[losses >= 1 - NOTHING].sum(axis=0)
        blame = hit / hit.sum() if hit.any() else hit
        return Fairness(
            lost=lost(losses),
            weak_passes=float(weak[worst]),
            weakest=found[worst].criterion.id,
            blame={g.criterion.id: float(share) for g, share in zip(found, blame, strict=True)},
            unknown=[c.id for c in rubric.criteria if self.profile in c.profiles and c.id not in known],
            losses=losses.tolist(),
        )


def fairness(rubric: Rubric, task: Task, profile: str, baseline: Baseline) -> Fairness | None:
    """Return how fair a rubric is; None where no criterion has the values of two seeds."""
    simulation = Simulation.of(rubric, task, profile, baseline)
    return simulation.fairness(rubric) if simulation else None


def lost(losses: Floats) -> Lost:
    """Return the shares of draws that lose so much."""
    return Lost(
        anything=float(np.mean(losses > NOTHING)),
        one_point=float(np.mean(losses >= 1 - NOTHING)),
        five_points=float(np.mean(losses >= 5 - NOTHING)),
    )


def of_course(found: Sequence[Fairness]) -> Lost:
    """Return the shares for all rubrics together, one as independent of another as trainings are."""
    rng = np.random.default_rng(SEED)
    return lost(np.sum([rng.permutation(f.losses) for f in found], axis=0))


def points_lost(draws: Draws, found: Sequence[Graded]) -> Floats:
    """Return the points that an equally good student loses in each draw and criterion, (draws, k)."""
    targets, widths = _follow(draws, found)
    first, median = draws.students[:, 0], np.median(draws.students, axis=1)
    doubt = (first < targets) | (first <= targets + BAND_SDS * draws.sds) & (draws.sds > 0)
    again = {v: doubt[:, [v in g.variants for g in found]].any(axis=1) for g in found for v in g.variants}
    taken = np.zeros_like(first)
    for i, g in enumerate(found):
        both = np.logical_and.reduce([again[v] for v in sorted(g.variants)] or [np.zeros(len(first), np.bool_)])
        short = targets[:, i] - np.where(both, median[:, i], first[:, i])
        step = g.target == g.floor
        share = (short > NOTHING) if step else np.clip(short / widths[:, i], 0, 1)
        taken[:, i] = g.criterion.points * share
    return taken


def _follow(draws: Draws, found: Sequence[Graded]) -> tuple[Floats, Floats]:
    """Return targets and widths in sd of the values; what does not vary keeps those of the rubric."""
    scale = np.array([g.sd for g in found])
    margins = (np.array([g.target for g in found]) - np.array([g.values.mean() for g in found])) / scale
    widths = np.array([g.target - g.floor for g in found]) / scale
    sds = np.where([g.still for g in found], 1.0, draws.sds)
    return draws.means + margins * sds, widths * sds


def weak_passes(draws: Draws) -> Floats:
    """Return for each criterion how often work two sd below its target reaches it all the same, (k,)."""
    first, median = draws.students[:, 0] - WEAK_SDS, np.median(draws.students, axis=1) - WEAK_SDS
    return np.asarray(np.mean(((first > BAND_SDS) | (median >= 0)) & (draws.sds > 0), axis=0))
