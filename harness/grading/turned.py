"""Whose result is another one under another marking: passed or not, and the grade."""

from harness.grading.results import ClassResult
from harness.records.models import Frozen


class Turned(Frozen):
    """One student who passed, did not or was open before, and what is said now; None is open, an empty grade none."""

    student: str
    slug: str
    passed_before: bool | None
    passed: bool | None
    grade_before: str
    grade: str


def turned(before: ClassResult, after: ClassResult) -> list[Turned]:
    """Return the students whose result or grade differs, in the order of `after`; both hold the same students."""
    old = {s.slug: s for s in before.students}
    pairs = [(old[s.slug], s) for s in after.students]
    return [
        Turned(
            student=now.name,
            slug=now.slug,
            passed_before=was.passed,
            passed=now.passed,
            grade_before=was.grade,
            grade=now.grade,
        )
        for was, now in pairs
        if (was.passed, was.grade) != (now.passed, now.grade)
    ]
