"""What Classroom 50 reads: `result.json`, in its schema `classroom50/result/v1`, with whole points only."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from harness.autograder.examine import Examined
from harness.errors import UsageError
from harness.export.number import round_half_up
from harness.grading.results import CriterionResult
from harness.selfcheck.checks import Ending

SCHEMA = "classroom50/result/v1"
FROM_ENVIRONMENT = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
KINDS = ("individual", "group")


def result(examined: Examined, environment: Mapping[str, str], committed: str) -> dict[str, Any]:
    """Return the content of `result.json`. `committed` is when the commit was made, in ISO 8601 with its offset.

    Only what is decided counts: criteria that a person marks are neither in the score nor in the maximum. Points are
    rounded to the nearest whole, halves up: those of each test, and the sum of what was earned. Raises UsageError where
    the runner does not say whose submission it is.
    """
    tests = list(_tests(examined))
    earned, possible = _points(examined)
    return {
        "schema": SCHEMA,
        **_identity(environment),
        "datetime": _instant(committed),
        "score": min(earned, possible),
        "max-score": possible,
        "tests": tests,
        **_pusher(environment),
    }


def _identity(environment: Mapping[str, str]) -> dict[str, str]:
    found = {key: environment.get(name, "").strip() for key, name in FROM_ENVIRONMENT.items()}
    if missing := [FROM_ENVIRONMENT[key] for key, value in found.items() if not value]:
        raise UsageError(
            f"Expected Classroom 50's runner to say {', '.join(missing)} in the environment, received nothing; run it"
            " as the autograder.py of an assignment."
        )
    kind = environment.get("ASSIGNMENT_TYPE", "").strip() or KINDS[0]
    if kind not in KINDS:
        raise UsageError(f"Expected ASSIGNMENT_TYPE to be individual or group, received {kind!r}.")
    return {**found, "assignment_type": kind}


def _pusher(environment: Mapping[str, str]) -> dict[str, Any]:
    name, number = environment.get("GITHUB_ACTOR", ""), environment.get("GITHUB_ACTOR_ID", "")
    if not name:
        return {}
    return {"submitted_by": {"username": name, **({"id": int(number)} if number.isdecimal() else {})}}


def _instant(committed: str) -> str:
    try:
        moment = datetime.fromisoformat(committed)
    except ValueError:
        raise UsageError(f"Expected the time of the commit, received {committed!r}; check the commit out.") from None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole(points: float) -> int:
    return int(round_half_up(Decimal(str(points)), whole=True))


def _points(examined: Examined) -> tuple[int, int]:
    if examined.student is None:
        checks = [check for contract in examined.contracts for check in contract.checks]
        return sum(check.ending is Ending.PASSED for check in checks), len(checks)
    decided = [c for task in examined.student.tasks for c in task.criteria if c.earned is not None]
    return _whole(sum(c.earned or 0.0 for c in decided)), _whole(sum(c.points for c in decided))


def _tests(examined: Examined) -> Iterator[dict[str, Any]]:
    for contract in examined.contracts if examined.student is None else ():
        for check in contract.checks:
            passed = check.ending is Ending.PASSED
            yield _test(check.text, (int(passed), 1), check.words, passed=passed)
    for task in examined.student.tasks if examined.student else ():
        yield from (_of_criterion(task.task, c) for c in task.criteria if c.earned is not None)
    if examined.refused:
        yield _test("what was handed in", (0, 0), examined.refused, passed=False)


def _of_criterion(task: str, criterion: CriterionResult) -> dict[str, Any]:
    earned, of = criterion.earned or 0.0, _whole(criterion.points)
    passed = earned >= criterion.points
    return _test(f"{task}: {criterion.id}", (min(_whole(earned), of), of), criterion.reason, passed=passed)


def _test(name: str, points: tuple[int, int], message: str, *, passed: bool) -> dict[str, Any]:
    return {"test-name": name, "passed": passed, "score": points[0], "max-score": points[1], "message": message}
