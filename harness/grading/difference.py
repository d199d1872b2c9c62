"""Two markings of one class compared: who moves, by how much, and because of which criterion."""

import math
from collections import Counter
from collections.abc import Sequence

from pydantic import Field

from harness.errors import ResultsError
from harness.grading.people import people
from harness.grading.results import ClassResult, CriterionResult, TaskResult
from harness.grading.scale import GradingScale
from harness.grading.turned import Turned, turned
from harness.grading.words import number
from harness.records.models import Frozen, Status

ROUNDING = 1e-9  # points: a smaller change is a rounding error of a sum
Two = tuple[CriterionResult | None, CriterionResult | None]


class Standing(Frozen):
    """A mark in one task, after the rules of the class: points of those decided, and the task's status."""

    earned: float
    possible: float
    status: Status


class CriterionChange(Frozen):
    """One criterion that was marked otherwise; `change` is in points, `why` says what differs in a few words each."""

    id: str
    text: str
    hidden: bool
    before: float | None
    after: float | None
    change: float
    why: list[str]


class Move(Frozen):
    """One student whose mark in one task is another one; the criteria with the largest changes come first."""

    student: str
    slug: str
    task: str
    title: str
    before: Standing
    after: Standing
    change: float
    criteria: list[CriterionChange]


class CriterionTotal(Frozen):
    """What one criterion does to a class: how many it moves, and the sum and mean of their points."""

    task: str
    id: str
    text: str
    hidden: bool
    students: int
    change: float
    why: list[str]

    @property
    def mean(self) -> float:
        return self.change / self.students


class Difference(Frozen):
    """A class under two markings. `moves` is sorted by the size of the change, the largest first.

    Of the `students`, `moved` have another mark in at least one task; `offset` others earn other points for
    some criteria, which cancel out. Those in `turned` pass or have a grade where they did not, or the reverse, by the
    `scale` of the second marking.
    """

    schema_version: int = 1
    title: str
    created: str
    profile: str
    students: int
    moved: int
    offset: int
    moves: list[Move]
    criteria: list[CriterionTotal] = Field(default_factory=list)
    turned: list[Turned] = Field(default_factory=list)
    scale: GradingScale = Field(default_factory=GradingScale)


def difference(before: ClassResult, after: ClassResult) -> Difference:
    """Compare two markings of one class, student by student.

    A student moves in a task when the points earned, the points decided or the status differ. Raises
    ResultsError where the two hold other submissions or tasks: then not the marking alone differs.
    """
    before, after = _by_person(before, after)
    old = {(s.slug, t.task): t for s in before.students for t in s.tasks}
    pairs = [(s.name, s.slug, t) for s in after.students for t in s.tasks]
    if {s.slug for s in before.students} != {s.slug for s in after.students} or old.keys() != {
        (slug, task.task) for _, slug, task in pairs
    }:
        raise ResultsError(
            "Expected two markings of the same submissions, received two that hold other students or tasks; grade the"
            " class again first."
        )
    found = [(name, slug, t, changes(old[slug, t.task], t)) for name, slug, t in pairs]
    moves = [
        _move(name, slug, old[slug, t.task], t, why) for name, slug, t, why in found if _moved(old[slug, t.task], t)
    ]
    moves.sort(key=lambda m: (-abs(m.change), -abs(_share(m.after) - _share(m.before)), m.student.casefold(), m.slug))
    moved = {move.slug for move in moves}
    return Difference(
        title=after.title,
        created=after.created,
        profile=after.profile,
        students=len(after.students),
        moved=len(moved),
        offset=len({slug for _, slug, _, why in found if why} - moved),
        moves=moves,
        criteria=totals(moves),
        turned=turned(before, after),
        scale=after.scale,
    )


def _by_person(before: ClassResult, after: ClassResult) -> tuple[ClassResult, ClassResult]:
    """Return the classes with each member of a group as a student, where these are the same people in both."""
    whose = [people(result, missing=False) for result in (before, after)]
    if {s.slug for s in whose[0]} != {s.slug for s in whose[1]}:
        return before, after
    old, new = (r.model_copy(update={"students": some}) for r, some in zip((before, after), whose, strict=True))
    return old, new


def changes(before: TaskResult, after: TaskResult) -> list[CriterionChange]:
    """Return the criteria that earn, count or say something else, the largest change of points first."""
    old, new = ({c.id: c for c in task.criteria} for task in (before, after))
    pairs = [(old.get(name), new.get(name)) for name in dict.fromkeys((*new, *old))]
    found = [_change(pair) for pair in pairs if _differs(pair)]
    return sorted(found, key=lambda c: -abs(c.change))


