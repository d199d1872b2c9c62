"""What the rules of a class change about a mark, as data, and the mark that comes of it: pure functions.

What was earned never changes: a mark is worked out from it each time, so that a rule can be taken back.
"""

import math
from typing import Literal

from pydantic import Field

from harness.records.models import Frozen

Unit = Literal["day", "hour"]
Basis = Literal["worth", "earned"]  # a share of the points a task is worth, or of what was earned in it
SECONDS: dict[str, int] = {"day": 86_400, "hour": 3_600}


class Late(Frozen):
    """How late something was handed in, and what that costs; `harness.grading.late` decides it.

    `seconds` after it was due, extensions counted. `free` late days of the student's budget were used on it, and
    `charged` days or hours, each begun one counting whole, cost `share` of the points each. `too_late`: it came so late
    that it earns nothing.
    """

    seconds: float
    unit: Unit = "day"
    free: int = 0
    charged: int = 0
    share: float = 0.0
    of: Basis = "worth"
    too_late: bool = False

    @property
    def taken(self) -> float:
        """Return the share of the points that is taken off, in [0, 1]."""
        return 1.0 if self.too_late else min(1.0, self.charged * self.share)


class Change(Frozen):
    """Points that people add to a mark, or take off where they are below 0, and why, as the student reads it."""

    points: float
    reason: str


class Terms(Frozen):
    """What the rules of a class say about one student in one task.

    `due` and `handed_in` are ISO moments with their offset, empty where none is known; `due` is the student's own, and
    `extended` says why it is later than that of the others. `late` is None for what came in time, or at an unknown
    time; `unclear` then says what is not known. `excused` is the reason for which the task does not count.
    """

    due: str = ""
    handed_in: str = ""
    extended: str = ""
    late: Late | None = None
    unclear: str = ""
    changes: list[Change] = Field(default_factory=list)
    excused: str | None = None


class Absent(Frozen):
    """A task that a student of the class list handed nothing in for.

    `excused` is the reason for which that is all right. Where `worth` is more than 0, it counts as none of so many
    points; else it is not decided what it counts, of so many points as are `open`.
    """

    task: str
    title: str
    excused: str | None = None
    worth: float = 0.0
    open: float = 0.0


class Member(Frozen):
    """A person behind a submission, or on the class list without one. `slug` names their card; empty without one.

    `ids` are the words by which platforms know the person, by the column of the class list. `terms` are by task.
    """

    name: str
    slug: str = ""
    ids: dict[str, str] = Field(default_factory=dict)
    terms: dict[str, Terms] = Field(default_factory=dict)
    absent: list[Absent] = Field(default_factory=list)


def adjusted(earned: float, of: float, terms: Terms | None) -> float:
    """Return the mark of who earned so many of `of` points: what lateness takes off first, then what people changed.

    It is never below 0 and never above `of`. Without terms it is what was earned, to the last digit.
    """
    if terms is None:
        return earned
    changed = math.fsum([earned, -late_points(earned, of, terms), *(c.points for c in terms.changes)])
    return min(max(0.0, changed), max(of, earned)) if terms.late or terms.changes else earned


def late_points(earned: float, of: float, terms: Terms) -> float:
    """Return the points that lateness takes off what was earned, at most all of it."""
    if terms.late is None:
        return 0.0
    basis = earned if terms.late.of == "earned" or terms.late.too_late else of
    return min(earned, terms.late.taken * basis)
