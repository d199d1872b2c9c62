"""When each task is due for each student, and whose reasons count: what class.yaml says, with every name understood."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypeVar

from harness.errors import did_you_mean
from harness.grading.rubric_file import Document, Location
from harness.roster.behind import Listing, person
from harness.roster.class_file import Adjustment, ClassFile, Excused, Extension, error_at
from harness.roster.class_list import Listed
from harness.roster.moments import due_at, time_zone

T = TypeVar("T", Extension, Excused, Adjustment)


@dataclass(frozen=True)
class Understood:
    """What class.yaml says of people, by the identity of `Listed` objects; dates are aware. `remarks` are sentences."""

    says: ClassFile
    zone: tzinfo = UTC
    due: Mapping[str, datetime] = field(default_factory=dict)
    extensions: Mapping[int, Sequence[tuple[Extension, datetime | None]]] = field(default_factory=dict)
    excused: Mapping[int, Sequence[Excused]] = field(default_factory=dict)
    adjustments: Mapping[int, Sequence[Adjustment]] = field(default_factory=dict)
    remarks: Sequence[str] = ()

    def due_for(self, who: Listed, task: str) -> tuple[datetime | None, str]:
        """Return when a task is due for somebody and why later than for the others: of several extensions the latest.

        Days more are days of the calendar: the clock shows the same time then, whatever daylight saving does.
        """
        due, why = self.due.get(task), ""
        if due is None:
            return None, ""
        last = due
        for extension, until in self.extensions.get(id(who), ()):
            if extension.task in (None, task):
                later = until or (due.astimezone(self.zone) + timedelta(days=extension.days or 0))
                if later > last:
                    last, why = later, extension.reason
        return last, why

    def excuse(self, who: Listed, task: str) -> str | None:
        """Return why a task does not count for somebody; None where it does."""
        return next((e.reason for e in self.excused.get(id(who), ()) if e.task in (None, task)), None)


def understood(says: ClassFile, document: Document, listing: Listing, tasks: Iterable[str]) -> Understood:
    """Return what class.yaml says, with every name, task and date in it understood; raises ClassError with its line."""
    known, zone = {*tasks}, time_zone(says.time_zone) if says.time_zone else UTC
    for task in says.due:
        _check_task(task, known, document, ("due", task))
    due = {task: _moment(text, zone, document, ("due", task)) for task, text in says.due.items()}
    remarks: list[str] = []

    def sorted_out(key: str, some: Sequence[T]) -> dict[int, list[T]]:
        found: dict[int, list[T]] = {}
        for i, one in enumerate(some):
            if one.task is not None:
                _check_task(one.task, known, document, (key, i, "task"))
            who = person(one.student, listing, document, (key, i, "student"))
            if not any(who is known_one for known_one in listing.people.everybody):
                line = document.line((key, i, "student"))
                hint = listing.people.close(one.student)
                remarks.append(f"{document.path}:{line}: {one.student!r} has handed nothing in so far.{hint}")
            found.setdefault(id(who), []).append(one)
        return found

    extensions = {
        who: [(one, _until(one, zone, document, says.extensions.index(one), due)) for one in some]
        for who, some in sorted_out("extensions", says.extensions).items()
    }
    excused = sorted_out("excused", says.excused)
    adjustments = sorted_out("adjustments", says.adjustments)
    return Understood(says, zone, due, extensions, excused, adjustments, remarks)


def _until(
    one: Extension, zone: tzinfo, document: Document, place: int, due: Mapping[str, datetime]
) -> datetime | None:
    at = ("extensions", place)
    if (one.until is None) == (one.days is None):
        raise error_at(document, at, "an extension needs either 'until' or 'days'; give one of them.")
    until = _moment(one.until, zone, document, (*at, "until")) if one.until else None
    if one.task and one.task not in due:
        raise error_at(
            document, (*at, "task"), f"the task {one.task!r} has no due date to put off; add it under 'due'."
        )
    if until and one.task and until < due[one.task]:
        raise error_at(document, (*at, "until"), f"{one.until!r} is before {one.task!r} is due; give a later time.")
    return until


def _moment(text: str, zone: tzinfo, document: Document, place: Location) -> datetime:
    try:
        return due_at(text, zone)
    except ValueError as error:
        raise error_at(document, place, str(error)) from None


def _check_task(task: str, known: Iterable[str], document: Document, place: Location) -> None:
    if task not in known:
        raise error_at(document, place, f"there is no task {task!r}.{did_you_mean(task, known)}")