def totals(moves: Sequence[Move]) -> list[CriterionTotal]:
    """Sum up by criterion; `why` holds the reasons that all of its students share, as a changed target is one."""
    groups: dict[tuple[str, str], list[CriterionChange]] = {}
    for move in moves:
        for change in move.criteria:
            groups.setdefault((move.task, change.id), []).append(change)
    found = [_total(task, group) for (task, _), group in groups.items()]
    return sorted(found, key=lambda t: (-t.students, -abs(t.change)))


def _total(task: str, group: Sequence[CriterionChange]) -> CriterionTotal:
    first = group[0]
    shared = Counter(reason for change in group for reason in change.why)
    return CriterionTotal(
        task=task,
        id=first.id,
        text=first.text,
        hidden=first.hidden,
        students=len(group),
        change=math.fsum(change.change for change in group),
        why=[reason for reason in first.why if shared[reason] == len(group)],
    )


def _moved(before: TaskResult, after: TaskResult) -> bool:
    points = (after.mark - before.mark, after.possible - before.possible)
    return (
        before.counts is not after.counts or before.status is not after.status or any(abs(p) > ROUNDING for p in points)
    )


def _move(name: str, slug: str, before: TaskResult, after: TaskResult, criteria: list[CriterionChange]) -> Move:
    was, now = (Standing(earned=t.mark, possible=t.possible, status=t.status) for t in (before, after))
    return Move(
        student=name,
        slug=slug,
        task=after.task,
        title=after.title,
        before=was,
        after=now,
        change=_rounded(now.earned - was.earned),
        criteria=criteria,
    )


def _share(standing: Standing) -> float:
    return standing.earned / standing.possible if standing.possible > 0 else 0.0


def _differs(pair: Two) -> bool:
    """Say whether a criterion weighs otherwise in the mark: by its points, by counting at all, or by its status."""
    before, after = pair
    if before is None or after is None:
        return True
    if (before.earned is None) != (after.earned is None) or before.status is not after.status:
        return True
    return abs(_earned(after) - _earned(before)) > ROUNDING or abs(after.points - before.points) > ROUNDING


def _change(pair: Two) -> CriterionChange:
    before, after = pair
    shown = after or before
    assert shown is not None
    return CriterionChange(
        id=shown.id,
        text=shown.text,
        hidden=any(c.hidden for c in pair if c),
        before=before.earned if before else None,
        after=after.earned if after else None,
        change=_rounded(_earned(after) - _earned(before)),
        why=_reasons(before, after),
    )


def _earned(criterion: CriterionResult | None) -> float:
    return criterion.earned or 0.0 if criterion else 0.0


def _rounded(change: float) -> float:
    return 0.0 if abs(change) <= ROUNDING else change


def _reasons(before: CriterionResult | None, after: CriterionResult | None) -> list[str]:
    """Say what differs between two results of one criterion, the rubric's part first."""
    if before is None or after is None:
        return ["new criterion" if before is None else "criterion taken out"]
    words = [
        (_measured(before), _measured(after), ""),
        (before.better, after.better, "better: "),
        ("by hand" if before.manual else "automatic", "by hand" if after.manual else "automatic", "marked "),
        (_fault(before), _fault(after), ""),
    ]
    numbers = [
        (before.points, after.points, "points "),
        (before.target, after.target, "target "),
        (before.floor, after.floor, "floor "),
        (before.size_ratio, after.size_ratio, "size_ratio "),
        (before.value, after.value, "measured "),
    ]
    said = [arrow(a, b, what) for a, b, what in numbers if not _same(a, b)]
    said += [f"{what}{a or 'none'} → {b or 'none'}" for a, b, what in words if a != b]
    return said or ["the same line of the rubric, marked by another version of the harness"]


def _measured(criterion: CriterionResult) -> str:
    return f"{criterion.measure} over {criterion.over}" if criterion.over else criterion.measure


def _fault(criterion: CriterionResult) -> str:
    """Return the status where it says more than the points do."""
    return "decided" if criterion.status in (Status.PASSED, Status.FAILED) else criterion.status.value


def _same(a: float | None, b: float | None) -> bool:
    return a == b or (a is not None and b is not None and math.isnan(a) and math.isnan(b))


def arrow(before: float | None, after: float | None, what: str = "") -> str:
    """Return `target 0.9 → 0.92`, with as many digits as it takes to tell the two apart."""

    def said(digits: int) -> list[str]:
        return ["none" if v is None else number(v, digits) for v in (before, after)]

    digits = next((d for d in range(4, 17) if len(set(said(d))) == 2), 17)
    return what + " → ".join(said(digits))
