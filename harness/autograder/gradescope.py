"""What Gradescope reads: `results.json`, as its documentation describes it."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from harness import __version__
from harness.autograder.examine import Examined
from harness.autograder.settings import Settings
from harness.grading.results import CriterionResult, StudentResult, TaskResult
from harness.selfcheck.checks import Contract, Ending
from harness.selfcheck.words import TaskTold, Told, told
from harness.task import Task

Json = dict[str, Any]
DECIMALS = 4
ENDINGS = {Ending.PASSED: "passed", Ending.FAILED: "failed"}


def results(examined: Examined, settings: Settings, tasks: Mapping[str, Task]) -> Json:
    """Return the content of `results.json`.

    Text is plain, so that nothing that student code says becomes a page. A criterion that a person marks is a test
    without a score. What could not be read at all scores 0 and says why.
    """
    page: Json = {
        "output_format": "text",
        "test_output_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {"harness": __version__, "profile": settings.profile, "backend": settings.backend},
    }
    if examined.refused:
        return {**page, "score": 0, "output": examined.refused, "tests": []}
    tests = [*_contract_tests(examined, settings)]
    if examined.student is None:
        return {**page, "output": "Checked before training only.", "tests": tests}
    tests += _criteria_tests(examined.student, settings)
    board = _leaderboard(examined.student, settings, tasks)
    scored = {} if any("score" in test for test in tests) else {"score": 0}
    return {
        **page,
        **scored,
        "output": _summary(examined.student),
        "tests": tests,
        **({"leaderboard": board} if board else {}),
    }


def _summary(student: StudentResult) -> str:
    said = [f"{one.title}: {one.mark}. {one.verdict}" for one in told(student)]
    hidden = [one.hidden for one in told(student) if one.hidden]
    practice = "These are examples for practice: the mark that counts is given on others."
    return "\n".join([*said, *hidden, practice])


def _contract_tests(examined: Examined, settings: Settings) -> Iterator[Json]:
    """Yield the checks before training: one test per task, or where nothing is trained a point for each check."""
    for i, contract in enumerate(examined.contracts, 1):
        if examined.student is None:
            yield from _scored_checks(i, contract, settings)
            continue
        failed = contract.ended(Ending.FAILED)
        yield {
            "number": f"{i}.0",
            "name": f"{contract.title}: checks before training",
            "status": "failed" if failed else "passed",
            "output": "\n".join(f"{c.text} {c.words}" for c in failed) or "All of them hold.",
            "visibility": settings.visibility,
        }


def _scored_checks(i: int, contract: Contract, settings: Settings) -> Iterator[Json]:
    for j, check in enumerate(contract.checks, 1):
        yield {
            "number": f"{i}.{j}",
            "name": check.text,
            "score": int(check.ending is Ending.PASSED),
            "max_score": 1,
            "status": ENDINGS.get(check.ending, "failed"),
            "output": check.words or "Not checked, since something before it failed.",
            "visibility": settings.visibility,
        }


def _criteria_tests(student: StudentResult, settings: Settings) -> Iterator[Json]:
    for i, (task, said) in enumerate(zip(student.tasks, told(student), strict=True), 1):
        words = {one.id: one for one in said.criteria}
        for j, criterion in enumerate(task.criteria, 1):
            test = {"number": f"{i}.{j}", "name": criterion.id, "output": _output(criterion, words, said)}
            visibility = settings.hidden if criterion.hidden else settings.visibility
            yield {**test, **_score(criterion), "visibility": visibility}


def _output(criterion: CriterionResult, words: Mapping[str, Told], said: TaskTold) -> str:
    one = words.get(criterion.id)
    if one is None:
        return "\n".join(filter(None, (criterion.text, criterion.reason, criterion.hint)))
    lines = (f"{label}: {text}" for label, text in one.lines)
    return "\n".join(filter(None, (one.text, said.fault, one.reason, *lines)))


def _score(criterion: CriterionResult) -> Json:
    """Return score and status; neither for what a person has still to mark."""
    if criterion.earned is None or not math.isfinite(criterion.earned):
        return {}
    earned = round(min(max(0.0, criterion.earned), criterion.points), DECIMALS)
    return {
        "score": earned,
        "max_score": criterion.points,
        "status": "passed" if earned >= criterion.points else "failed",
    }


def _leaderboard(student: StudentResult, settings: Settings, tasks: Mapping[str, Task]) -> list[Json]:
    """Return the values of the measures asked for; none of a measure that only a hidden criterion reads."""
    found = []
    for name in settings.leaderboard:
        for task in student.tasks:
            value = _measured(task, name)
            if value is not None and task.task in tasks:
                measure = tasks[task.task].measure_names().get(name)
                order = {"order": "asc"} if measure and measure.better == "lower" else {}
                found.append({"name": name, "value": round(value, 6), **order})
    return found


def _measured(task: TaskResult, name: str) -> float | None:
    variant, _, measure = name.partition(".")
    hidden = {n for c in task.criteria if c.hidden for n in (c.measure, c.over)}
    shown = {n for c in task.criteria if not c.hidden for n in (c.measure, c.over)}
    values = [m.measures[measure].value for m in task.measurements if m.variant == variant and measure in m.measures]
    value = sorted(values)[len(values) // 2] if values and name not in hidden - shown else math.nan
    return value if math.isfinite(value) else None
