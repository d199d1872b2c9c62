"""Criteria that earn nothing: nothing was learnt, a switch reaches nothing, or sizes differ; with the findings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.grading.goal import variants_of
from harness.grading.learning import Runs, Start, by_itself, majority, not_trained, starts
from harness.grading.rubric_model import Criterion, Rubric
from harness.grading.seeds import runs_of
from harness.grading.sizes import unlike
from harness.grading.switches import ignored
from harness.grading.words import inside
from harness.records.models import Finding, Measurement
from harness.task import BUDGETS, OVERALL, Task


@dataclass(frozen=True)
class Unearned:
    """What is told of each variant, and the sentence for each criterion, by id, that earns nothing for it."""

    findings: Mapping[str, Finding] = field(default_factory=dict)
    criteria: Mapping[str, str] = field(default_factory=dict)


def unearned(rubric: Rubric, task: Task, profile: str, measurements: Sequence[Measurement]) -> Unearned:
    """Return what is certain about one submission, from its measurements in one task under one profile.

    Levels judge a variant; where it has none, comparisons with an answer that the harness computes do. A variant that
    is judged so, or that ignores a switch, loses every criterion that asks for learning and has it as a side. A
    comparison alone whose measure was there before training loses itself, and so does one whose networks differ in size
    by more than the rubric allows.
    """
    mine = [m for m in measurements if (m.task, m.version, m.profile) == (task.name, task.version, profile)]
    runs = runs_of(mine)
    asking = [c for c in rubric.criteria if asks_for_learning(c) and profile in c.profiles]
    there = {c.id: s for c in asking if (s := majority(starts(c, task, profile, runs)))}
    findings = {**_judged(asking, there), **ignored(task, mine), **_by_themselves(task, runs)}
    told = {c.id: said for c in asking if (said := _said(c, task, findings, there.get(c.id)))}
    apart = {c.id: said for c in rubric.criteria if profile in c.profiles and (said := unlike(c, runs))}
    return Unearned(findings, {**apart, **told})


def asks_for_learning(criterion: Criterion) -> bool:
    """Say whether the points are for what training made: neither a formula, nor a budget, nor for a person to give."""
    name = criterion.measure.partition(".")[2]
    return criterion.learned and not criterion.manual and name not in {b.name for b in BUDGETS}


def _by_themselves(task: Task, runs: Runs) -> dict[str, Finding]:
    found = (
        (v.name, by_itself(runs.get(v.name, {}), compiles=task.compiled_by_student(v)))
        for v in task.trained()
        if v.learns
    )
    return {name: finding for name, finding in found if finding}


def _judged(asking: Sequence[Criterion], there: Mapping[str, Start]) -> dict[str, Finding]:
    levels = {c.measure.partition(".")[0] for c in asking if not c.over}
    deciding = [c for c in asking if not c.over or c.measure.partition(".")[0] not in levels]
    return {f.variant: f for c in deciding if c.id in there for f in [not_trained(there[c.id])]}


def _said(criterion: Criterion, task: Task, findings: Mapping[str, Finding], start: Start | None) -> str:
    """Return why a criterion earns nothing; empty if it may earn. A measure over variants needs all of them spoilt."""
    spoilt = list(_spoilt(criterion, task, findings))
    if spoilt:
        return f"{spoilt[0].variant} earns nothing here: {inside(spoilt[0].title)}."
    return f"This earns nothing, as it was there before training: {inside(start.evidence())}" if start else ""


def _spoilt(criterion: Criterion, task: Task, findings: Mapping[str, Finding]) -> Iterator[Finding]:
    behind = sorted(variants_of(criterion, task))
    if criterion.measure.startswith(f"{OVERALL}.") and not all(v in findings for v in behind):
        return
    yield from (findings[v] for v in behind if v in findings)
