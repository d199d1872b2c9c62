"""What a self-check says, as plain lines for terminal, pytest and notebooks. Hidden criteria are only counted.

Phrases become plain text here: pytest-xdist sends them between processes and knows no other kind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.grading.results import CriterionResult, StudentResult, TaskResult
from harness.grading.scale import GradingScale
from harness.records.models import Status
from harness.report.card_page.card import ClassFacts, TaskView, card_view
from harness.report.card_page.criteria import CriterionView
from harness.report.card_page.findings import together
from harness.report.card_page.verdict import passing_text
from harness.report.words.marks import Outcome, result_outcome, student_without_hidden, without_hidden
from harness.report.words.text import clean, count, sentence
from harness.selfcheck.checks import Check, Contract, Ending

SYMBOLS = {Ending.PASSED: "✓", Ending.FAILED: "✗", Ending.SKIPPED: "–", Ending.ERROR: "⚠"}


@dataclass(frozen=True)
class Told:
    """One visible criterion in words; `lines` are (label, text), from what was measured to the next step.

    What is `undecided` has not run and costs nothing.
    """

    id: str
    text: str
    status: Status
    outcome: Outcome
    points: str
    reason: str
    lines: list[tuple[str, str]]
    undecided: bool = False


@dataclass(frozen=True)
class TaskTold:
    """One task in words. `fault` is why nothing could be measured at all, `hidden` the sentence on hidden criteria."""

    task: str
    title: str
    mark: str
    verdict: str
    fault: str
    hidden: str
    criteria: list[Told]


def told(student: StudentResult) -> list[TaskTold]:
    """Return the tasks of a student without what is hidden."""
    view = card_view(student, revealed=False, figures={}, facts=ClassFacts(""))
    return [_task(task, seen) for task, seen in zip(student.tasks, view.tasks, strict=True)]


def _task(task: TaskResult, view: TaskView) -> TaskTold:
    seen = without_hidden(task)
    criteria = [_criterion(c, v, seen) for c, v in zip(seen.criteria, view.criteria, strict=True)]
    mark, verdict, fault, hidden = (str(text) for text in (view.mark.text, view.verdict, view.fault, view.hidden))
    return TaskTold(task.task, view.title, mark, verdict, fault, hidden, criteria)


def _criterion(criterion: CriterionResult, view: CriterionView, task: TaskResult) -> Told:
    facts = [(fact.term.lower(), str(clean(fact.value))) for fact in view.facts]
    seeds = [("seeds", _seeds(criterion))] if criterion.values else []
    missed = criterion.status in (Status.FAILED, Status.STUDENT_ERROR)
    mistakes = [("likely mistake", m) for m in _mistakes(criterion, task)] if missed else []
    steps = [("next step", s) for s in _next_steps(criterion, view, task)] if missed else []
    return Told(
        id=criterion.id,
        text=clean(view.text),
        status=criterion.status,
        outcome=view.outcome,
        points=str(view.points),
        reason=str(clean(view.reason)),
        lines=[*facts, *seeds, *mistakes, *steps],
        undecided=criterion.earned is None,
    )


def _seeds(criterion: CriterionResult) -> str:
    return f"trained under {count(len(criterion.values), 'seed')}" + (
        "; the median counts" * (len(criterion.values) > 1)
    )


def _variants(criterion: CriterionResult) -> set[str]:
    return {name.partition(".")[0] for name in (criterion.measure, criterion.over) if name}


def _mistakes(criterion: CriterionResult, task: TaskResult) -> Iterator[str]:
    for finding in together([f for f in task.findings if f.variant in _variants(criterion)]):
        yield clean(f"{finding.title} ({finding.variant}). {sentence(finding.evidence)}")


def _next_steps(criterion: CriterionResult, view: CriterionView, task: TaskResult) -> list[str]:
    advice = [f.next_step for f in task.findings if f.variant in _variants(criterion)] or [view.hint]
    return [str(clean(sentence(step))) for step in dict.fromkeys(advice) if step.strip()]


def failure(one: Told) -> list[str]:
    """Return a criterion that was not reached as lines: what was asked, how far it came, why, and what to do."""
    width = max((len(label) for label, _ in one.lines), default=0)
    rows = [f"  {label:{width}}  {text}" for label, text in one.lines]
    return [f"{one.text} ({one.points})", f"  {one.reason}", *rows]


def check_failure(check: Check) -> list[str]:
    """Return a check that did not hold as lines."""
    return [check.text, f"  {check.words}"]


def time_spent(contracts: Sequence[Contract]) -> str:
    """Say how long the checks took and where the time went; nothing for what was recorded before."""
    seconds, backend = (sum(getattr(c, part) for c in contracts) for part in ("seconds", "backend_s"))
    if not seconds:
        return "as recorded for this source"
    return f"{seconds:.1f} s, {backend:.1f} s of them waiting for the backend's import"


def result_told(student: StudentResult, scale: GradingScale) -> str:
    """Say whether the work passes as far as can be told, with which grade; points that are hidden count as open."""
    seen = student_without_hidden(student, scale)
    grade = f", grade {seen.grade}" if seen.grade else ""
    return " ".join(filter(None, (f"In all: {result_outcome(seen).word}{grade}.", str(passing_text(seen, scale)))))


def result_data(student: StudentResult, scale: GradingScale) -> dict[str, Any]:
    """Return the same as plain data; `passed` is None where open points decide it."""
    seen = student_without_hidden(student, scale)
    return {"passed": seen.passed, "grade": seen.grade, "pass_mark": scale.pass_mark}


def as_data(
    remarks: Sequence[str], contracts: Sequence[Contract], student: StudentResult | None, scale: GradingScale
) -> dict[str, Any]:
    """Return what intake remarked, contract and criteria as plain data for `--json`, without what is hidden."""
    data: dict[str, Any] = {
        "remarks": [clean(remark) for remark in remarks],
        "contract": [
            {
                "task": c.task,
                "seconds": round(c.seconds, 2),
                "backend_s": round(c.backend_s, 2),
                "checks": [{"id": k.id, "text": k.text, "ending": k.ending.value, "words": k.words} for k in c.checks],
            }
            for c in contracts
        ],
    }
    if student is None:
        return data
    return {**data, "tasks": [_task_data(student, t) for t in told(student)], "result": result_data(student, scale)}


def _task_data(student: StudentResult, task: TaskTold) -> dict[str, Any]:
    whole = next(t for t in student.tasks if t.task == task.task)
    seen = without_hidden(whole)
    results = {c.id: c for c in seen.criteria}
    return {
        "task": task.task,
        "profile": whole.profile,
        "earned": seen.earned,
        "possible": seen.possible,
        "fault": task.fault,
        "hidden": len(whole.criteria) - len(seen.criteria),
        "criteria": [_criterion_data(one, results[one.id]) for one in task.criteria],
    }


def _criterion_data(one: Told, result: CriterionResult) -> dict[str, Any]:
    finite = [value if value == value else None for value in result.values]  # noqa: PLR0124  (JSON has no NaN)
    return {
        "id": one.id,
        "text": one.text,
        "status": one.status.value,
        "points": result.points,
        "earned": result.earned,
        "measure": result.measure,
        "values": finite,
        "target": result.target,
        "reason": one.reason,
        "details": dict(one.lines),
    }
