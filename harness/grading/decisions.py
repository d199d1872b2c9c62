"""Whether one seed decides a criterion, or two more are needed, and why. Pure functions.

One seed decides where another would hardly say otherwise: a value beyond the target by more than the noise band,
which is BAND_SDS standard deviations of the reference's values over its seeds. Inside the band, and short of the
target, the median of three seeds decides. Never the best of them: that passes 40 % of the submissions that are one
standard deviation too weak, where the median passes 7 %.
"""

from collections.abc import Collection, Sequence

from harness.grading.baselines import Baseline
from harness.grading.derived import all_values
from harness.grading.goal import Goal, goal_of, variants_of
from harness.grading.rubric_model import Criterion, Rubric
from harness.grading.seeds import Gap, Value, Values, values_of
from harness.grading.sides import Side, sides
from harness.records.models import Fault, Measurement
from harness.task import OVERALL, Task


def more_seeds(
    rubric: Rubric,
    task: Task,
    profile: str,
    measurements: Sequence[Measurement],
    *,
    baseline: Baseline | None = None,
    task_fault: Fault | None = None,
) -> dict[str, str]:
    """Return the variants that one seed leaves in doubt, with the reason in a few words; none if all is clear.

    `measurements` are those under the first seed. A comparison in doubt needs both its variants again, and a measure
    over variants all of them, but not one that the harness computes itself. The result does not depend on the order of
    `measurements`.
    """
    values, found = all_values(task, measurements, task_fault, baseline), dict[str, str]()
    given = {v.name for v in task.variants if v.given}
    for criterion in rubric.criteria:
        goal = goal_of(criterion, profile, baseline)
        behind = variants_of(criterion, task)
        beside = sides(criterion, task, profile, values, baseline)
        asks = goal is not None and not settled(criterion, task)
        why = doubt(goal, values_of(criterion, values), values, behind, beside) if goal and asks else ""
        for variant in behind - given if why else ():
            found.setdefault(variant, f"{criterion.id}: {why}")
    return {v.name: found[v.name] for v in task.variants if v.name in found}


def settled(criterion: Criterion, task: Task) -> bool:
    """Say whether a criterion rests on what another seed would say again, such as how many settings were varied."""
    return any(criterion.measure == f"{OVERALL}.{m.name}" and m.settled for m in task.overall)


def doubt(
    goal: Goal, seeds: Sequence[Value], values: Values, behind: Collection[str], beside: Sequence[Side] = ()
) -> str:
    """Say in a few words why one seed does not decide a criterion; nothing if it does, or if several were run.

    `behind` are the variants that it rests on, `beside` the sides that have to beat an answer without learning.

    A fault decides at once, as code that is wrong goes wrong under every seed, and a limit would take its whole time
    twice more. Only a training that diverged may do better; but not if most of the submission's went wrong.
    What is the harness's fault, or has not been run, waits for that, not for another seed.
    """
    if len(seeds) != 1:
        return ""
    (value,) = seeds
    if not isinstance(value, Gap):
        return goal.doubt(value) or next(filter(None, (side.doubt() for side in beside)), "")
    faults = [m for v in sorted(behind) for m in values.of(v).values() if m.fault]
    by_chance = bool(faults) and all(diverged(m) for m in faults)
    return "training ended in NaN" if value.counts and by_chance and not mostly_faults(values) else ""


def diverged(measurement: Measurement) -> bool:
    """Say whether the fault is outputs of NaN, as of weights that a training spoiled.

    The curve does not tell: a training that ends in its first epoch leaves no loss there.
    """
    fault = measurement.fault
    return fault is not None and fault.kind == "output" and "NaN" in fault.message


def mostly_faults(values: Values) -> bool:
    """Say whether more than half of several trained variants have a fault: no seed is that unlucky."""
    faulty = [any(m.fault for m in values.of(v).values()) for v in values.trained()]
    return len(faulty) > 1 and 2 * sum(faulty) > len(faulty)
