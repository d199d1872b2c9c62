"""The class as the graders see it now: results as last written, with the newest decision about every criterion."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock

from harness.errors import ResultsError
from harness.grading.by_hand import class_by_hand, student_by_hand
from harness.grading.readiness import by_hand_criteria, open_criteria
from harness.grading.results import ClassResult, StudentResult
from harness.records.models import HandMark, MarkedPlace, Newest
from harness.workflow.by_hand import SO_FAR
from harness.workflow.graded_class import RESULTS, GradedClass

Stamp = tuple[int, ...]  # of two files: time, size and inode; zeros for one that is not there
NONE = (0, 0, 0)
NEVER: Stamp = NONE + NONE


@dataclass(frozen=True)
class Sight:
    """One consistent look at a class. `marks` are the newest decisions, `last` the id of the newest of them all.

    `stale` are the slugs of whom the files of the class say something else. `so_far`: the class is still being graded.
    """

    stamp: Stamp
    result: ClassResult
    marks: Newest
    last: int
    stale: frozenset[str] = frozenset()
    so_far: bool = False

    @cached_property
    def students(self) -> Mapping[str, StudentResult]:
        return {s.slug: s for s in self.result.students}

    @cached_property
    def submissions(self) -> Mapping[str, str]:
        """Return the slug of the submission behind each card: its own, or the group's of a member."""
        return {slug: s.slug for s in self.result.students for slug in (*(m.slug for m in s.members), s.slug)}

    @cached_property
    def order(self) -> Sequence[str]:
        return list(self.students)

    @cached_property
    def open(self) -> Mapping[str, int]:
        """Return how many criteria are still to be marked, by slug; only of students who have any."""
        counts = {slug: len(open_criteria(s)) for slug, s in self.students.items()}
        return {slug: n for slug, n in counts.items() if n}

    @cached_property
    def keys(self) -> frozenset[str]:
        """Return the keys of all records behind the results."""
        tasks = [t for s in self.result.students for t in s.tasks]
        return frozenset({m.key for t in tasks for m in t.measurements} | {t.contract for t in tasks})

    def mark(self, place: MarkedPlace) -> HandMark | None:
        return self.marks.get(place)


class Desk:
    """Looks at a class again and again, reading only what has changed; safe for threads."""

    def __init__(self, graded: GradedClass) -> None:
        self.graded = graded
        self._lock = Lock()
        self._sight: Sight | None = None

    def stamp(self) -> Stamp:
        """Return what changes whenever the results are written; NEVER while there are none."""
        return stamp_of(self.graded.out / RESULTS) + stamp_of(self.graded.out / SO_FAR)

    def look(self) -> Sight | None:
        """Return the class as it is now; None while nothing has been graded.

        Results that cannot be read at this moment leave the last look in place. Raises ResultsError if there is none.
        """
        with self._lock:
            stamp = self.stamp()
            if stamp == NEVER and self._sight is None:
                return None
            if self._sight is None or stamp not in (self._sight.stamp, NEVER):
                self._read(stamp)
            assert self._sight is not None
            self._sight = self._follow(self._sight)
            return self._sight

    def _read(self, stamp: Stamp) -> None:
        try:
            result, so_far = self.graded.newest()
        except ResultsError:
            if self._sight is None:
                raise
            return
        last, marks = self.graded.marks.last(), self.graded.marks.newest()
        now = class_by_hand(result, marks)
        stale = {new.slug for new, old in zip(now.students, result.students, strict=True) if new is not old}
        self._sight = Sight(stamp, now, marks, last, frozenset(stale), so_far)

    def _follow(self, sight: Sight) -> Sight:
        """Return the sight with changes made since; only students they are about are looked at again."""
        changes = self.graded.marks.since(sight.last)
        if not changes:
            return sight
        marks = {**sight.marks, **{(c.slug, c.task, c.criterion): c for c in changes}}
        touched = {c.slug for c in changes}
        scale = sight.result.scale
        students = [student_by_hand(s, marks, scale) if s.slug in touched else s for s in sight.result.students]
        result = sight.result.model_copy(update={"students": students})
        return Sight(sight.stamp, result, marks, changes[-1].id, sight.stale | touched, sight.so_far)

    def written(self, sight: Sight) -> None:
        """Take note that the files now say what `sight` says; whoever wrote them must still have the turn."""
        with self._lock:
            if self._sight is not None and self._sight.stamp == sight.stamp:
                later = {mark.slug for mark in self.graded.marks.since(sight.last)}
                self._sight = replace(self._sight, stamp=self.stamp(), stale=frozenset(later))


def stamp_of(path: Path) -> Stamp:
    try:
        found = path.stat()
    except OSError:
        return NONE
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def next_open(sight: Sight, slug: str) -> str | None:
    """Return the next student after `slug`, round the class, with anything still to be marked; None if nobody has."""
    place = sight.order.index(slug) + 1 if slug in sight.students else 0
    return next((s for s in (*sight.order[place:], *sight.order[:place]) if s in sight.open and s != slug), None)


def neighbours(sight: Sight, slug: str) -> tuple[str | None, str | None]:
    """Return who stands before and after a student in the class."""
    place = sight.order.index(slug)
    before = sight.order[place - 1] if place else None
    return before, sight.order[place + 1] if place + 1 < len(sight.order) else None


@dataclass(frozen=True)
class MarkingProgress:
    """How many criteria are marked, of all; `percent` is rounded down."""

    done: int
    of: int

    @property
    def percent(self) -> int:
        return 100 if not self.of else math.floor(100 * self.done / self.of)


def progress(sight: Sight) -> MarkingProgress:
    of = sum(len(by_hand_criteria(s)) for s in sight.result.students)
    left = sum(sight.open.values())
    return MarkingProgress(of - left, of)
