"""Whether a class can be handed out: what is still open, and for whom."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from harness.grading.astray import astray
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.records.models import Newest, Status

NAMED = 5


@dataclass(frozen=True)
class Obstacle:
    """Why cards should not go out yet: a sentence without its full stop, and the students it is about."""

    kind: Literal["partial", "faults", "open", "names", "astray"]
    text: str
    students: tuple[StudentResult, ...] = ()

    @property
    def slugs(self) -> list[str]:
        return [s.slug for s in self.students]

    @property
    def named(self) -> str:
        """Return the text with the first few names in brackets."""
        names = ", ".join(s.name for s in self.students[:NAMED])
        more = f" and {len(self.students) - NAMED:,} more" if len(self.students) > NAMED else ""
        return f"{self.text} ({names}{more})" if names else self.text


def open_criteria(student: StudentResult) -> list[tuple[TaskResult, CriterionResult]]:
    """Return what a person has still to mark of a student."""
    return [(t, c) for t in student.tasks for c in t.criteria if c.manual and c.earned is None]


def by_hand_criteria(student: StudentResult) -> list[tuple[TaskResult, CriterionResult]]:
    """Return all that a person marks of a student, whether it is done or not."""
    return [(t, c) for t in student.tasks for c in t.criteria if c.manual]


def obstacles(result: ClassResult, marks: Newest | None = None) -> list[Obstacle]:
    """Return what speaks against handing out the cards of a class; empty if nothing does.

    Of `marks`, all that people decided, some may be about criteria or tasks that nobody has any more.
    """
    found = [] if result.complete else [Obstacle("partial", "grading is not complete")]
    if faulty := [s for s in result.students if _left_open(s)]:
        text = f"faults of the harness left marks of {_students(faulty)} open, which `harness grade` tries again"
        found.append(Obstacle("faults", text, tuple(faulty)))
    if waiting := [s for s in result.students if open_criteria(s)]:
        n = sum(len(open_criteria(s)) for s in waiting)
        what = "1 criterion" if n == 1 else f"{n:,} criteria"
        text = f"{what} of {_students(waiting)} {'is' if n == 1 else 'are'} still to be marked by hand"
        found.append(Obstacle("open", text, tuple(waiting)))
    if telling := tuple(_naming_another(result.students)):
        found.append(Obstacle("names", "a comment or reason names another student", telling))
    found += [Obstacle("astray", a.told({})) for a in astray(result, marks or {}) if a.kind != "person"]
    return found


def _left_open(student: StudentResult) -> bool:
    criteria = [c for t in student.tasks for c in t.criteria if not c.manual]
    return any(c.status is Status.HARNESS_ERROR for c in criteria)


def _naming_another(students: Iterable[StudentResult]) -> Iterator[StudentResult]:
    """Yield each student whose card holds a person's words with the full name, two words at least, of another."""
    every = list(students)
    names = {" ".join(s.name.casefold().split()): s for s in every if len(s.name.split()) > 1}
    if not names:
        return
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)")
    for student in every:
        said = " ".join(f"{c.comment} {c.override}" for t in student.tasks for c in t.criteria).casefold()
        if any(names[found].name != student.name for found in pattern.findall(" ".join(said.split()))):
            yield student


def _students(students: list[StudentResult]) -> str:
    return f"{len(students):,} {'student' if len(students) == 1 else 'students'}"
