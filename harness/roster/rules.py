"""From class.yaml and times of handing in to what they come to for everybody: terms of each person in each task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from harness.errors import ClassError
from harness.grading.late import lateness
from harness.grading.people import Rules
from harness.grading.terms import Absent, Change, Late, Member, Terms
from harness.intake.names import digest, slugify
from harness.roster.behind import Behind, Handed
from harness.roster.class_list import Listed
from harness.roster.dates import Understood
from harness.roster.found import People, Unclear
from harness.roster.hand_in_times import HandedInAt
from harness.roster.moments import handed_in_at, in_zone, seconds_between

LATE_SOMEHOW = "The platform says that this came late, but not how late; nothing was taken off."


@dataclass(frozen=True)
class Came:
    """What a platform says of when something was handed in; a `moment` without a zone is of the class's."""

    moment: datetime | None = None
    late: bool | None = None


@dataclass(frozen=True)
class Graded:
    """A task that a class is graded in: its title, and the points it is worth."""

    title: str
    worth: float


@dataclass(frozen=True)
class Known:
    """All that is known of a class: who handed in, in which tasks, when, and who is behind it.

    `fresh`: the times are of a file that is named now, and everybody whose they could be is known.
    """

    handed: Sequence[Handed]
    behind: Behind
    people: People
    tasks: Mapping[str, Graded]
    came: Mapping[tuple[str, str], Came] = field(default_factory=dict)
    times: Sequence[HandedInAt] = ()
    fresh: bool = False


def rules_of(known: Known, understood: Understood, *, given: bool) -> Rules:
    """Return the rules of a class as they are applied to its results; `given` says whether there is a class.yaml.

    Raises ClassError for a time that is none, for one of somebody who could be several people or has another, and where
    a file that is named now has only times of people who are not in this class.
    """
    reckoned = _Reckoning(known, understood, _times(known, understood))
    people = {}
    for one in known.handed:
        if given or one.slug in known.behind.groups or one.owners:
            members = _slugged(one, known.behind)
            people[one.slug] = [reckoned.member(one, who, slug) for slug, who in members.items()]
    missing = [reckoned.without(who) for who in known.behind.absent]
    lost = [sentence for who in known.people.everybody for sentence in reckoned.lost(who)]
    remarks = [*known.behind.remarks, *understood.remarks, *lost, *_nobody(known), *_untimed(known, people)]
    return Rules(people, missing, remarks, given)


def _slugged(one: Handed, behind: Behind) -> dict[str, Listed]:
    """Return who is behind a submission by the slug of their card: its own, or of a group's members one each."""
    members = behind.of[one.slug]
    if one.slug not in behind.groups:
        return {one.slug: members[0]}
    found: dict[str, Listed] = {}
    for who in members:
        slug = f"{one.slug}-{slugify(who.name)}"
        found[f"{slug}-{digest(repr(who.identity))[:6]}" if slug in found else slug] = who
    return found


