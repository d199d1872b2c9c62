"""From submissions to people: the rules of a class applied to each of them, and who is behind a group. Pure functions.

Marks by hand are about a submission, so a group is decided on once; what that comes to for each member is made here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.grading.passing import judged
from harness.grading.results import ClassResult, StudentResult
from harness.grading.scale import GradingScale
from harness.grading.terms import Member


@dataclass(frozen=True)
class Rules:
    """What the rules of a class come to: who is behind each submission, by its slug, and under which terms.

    `missing` are on the class list and handed nothing in. `remarks` say what was not understood. Without rules `given`
    is False, and nothing is changed.
    """

    people: Mapping[str, Sequence[Member]] = field(default_factory=dict)
    missing: Sequence[Member] = ()
    remarks: Sequence[str] = ()
    given: bool = False


NO_RULES = Rules()


def under_rules(student: StudentResult, rules: Rules, scale: GradingScale) -> StudentResult:
    """Return a submission's result under the rules: of one person with their terms, of a group with its members."""
    members = rules.people.get(student.slug, ())
    if not members:
        return student
    if len(members) > 1 or members[0].slug != student.slug:
        return student.model_copy(update={"members": list(members)})
    return as_member(student, members[0], scale)


def as_member(student: StudentResult, member: Member, scale: GradingScale) -> StudentResult:
    """Return what a submission comes to for one of those behind it, judged by that."""
    tasks = [t.model_copy(update={"terms": member.terms.get(t.task)}) for t in student.tasks]
    group = "" if member.slug == student.slug else student.name
    changes = {"name": member.name, "slug": member.slug, "ids": member.ids, "absent": member.absent, "group": group}
    return judged(student.model_copy(update={**changes, "tasks": tasks, "members": []}), scale)


def people(result: ClassResult, *, missing: bool = True) -> list[StudentResult]:
    """Return everybody of a class with what they get in the end, each member of a group apart, in order of their names.

    `missing`: those who handed nothing in as well. The mark in a task is `TaskResult.mark`, of `possible` points.
    """
    found = [person for student in result.students for person in behind(student, result.scale)]
    every = [*found, *(result.missing if missing else ())]
    return sorted(every, key=lambda s: (s.name.casefold(), s.slug)) if result.ruled else every


def behind(student: StudentResult, scale: GradingScale) -> Iterator[StudentResult]:
    """Yield the results of whoever is behind a submission: itself, or each member of the group."""
    if not student.members:
        yield student
    for member in student.members:
        yield as_member(student, member, scale)


def without_submission(member: Member, scale: GradingScale) -> StudentResult:
    """Return the result of somebody on the class list who handed nothing in."""
    nothing = StudentResult.model_validate(
        {
            "name": member.name,
            "slug": "",
            "source": "",
            "fault": None,
            "tasks": [],
            "judgement": {"status": "not run", "passed": None},
        }
    )
    return judged(nothing.model_copy(update={"ids": member.ids, "absent": member.absent}), scale)
