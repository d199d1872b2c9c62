"""From measurements to marks: pure functions, so that a changed rubric re-marks a class without training."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from harness.grading import certainty, words
from harness.grading.baselines import Baseline
from harness.grading.decisions import doubt, settled
from harness.grading.derived import all_values
from harness.grading.goal import Goal, goal_of, variants_of
from harness.grading.reference import published_values
from harness.grading.results import CriterionResult, TaskResult
from harness.grading.rubric_model import Criterion, Rubric
from harness.grading.seeds import ROUNDING, Gap, Value, Values, decide, numbers_of, values_of
from harness.grading.sides import Side, shortfall, sides
from harness.grading.unearned import Unearned, unearned
from harness.records.models import Fault, Measurement, Status
from harness.task import Task


@dataclass(frozen=True)
class Known:
    """What one submission is marked by."""

    task: Task
    profile: str
    values: Values
    baseline: Baseline | None
    unearned: Unearned
    can_ask: bool


def mark(
    rubric: Rubric,
    task: Task,
    profile_name: str,
    measurements: Sequence[Measurement],
    *,
    baseline: Baseline | None = None,
    task_fault: Fault | None = None,
    can_ask: bool = False,
) -> list[CriterionResult]:
    """Mark one submission under one profile, criterion by criterion in the rubric's order.

    Measurements of another task, version or profile are left out, as are criteria without a band for the
    profile. Per seed the measured quantity is the value of `measure`, or for a comparison its advantage over
    `over` under the same seed; the median over seeds decides (see `seeds.decide`). `task_fault` is what
    stopped the whole submission before anything was measured. `baseline` gives the reference's value beside
    the student's and how far seeds differ; of marks only those for ratios to the reference depend on it. `task` has the
    variants that the submission has: a candidate's may not be there. `can_ask` says that a criterion which one
    seed leaves in doubt may get two more (see `decisions`); then it says that it wants them.

    Points are earned along a band: points * clip((value - floor) / (target - floor), 0, 1); of a step all at the
    target. A comparison whose sides are no better than an answer without learning earns nothing (see `sides`), nor does
    what was not learnt, or compares networks of unlike sizes (see `unearned`). `earned` is None
    if a harness error, an interruption or a person's pending marks leave it open; such points count nowhere.
    Raises UsageError if the task has no such profile.
    """
    known = _known(rubric, task, profile_name, measurements, baseline, task_fault, can_ask=can_ask)
    return _marked(rubric, known)


def _known(
    rubric: Rubric,
    task: Task,
    profile_name: str,
    measurements: Sequence[Measurement],
    baseline: Baseline | None,
    task_fault: Fault | None,
    *,
    can_ask: bool,
) -> Known:
    profile = task.profile(profile_name).name
    mine = [m for m in measurements if (m.task, m.version, m.profile) == (task.name, task.version, profile)]
    values = all_values(task, mine, task_fault, baseline)
    return Known(task, profile, values, baseline, unearned(rubric, task, profile, mine), can_ask)


def _marked(rubric: Rubric, known: Known) -> list[CriterionResult]:
    results = (_mark_one(c, known) for c in rubric.criteria)
    return [r for r in results if r is not None]


def task_result(
    rubric: Rubric,
    task: Task,
    profile_name: str,
    measurements: Sequence[Measurement],
    *,
    baseline: Baseline | None = None,
    task_fault: Fault | None = None,
    can_ask: bool = False,
) -> TaskResult:
    """Mark one submission (see `mark`) and sum up.

    `possible` adds the points of the criteria that were decided automatically, `manual_points` those a person
    gives; `findings` are those that cost marks. Raises UsageError if the task has no such profile.
    """
    known = _known(rubric, task, profile_name, measurements, baseline, task_fault, can_ask=can_ask)
    criteria = _marked(rubric, known)
    decided = [c for c in criteria if c.earned is not None]
    return TaskResult(
        task=task.name,
        title=rubric.title or task.title,
        profile=profile_name,
        status=overall_status(criteria, task_fault),
        earned=math.fsum(c.earned or 0.0 for c in decided),
        possible=math.fsum(c.points for c in decided),
        manual_points=math.fsum(c.points for c in criteria if c.manual),
        fault=task_fault,
        criteria=criteria,
        measurements=list(measurements),
        findings=list(known.unearned.findings.values()),
    )


def overall_status(criteria: Sequence[CriterionResult], task_fault: Fault | None) -> Status:
    """Return the status of a task from its criteria; those a person marks do not count.

    In this order: a harness error anywhere; a student error that stopped anything; failed, if a criterion
    failed; passed, if all passed; not run, if nothing was measured or a criterion is still open.
    """
    automatic = [c for c in criteria if not c.manual]
    statuses = {c.status for c in automatic}
    owner = task_fault.owner if task_fault else ""
    if Status.HARNESS_ERROR in statuses or owner == "harness":
        return Status.HARNESS_ERROR
    charged = any(c.status is Status.NOT_RUN and c.earned is not None for c in automatic)
    if Status.STUDENT_ERROR in statuses or charged or owner == "student":
        return Status.STUDENT_ERROR
    if Status.FAILED in statuses:
        return Status.FAILED
    return Status.PASSED if statuses == {Status.PASSED} else Status.NOT_RUN


def share_of_band(value: float, target: float, floor: float) -> float:
    """Return clip((value - floor) / (target - floor), 0, 1): the share of the points earned; 0 for NaN.

    The direction follows from target and floor. A value within rounding of the target earns all.
    """
    if math.isnan(value):
        return 0.0
    if math.isclose(value, target, rel_tol=ROUNDING, abs_tol=ROUNDING):
        return 1.0
    return min(1.0, max(0.0, (value - floor) / (target - floor)))


def _mark_one(criterion: Criterion, known: Known) -> CriterionResult | None:
    """Return the result of one criterion, or None if it is not marked under this profile."""
    if criterion.manual:
        return _open(criterion).model_copy(update={"reason": words.TO_BE_MARKED})
    task, values, baseline = known.task, known.values, known.baseline
    better, goal = criterion.better, goal_of(criterion, known.profile, baseline)
    if better is None or goal is None:
        return None
    seeds = values_of(criterion, values)
    decided = decide(seeds, "higher" if criterion.over else better)
    result = _open(criterion).model_copy(
        update={
            "unit": task.measure_names()[criterion.measure].unit,
            "values": numbers_of(seeds),
            "target": goal.target,
            "naive": criterion.profiles[known.profile].naive,
            "level": criterion.level,
            "size_ratio": criterion.size_ratio,
            "learned": criterion.learned,
            "floor": None if _is_step(criterion, known.profile) else (criterion.profiles[known.profile].floor or 0.0),
            "reference": _reference(criterion, better, baseline),
            "published": published_values(task, known.profile, criterion.measure, criterion.over, better),
        }
    )
    beside = sides(criterion, task, known.profile, values, baseline)
    result = result.model_copy(update=_how_sure(criterion, known, goal, beside))
    lacking = next((v for side in beside if isinstance(v := side.decided, Gap)), None)
    if gap := decided if isinstance(decided, Gap) else lacking:
        return _without_value(criterion, result, gap)
    assert not isinstance(decided, Gap)
    return _with_value(criterion, known, result, decided, beside)


def _is_step(criterion: Criterion, profile: str) -> bool:
    return criterion.profiles[profile].step


def _how_sure(criterion: Criterion, known: Known, goal: Goal, beside: Sequence[Side]) -> dict[str, object]:
    """Return what a result says about its certainty; nothing of what has not run, or reaches a target for nothing."""
    variants = variants_of(criterion, known.task)
    if not any(known.values.of(variant) for variant in variants):
        return {}
    seeds = values_of(criterion, known.values)
    decided = decide(seeds, "higher" if goal.higher else "lower")
    if settled(criterion, known.task) and not isinstance(decided, Gap):
        return {"certainty": certainty.SETTLED}
    why = doubt(goal, seeds, known.values, variants, beside)
    if criterion.id in known.unearned.criteria and not isinstance(decided, Gap) and goal.reached(decided):
        return {}
    return _certainty(goal, seeds, decided, why, known.can_ask)


def _open(criterion: Criterion) -> CriterionResult:
    """Return the criterion as it stands before anything is known."""
    return CriterionResult(
        id=criterion.id,
        text=criterion.text,
        status=Status.NOT_RUN,
        points=criterion.points,
        earned=None,
        measure=criterion.measure,
        over=criterion.over,
        better=criterion.better or "",
        manual=criterion.manual,
        hidden=criterion.hidden,
    )


def _certainty(goal: Goal, seeds: Sequence[Value], decided: Value, why: str, can_ask: bool) -> dict[str, object]:
    """Return what a result says about its certainty; nothing where nothing is decided yet."""
    numbers = numbers_of(seeds)
    if isinstance(decided, Gap) and not decided.counts:
        return {}
    if len(numbers) > 1:
        return {"interval": certainty.interval(numbers), "certainty": certainty.on_several(goal, numbers)}
    value = None if isinstance(decided, Gap) else decided
    return {"certainty": certainty.on_one_seed(goal, value, why, can_ask), "wants_seeds": bool(why) and can_ask}


def _reference(criterion: Criterion, better: Literal["higher", "lower"], baseline: Baseline | None) -> float | None:
    """Return what the reference submission reaches, or None if its baseline does not say."""
    if baseline is None or not baseline.has(criterion.measure, criterion.over):
        return None
    return statistics.fmean(baseline.values(criterion.measure, criterion.over, better))


def _without_value(criterion: Criterion, result: CriterionResult, gap: Gap) -> CriterionResult:
    return result.model_copy(
        update={
            "status": gap.status,
            "earned": 0.0 if gap.counts else None,
            "reason": gap.reason,  # it says what to mend; advice on a better model would lead away from that
        }
    )


def _with_value(
    criterion: Criterion, known: Known, result: CriterionResult, value: float, beside: Sequence[Side]
) -> CriterionResult:
    goal, void = goal_of(criterion, known.profile, known.baseline), known.unearned.criteria.get(criterion.id, "")
    share = _share(value, goal, result.floor)
    short = shortfall(beside, known.task, known.profile, known.baseline) if share else ""
    reason = void or " ".join(filter(None, (_reason(criterion, known, result, value, share), short)))
    share = 0.0 if void or short else share
    return result.model_copy(
        update={
            "status": Status.PASSED if share == 1 else Status.FAILED,
            "earned": criterion.points if share == 1 else criterion.points * share,
            "value": value,
            "reason": reason,
            "hint": "" if share == 1 or void or short else criterion.hint,
        }
    )


def _share(value: float, goal: Goal | None, floor: float | None) -> float:
    assert goal is not None
    return float(goal.reached(value)) if floor is None else share_of_band(value, goal.target, floor)


def _reason(criterion: Criterion, known: Known, result: CriterionResult, value: float, share: float) -> str:
    measure, seeds = known.task.measure_names()[criterion.measure], len(result.values)
    assert result.target is not None
    if result.floor is None:
        return words.step_reason(criterion, measure, value, target=result.target, share=share, seeds=seeds)
    band = (result.target, result.floor)
    if criterion.over:
        return words.advantage_reason(criterion, measure, value, band=band, share=share, seeds=seeds)
    return words.level_reason(measure, value, band=band, share=share, seeds=seeds)