@dataclass(frozen=True)
class _Reckoning:
    """Works out terms. `times` are of people, by the identity of `Listed` objects, in a task, or in all for ""."""

    known: Known
    understood: Understood
    times: Mapping[tuple[int, str], datetime]

    def member(self, one: Handed, who: Listed, slug: str) -> Member:
        """Return somebody behind a submission, with their terms in all that it has."""
        terms = {task: self.terms(one, who, task) for task in one.tasks}
        late = self.late(terms)
        terms = {task: t.model_copy(update={"late": late[task]}) for task, t in terms.items()}
        name = one.name if slug == one.slug and not who.line else who.name
        gone = () if one.unread else [task for task in self.expected() if task not in one.tasks]
        told = {task: t for task, t in terms.items() if t != Terms()}
        return Member(name=name, slug=slug, ids=who.ids, terms=told, absent=self.absent(who, gone))

    def without(self, who: Listed) -> Member:
        """Return somebody who handed nothing in."""
        return Member(name=who.name, ids=who.ids, absent=self.absent(who, self.expected()))

    def terms(self, one: Handed, who: Listed, task: str) -> Terms:
        """Return what is said of somebody in a task, but not yet how late it came: that hangs on the other tasks."""
        due, extended = self.understood.due_for(who, task)
        came = self.known.came.get((one.slug, task), Came())
        listed = self.listed(one, who, task)
        moment = listed or (in_zone(came.moment, self.understood.zone) if came.moment else None)
        said = self.understood.adjustments.get(id(who), ())
        return Terms(
            due=self._shown(due),
            handed_in=self._shown(moment),
            extended=extended,
            unclear=LATE_SOMEHOW if due and moment is None and came.late else "",
            changes=[Change(points=a.points, reason=a.reason) for a in said if a.task == task],
            excused=self.understood.excuse(who, task),
        )

    def listed(self, one: Handed, who: Listed, task: str) -> datetime | None:
        """Return the time that a file gives: the person's own, else the last of the group's."""
        times = {
            id(p): self.times.get((id(p), task)) or self.times.get((id(p), "")) for p in self.known.behind.of[one.slug]
        }
        return times[id(who)] or max(filter(None, times.values()), default=None)

    def _shown(self, moment: datetime | None) -> str:
        return moment.astimezone(self.understood.zone).isoformat(timespec="seconds") if moment else ""

    def late(self, terms: Mapping[str, Terms]) -> dict[str, Late | None]:
        """Return what is late of somebody's tasks; the budget goes first to those that are due first."""
        due = self.understood.due
        order = sorted(terms, key=lambda task: (due[task].timestamp() if task in due else float("inf"), task))
        seconds = [_seconds_late(terms[task]) for task in order]
        return dict(zip(order, lateness(seconds, self.understood.says.late), strict=True))

    def expected(self) -> list[str]:
        """Return the tasks that everybody was to hand in: of those graded the ones with a due date, where any has."""
        due = self.understood.due
        return [task for task in self.known.tasks if task in due or not due]

    def absent(self, who: Listed, tasks: Sequence[str]) -> list[Absent]:
        zero, found = self.understood.says.missing == "zero", []
        for task in tasks:
            graded, excused = self.known.tasks[task], self.understood.excuse(who, task)
            worth = 0.0 if excused is not None else graded.worth
            counted = {"worth": worth} if zero else {"open": worth if task in self.understood.due else 0.0}
            found.append(Absent(task=task, title=graded.title, excused=excused, **counted))
        return found

    def lost(self, who: Listed) -> list[str]:
        """Return a sentence on each change to a mark of somebody who handed nothing in for that task."""
        tasks = {t for one in self.known.handed if self._is_behind(who, one) for t in one.tasks}
        gone = (a for a in self.understood.adjustments.get(id(who), ()) if a.task in {*self.known.tasks} - tasks)
        return [f"{who.name} handed nothing in for {a.task}, so this changes no mark: {a.reason}" for a in gone]

    def _is_behind(self, who: Listed, one: Handed) -> bool:
        return any(who is person for person in self.known.behind.of[one.slug])


def _seconds_late(terms: Terms) -> float | None:
    if not terms.due or not terms.handed_in or terms.excused is not None:
        return None
    return seconds_between(datetime.fromisoformat(terms.due), datetime.fromisoformat(terms.handed_in))


def _is_untimed(one: Handed, task: str, terms: Terms) -> bool:
    return bool(terms.due) and not terms.handed_in and terms.excused is None and task not in one.empty


def _times(known: Known, understood: Understood) -> dict[tuple[int, str], datetime]:
    found: dict[tuple[int, str], datetime] = {}
    before: dict[tuple[int, str], HandedInAt] = {}
    for one in known.times:
        try:
            who = one.found_in(known.people)
            if who is None:
                continue
            moment = handed_in_at(one.time, understood.zone)
        except (Unclear, ValueError) as error:
            raise ClassError(f"{one.where}: {error}") from None
        other = before.setdefault((id(who), one.task), one)
        if other is not one:
            raise ClassError(f"{one.where}: {who.name!r} has another time already (at {other.where}); keep one.")
        found[id(who), one.task] = moment
    if known.fresh and known.times and known.handed and not found:
        raise ClassError(_of_another_course(known.times))
    return found


def _of_another_course(times: Sequence[HandedInAt]) -> str:
    names = ", ".join(repr(one.student) for one in times[:3])
    return (
        f"{times[0].where}: expected times of people in this class, received {len(times):,} of nobody in it ({names}):"
        " is the file of another course?"
    )


def _nobody(known: Known) -> list[str]:
    """Return a sentence on times of people who are not known: they may be of another course."""
    names = [one.student for one in known.times if one.found_in(known.people) is None]
    if not names:
        return []
    some = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
    return [f"Times of handing in that are of nobody in this class, and count for nothing: {some}."]


def _untimed(known: Known, people: Mapping[str, Sequence[Member]]) -> list[str]:
    """Return a sentence on submissions to tasks with a due date of which nobody knows when they came."""
    names = [
        one.name
        for one in known.handed
        if any(_is_untimed(one, task, t) for m in people.get(one.slug, ()) for task, t in m.terms.items())
    ]
    if not names:
        return []
    some = ", ".join(names[:5]) + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")
    return [
        f"When these were handed in is not known, so nothing was taken off: {some}; --handed-in FILE.csv can say it."
    ]
