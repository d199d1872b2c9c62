"""A part of a class that is graded alone joins those who were graded before; nobody is taken out unless asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.errors import UsageError
from harness.workflow.fingerprints import together, used
from harness.workflow.plan import ClassPlan, StudentEntry, TaskEntry, asking

T = TypeVar("T")
NAMED = 5


@dataclass(frozen=True)
class Joined:
    """The plan of the whole class, and what of it was graded before and not handed in now.

    `kept` are people, `tasks` names of tasks of people who handed in for other tasks now.
    """

    plan: ClassPlan
    kept: Sequence[StudentEntry] = ()
    tasks: Sequence[str] = ()

    def told(self) -> list[str]:
        """Return in sentences who and what stays."""
        said = []
        if self.kept:
            n = len(self.kept)
            were = "1 student was" if n == 1 else f"{n:,} students were"
            said.append(
                f"{were} graded here before and {'is' if n == 1 else 'are'} not among these: {named(self.kept)}; kept"
                " as graded (--replace takes them out)."
            )
        if self.tasks:
            said.append(f"Kept as graded before, as not asked for now: {', '.join(self.tasks)}.")
        return said


def named(students: Sequence[StudentEntry]) -> str:
    """Return the first few names, and how many more there are."""
    more = f" and {len(students) - NAMED:,} more" if len(students) > NAMED else ""
    return ", ".join(s.name for s in students[:NAMED]) + more


def joined(now: ClassPlan, before: ClassPlan | None, asked: Sequence[str], known: Iterable[str]) -> Joined:
    """Return `now` with everybody of `before` who is not in it, and with tasks that were not `asked` for now.

    Raises UsageError where what was measured before cannot stand beside what is measured now.
    """
    if before is None:
        return Joined(now)
    here = {s.slug for s in now.students}
    kept = [s for s in before.students if s.slug not in here]
    others = {s.slug: _other_tasks(s, now.tasks) for s in before.students if s.slug in here} if asked else {}
    used = {t.task for s in kept for t in s.tasks} | {t.task for some in others.values() for t in some}
    now = _with_reference(now, before, used)
    if not kept and not used:
        return Joined(now)
    _check(now, before, kept, used)
    order = [*known]
    students = [_with(s, others.get(s.slug, []), order) for s in now.students]
    entries = [entry for s in kept for entry in s.tasks] + [entry for some in others.values() for entry in some]
    return Joined(
        _together(now, before, sorted([*students, *kept], key=lambda s: (s.name.casefold(), s.slug)), entries, order),
        kept,
        sorted({entry.task for some in others.values() for entry in some}),
    )


def _with_reference(now: ClassPlan, before: ClassPlan, used: Iterable[str]) -> ClassPlan:
    """Return `now` with the reference of `before` in tasks that only those have whom it stands beside still."""
    if before.reference is None:
        return now
    left = [e for e in before.reference.tasks if e.task in {*used} - {*now.tasks}]
    there = now.reference or before.reference.model_copy(update={"tasks": []})
    joined_up = there.model_copy(update={"tasks": [*there.tasks, *left]})
    return now.model_copy(update={"reference": joined_up if joined_up.tasks else None})


def _other_tasks(student: StudentEntry, tasks: Sequence[str]) -> list[TaskEntry]:
    return [entry for entry in student.tasks if entry.task not in tasks]


def _with(student: StudentEntry, entries: Sequence[TaskEntry], order: list[str]) -> StudentEntry:
    tasks = sorted([*student.tasks, *entries], key=lambda e: order.index(e.task) if e.task in order else len(order))
    return student.model_copy(update={"tasks": tasks}) if entries else student


def _check(now: ClassPlan, before: ClassPlan, kept: Sequence[StudentEntry], used: Iterable[str]) -> None:
    if differs := next(_differences(now, before, used), ""):
        who = f" ({named(kept)})" if kept else ""
        raise UsageError(
            f"Expected to add to a class that was graded alike, but what is in this result folder{who} was graded"
            f" {differs}; grade the whole class, say --replace to take the others out, or name another --out."
        )


def _differences(now: ClassPlan, before: ClassPlan, used: Iterable[str]) -> Iterator[str]:
    if before.profile != now.profile:
        yield f"under the profile {before.profile!r}, not {now.profile!r}"
    for task in sorted(used):
        versions = {plan.versions[task] for plan in (now, before) if task in plan.versions}
        data = {plan.provenance[task].data_sha256 for plan in (now, before) if task in plan.provenance}
        if len(versions) > 1:
            yield f"with another version of the task {task}"
        if len(data) > 1:
            yield f"on other data for the task {task}"


def _together(
    now: ClassPlan, before: ClassPlan, students: list[StudentEntry], kept: Sequence[TaskEntry], order: list[str]
) -> ClassPlan:
    tasks = {*now.tasks, *(entry.task for entry in kept)}
    names = {asking(entry) for entry in kept}
    beside = now.reference.tasks if now.reference else []
    return now.model_copy(
        update={
            "title": before.title,
            "students": students,
            "tasks": [t for t in order if t in tasks] + sorted(tasks - {*order}),
            "versions": {**_only(before.versions, tasks), **now.versions},
            "provenance": {**_only(before.provenance, tasks), **now.provenance},
            "given": {**_only(before.given, tasks), **now.given},
            "fingerprints": together(used(before, [*kept, *beside]), now.fingerprints),
            "asked": {**_only(before.asked, names), **now.asked},
            "chosen": {**_only(before.chosen, names), **now.chosen},
            "seeds": list(dict.fromkeys([*now.seeds, *(s for entry in kept for s in entry.seeds)])),
        }
    )


def _only(values: Mapping[str, T], names: Iterable[str]) -> dict[str, T]:
    wanted = {*names}
    return {name: value for name, value in values.items() if name in wanted}
