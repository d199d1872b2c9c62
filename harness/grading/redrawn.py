"""Students as good as the reference and references anew, drawn from what the reference reached per seed.

Each draw makes a new reference of as many seeds, since ten leave mean and sd open, and the seeds of a student. Seeds
are drawn as whole rows, as a bad seed of a variant is one in every criterion that rests on it: a smoothed bootstrap
(see `calibration.redraw`) whose kernel has the correlations of the values.

A baseline draws a key with every seed, so its values differ by splits and test examples as well; the seeds of a student
share one key. What test examples alone explain of the variance is therefore drawn once for all seeds of a student: the
square of the sampling error that measures state, over the variance. A median over seeds does not make that smaller.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.grading.baselines import Baseline
from harness.grading.calibration import SEED, is_constant
from harness.grading.goal import variants_of
from harness.grading.rubric_model import Criterion, Rubric
from harness.grading.seeds import SEEDS
from harness.task import Task

Floats = NDArray[np.float64]

DRAWS: Final = 20_000  # a share of 2 % is then known to 0.1 %


@dataclass(frozen=True)
class Graded:
    """One criterion with what the reference reached, turned so that more is better; target and floor in their unit.

    The floor of a step is its target. `shared` is the part of the variance, 0..1, that all seeds of a student have in
    common; `variants` are those that are trained.
    """

    criterion: Criterion
    values: Floats
    target: float
    floor: float
    shared: float
    variants: frozenset[str]

    @property
    def still(self) -> bool:
        return is_constant(list(self.values))

    @property
    def sd(self) -> float:
        """Return the sd (n - 1), or 1 where nothing varies: then the unit stays what it is."""
        return 1.0 if self.still else float(self.values.std(ddof=1))


def graded(rubric: Rubric, task: Task, profile: str, baseline: Baseline) -> Iterator[Graded]:
    """Yield the criteria of a profile that the baseline has values of."""
    given = {v.name for v in task.variants if v.given}
    for criterion in rubric.criteria:
        band, better = criterion.band(profile), criterion.better or "higher"
        if band is None or not baseline.has(criterion.measure, criterion.over):
            continue
        sign = 1.0 if criterion.over or better == "higher" else -1.0
        values = sign * np.array(baseline.values(criterion.measure, criterion.over, better))
        trained = frozenset(variants_of(criterion, task) - given)
        shared = shared_part(baseline, criterion.measure, criterion.over)
        yield Graded(criterion, values, sign * band[0], sign * band[1], shared, trained)


def shared_part(baseline: Baseline, measure: str, over: str = "") -> float:
    """Return which part of the variance over keys, 0..1, the test examples explain; 0 where it is not known.

    Of an advantage the errors of both sides count as independent, which they are not on the same examples, so that this
    overstates it. A baseline without keys had the same examples under every seed.
    """
    spread = baseline.spread(measure, over)
    if spread is None or not baseline.provenance.key:
        return 0.0
    return min(1.0, (baseline.sampling_error(measure, over) / spread) ** 2)


@dataclass(frozen=True)
class Draws:
    """What was drawn, in sd of the values around their mean: of references the mean and the sd, (draws, k), of students
    SEEDS seeds, (draws, SEEDS, k)."""

    means: Floats
    sds: Floats
    students: Floats

    @classmethod
    def of(cls, found: Sequence[Graded]) -> "Draws":
        """Draw from the values alone, which are the same whatever bands a rubric has."""
        rows = np.stack([(g.values - g.values.mean()) / g.sd for g in found], axis=1)
        return drawn_from(tuple(map(tuple, rows.tolist())), tuple((g.shared, g.still) for g in found))


@lru_cache(maxsize=1)
def drawn_from(rows: tuple[tuple[float, ...], ...], columns: tuple[tuple[float, bool], ...]) -> Draws:
    """Return the draws from standardised rows (n, k); of each column the `shared` part and whether it is `still`."""
    n, drawn = len(rows), redraw_rows(np.array(rows), np.random.default_rng(SEED), DRAWS)
    own, common = drawn[:, n : n + SEEDS], drawn[:, n + SEEDS :]
    shared, still = (np.array(column) for column in zip(*columns, strict=True))
    return Draws(
        means=drawn[:, :n].mean(axis=1),
        sds=np.where(still, 0.0, drawn[:, :n].std(axis=1, ddof=1)),
        students=np.sqrt(1 - shared) * own + np.sqrt(shared) * common,
    )


def redraw_rows(rows: Floats, rng: np.random.Generator, draws: int) -> Floats:
    """Draw a reference (n rows), SEEDS rows of a student and one that these share, (draws, n + SEEDS + 1, k).

    Each is a row of the standardised rows (n, k) drawn with replacement, plus a normal one with their correlations, of
    Silverman's bandwidth 0.9 n^(-1/5), shrunk so that each column keeps its variance.
    """
    n = len(rows)
    width, size = 0.9 / n**0.2, (draws, n + SEEDS + 1)
    picked = rows[rng.integers(0, n, size)]
    kernel = rng.standard_normal((*size, n)) @ rows / np.sqrt(n - 1)
    return np.asarray((picked + width * kernel) / np.sqrt((n - 1) / n + width**2))
