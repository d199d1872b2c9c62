"""How often a whole rubric takes points from a student as good as the reference, and full marks for weak work.

A simulation from the reference's values per seed. Each draw makes a new reference of as many seeds, from which every
target and band follows as far from its mean, in its sd, as the rubric's lie from the baseline's: ten seeds leave mean
and sd that open. Then three seeds of a student, marked as `decisions` and `marks` do: one seed, and the median of three
where a criterion is in doubt. Seeds are drawn as whole rows, since a bad seed of a variant is one in every criterion
that rests on it: a smoothed bootstrap (see `calibration.redraw`) whose kernel has the correlations of the values.

With the sampling error of test data, student and target have met different examples: each criterion is moved by a
normal error, the same under all seeds and independent of other criteria, which rather overstates what is lost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from harness.grading.baselines import Baseline
from harness.grading.calibration import BAND_SDS, SEED, SEEDS, is_constant
from harness.grading.goal import variants_of
from harness.grading.rubric_model import Criterion, Rubric
from harness.records.models import Frozen
from harness.task import Task

Floats = NDArray[np.float64]

DRAWS: Final = 20_000  # a share of 2 % is then known to 0.1 %
WEAK_SDS: Final = 2.0  # below the target, in sd of the reference
NOTHING: Final = 1e-9  # points; a loss below that is rounding


class Lost(Frozen):
    """Shares in [0, 1] of equally good students that lose anything, one point or more, five points or more."""

    anything: float
    one_point: float
    five_points: float


class Fairness(Frozen):
    """What a rubric does to students as good as the reference, by seeds alone and with `other_data`.

    `weak_passes` is the largest share, over criteria, of students two sd below its target who earn its full points, and
    `weakest` that criterion. `losses` are the points lost in each draw; `unknown` are criteria without values.
    """

    lost: Lost
    weak_passes: float
    weakest: str
    unknown: list[str]
    losses: list[float] = Field(exclude=True, repr=False)


@dataclass(frozen=True)
class Graded:
    """One criterion with what the reference reached, turned so that more is better: values and band in their unit."""

    criterion: Criterion
    values: Floats
    target: float
    floor: float
    error: float  # of the test data, 0 where none is stated
    variants: frozenset[str]  # that are trained

    @property
    def sd(self) -> float:
        """Return the sd (n - 1), or 1 where nothing varies: then the unit stays what it is."""
        return 1.0 if is_constant(list(self.values)) else float(self.values.std(ddof=1))


def fairness(
    rubric: Rubric, task: Task, profile: str, baseline: Baseline, *, other_data: bool = False
) -> Fairness | None:
    """Return how fair a rubric is; None where no criterion has the values of two seeds.

    With `other_data` the sampling errors that the baseline states are added.
    """
    graded = list(_graded(rubric, task, profile, baseline, other_data=other_data))
    if not graded or len(baseline.seeds) < 2:
        return None
    drawn = Drawn.of(graded, np.random.default_rng(SEED))
    losses = drawn.points_lost(graded)
    weak = drawn.weak_passes()
    worst = int(np.argmax(weak))
    known = {g.criterion.id for g in graded}
    return Fairness(
        lost=lost(losses),
        weak_passes=float(weak[worst]),
        weakest=graded[worst].criterion.id,
        unknown=[c.id for c in rubric.criteria if profile in c.profiles and c.id not in known],
        losses=losses.tolist(),
    )


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


def _graded(rubric: Rubric, task: Task, profile: str, baseline: Baseline, *, other_data: bool) -> Iterator[Graded]:
    given = {v.name for v in task.variants if v.given}
    for criterion in rubric.criteria:
        band, better = criterion.band(profile), criterion.better or "higher"
        if band is None or not baseline.has(criterion.measure, criterion.over):
            continue
        sign = 1.0 if criterion.over or better == "higher" else -1.0
        values = sign * np.array(baseline.values(criterion.measure, criterion.over, better))
        error = baseline.sampling_error(criterion.measure, criterion.over) if other_data else 0.0
        trained = frozenset(variants_of(criterion, task) - given)
        yield Graded(criterion, values, sign * band[0], sign * band[1], error, trained)


@dataclass(frozen=True)
class Drawn:
    """Students (draws, SEEDS, k) beside the targets, bands and sd (draws, k) of redrawn references, in sd of values."""

    students: Floats
    targets: Floats
    widths: Floats
    sds: Floats

    @classmethod
    def of(cls, graded: Sequence[Graded], rng: np.random.Generator) -> "Drawn":
        n = len(graded[0].values)
        scale = np.array([g.sd for g in graded])
        means = np.array([g.values.mean() for g in graded])
        rows = np.stack([(g.values - g.values.mean()) / g.sd for g in graded], axis=1)
        drawn = redraw_rows(rows, rng, DRAWS)
        still = np.array([is_constant(list(g.values)) for g in graded])
        sds = np.where(still, 1.0, drawn[:, :n].std(axis=1, ddof=1))
        margins = (np.array([g.target for g in graded]) - means) / scale
        widths = np.array([g.target - g.floor for g in graded]) / scale
        errors = np.array([g.error for g in graded]) / scale * rng.standard_normal((DRAWS, len(graded)))
        return cls(
            students=drawn[:, n:] + errors[:, np.newaxis],
            targets=drawn[:, :n].mean(axis=1) + margins * sds,
            widths=widths * sds,
            sds=np.where(still, 0.0, sds),
        )

    def points_lost(self, graded: Sequence[Graded]) -> Floats:
        """Return the points that an equally good student loses in each draw."""
        first, median = self.students[:, 0], np.median(self.students, axis=1)
        doubt = (first < self.targets) | (first <= self.targets + BAND_SDS * self.sds) & (self.sds > 0)
        again = {v: doubt[:, [v in g.variants for g in graded]].any(axis=1) for g in graded for v in g.variants}
        total = np.zeros(len(first))
        for i, g in enumerate(graded):
            both = np.logical_and.reduce([again[v] for v in sorted(g.variants)] or [np.zeros(len(first), np.bool_)])
            short = self.targets[:, i] - np.where(both, median[:, i], first[:, i])
            total += g.criterion.points * np.clip(short / self.widths[:, i], 0, 1)
        return total

    def weak_passes(self) -> Floats:
        """Return for each criterion how often work two sd below its target reaches it all the same, (k,)."""
        first, median = self.students[:, 0] - WEAK_SDS, np.median(self.students, axis=1) - WEAK_SDS
        return np.asarray(np.mean(((first > BAND_SDS) | (median >= 0)) & (self.sds > 0), axis=0))


def redraw_rows(rows: Floats, rng: np.random.Generator, draws: int) -> Floats:
    """Draw a reference (n rows) and SEEDS rows of a student, (draws, n + SEEDS, k), from standardised rows (n, k).

    Each is a row drawn with replacement plus a normal one with the correlations of the rows, of Silverman's bandwidth
    0.9 n^(-1/5), shrunk so that each column keeps its variance.
    """
    n = len(rows)
    width = 0.9 / n**0.2
    picked = rows[rng.integers(0, n, (draws, n + SEEDS))]
    kernel = rng.standard_normal((draws, n + SEEDS, n)) @ rows / np.sqrt(n - 1)
    return np.asarray((picked + width * kernel) / np.sqrt((n - 1) / n + width**2))
