"""What each side of a comparison has to beat, from the answers without learning that a task measures or names."""

from dataclasses import dataclass
from typing import Final

from harness.grading.baselines import Baseline
from harness.grading.proposal import Reached, rounded_to_better, rounding_step, tolerance_factor
from harness.grading.reference import naive_figures
from harness.grading.rubric_model import Criterion
from harness.grading.words import number
from harness.task import Task

SAME: Final = 0.01  # relative: as a figure is written down, rounded


@dataclass(frozen=True)
class Naive:
    """The value to beat and the answer that reaches it; `note` says why there is none although answers are known."""

    value: float | None = None
    answer: str = ""
    note: str = ""


def naive_of(criterion: Criterion, task: Task, profile: str, baseline: Baseline) -> Naive:
    """Return the weaker of the best answers beside the sides that the student trains to learn; none of a level.

    It is one number for both sides, and a side with a longer code has a better answer beside it. None where the
    reference itself is not clearly better on both sides: by as many sd as a target lies from the mean.
    """
    learning = {v.name for v in task.trained() if v.learns}
    names = [n for n in criterion.sides() if n.partition(".")[0] in learning and baseline.has(n)]
    if _is_compared(criterion, task, profile, baseline):
        return Naive()
    best = [(f.value, f.source) for n in names for f in naive_figures(task, n, profile, baseline)[-1:]]
    if not best:
        return Naive()
    better = task.measure_names()[names[0]].better
    value, answer = min(best) if better == "higher" else max(best)
    sides = [Reached(tuple(baseline.values(n)), better) for n in names]
    spread = [side.sd for side in sides if side.varies]
    value = rounded_to_better(value, rounding_step(min(spread)), better) if spread else value
    short = [n for n, side in zip(names, sides, strict=True) if not _clearly_beats(side, value)]
    if short:
        said = f"{' and '.join(short)} of the reference {'is' if len(short) == 1 else 'are'} not clearly better"
        return Naive(note=f"{said} than {answer}, {number(value, 4)}, so that neither side has to be")
    return Naive(value, answer)


def _is_compared(criterion: Criterion, task: Task, profile: str, baseline: Baseline) -> bool:
    """Say whether the best answer is what the criterion compares with: then any advantage beats it."""
    given = {v.name for v in task.variants if v.given}
    known = naive_figures(task, criterion.sides()[0], profile, baseline)[-1:] if criterion.over else []
    if not known or criterion.over.partition(".")[0] not in given or not baseline.has(criterion.sides()[1]):
        return False
    compared = Reached(tuple(baseline.values(criterion.sides()[1])), task.measure_names()[criterion.sides()[0]].better)
    return compared.sign * (known[0].value - compared.mean) <= SAME * abs(compared.mean)


def _clearly_beats(side: Reached, value: float) -> bool:
    if not side.varies:
        return side.sign * (side.mean - value) > 0
    return side.beyond(value) >= tolerance_factor(len(side.values))
