"""Pins each submission of a mixed class to machines of one fingerprint, and tells whose machines are not there."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.records.store import Records
from harness.workflow.collect import Collection, keys_of
from harness.workflow.entries import given_keys
from harness.workflow.fingerprints import Contexts, with_fingerprints
from harness.workflow.joining import named
from harness.workflow.plan import ClassPlan, StudentEntry, TaskEntry, asking, unslot
from harness.workflow.planned import CONTRACT, Fingerprint, PlannedTask

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Mixed:
    """Machines of several fingerprints, by name: the tasks as they measure them, and how many `slots` each has now.

    Where `before` is the plan that the result folder holds, what it pinned stays so.
    """

    contexts: Mapping[str, Contexts]
    slots: Callable[[str], int]
    before: ClassPlan | None = None


@dataclass
class Pins:
    """Says which fingerprint a submission is pinned to, one after the other. `load` counts those that are new.

    Whoever has records stays. Others go where the same work went, so that it is measured once, or else where most slots
    are free by then.
    """

    plan: ClassPlan
    mixed: Mixed
    records: Records
    work: dict[tuple[str, str], str] = field(default_factory=dict)
    load: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        before = with_fingerprints(self.mixed.before).everyone if self.mixed.before else []
        self._before = {student.slug: student.tasks for student in before}
        self._known = {(e.task, e.source): e.fingerprint for tasks in self._before.values() for e in tasks}

    def of(self, student: StudentEntry) -> str:
        """Return the fingerprint of a submission that something is to be measured of."""
        work = [(entry.task, entry.source) for entry in student.tasks if entry.source]
        found = next((name for name in self._earlier(student) if self._holds(name, student)), "")
        if not found:
            found = next((self.work[one] for one in work if one in self.work), "") or self._emptiest()
            self.load[found] += len(work)
        self.work.update({one: found for one in work if one not in self.work})
        return found

    def _earlier(self, student: StudentEntry) -> Iterator[str]:
        """Yield what was pinned before: this work, the student's other tasks that stay, the same work of others."""
        own = self._before.get(student.slug, [])
        now = {(entry.task, entry.source) for entry in student.tasks if entry.source}
        yield from (e.fingerprint for e in own if (e.task, e.source) in now)
        yield from (e.fingerprint for e in own if e.task not in self.plan.tasks)
        yield from (self._known[one] for one in sorted(now) if one in self._known)

    def _holds(self, name: str, student: StudentEntry) -> bool:
        """Say whether a pin still binds: its machines are there, or have measured something that counts."""
        contexts = self.mixed.contexts.get(name)
        if contexts is None or self.mixed.slots(name):
            return contexts is not None
        entries = [under(e, name, contexts[e.task]) for e in student.tasks if e.source]
        return bool(self.records.find([key for entry in entries for key in keys_of(self.plan, entry)]))

    def _emptiest(self) -> str:
        return min(self.mixed.contexts, key=lambda name: (-self.mixed.slots(name) / (1 + self.load[name]), name))


def pinned(plan: ClassPlan, mixed: Mixed, records: Records) -> ClassPlan:
    """Return a plan with every submission under the keys of the fingerprint that it is pinned to, in all its tasks."""
    pins = Pins(plan, mixed, records)

    def pin(student: StudentEntry) -> StudentEntry:
        if not any(entry.source for entry in student.tasks):
            return student
        name = pins.of(student)
        tasks = [under(e, name, mixed.contexts[name][e.task]) if e.source else e for e in student.tasks]
        return student.model_copy(update={"tasks": tasks})

    students = [pin(student) for student in plan.students]
    reference = pin(plan.reference) if plan.reference else None
    names = {e.fingerprint for s in (*students, *([reference] if reference else [])) for e in s.tasks if e.fingerprint}
    fingerprints = {name: fingerprint(mixed.contexts[name]) for name in sorted(names)}
    return plan.model_copy(
        update={"students": students, "reference": reference, "fingerprints": fingerprints, "given": {}}
    )


def fingerprint(contexts: Contexts) -> Fingerprint:
    return Fingerprint(
        provenance={task: context.provenance for task, context in contexts.items()},
        given={task: given_keys(context) for task, context in contexts.items()},
    )


def under(entry: TaskEntry, name: str, context: PlannedTask) -> TaskEntry:
    """Return a submission in a task with the keys of its measurements on machines of a fingerprint."""

    def keys(places: Mapping[str, str]) -> dict[str, str]:
        return {place: context.key(entry.source, *unslot(place)) for place in places}

    contract = context.key(entry.source, CONTRACT, entry.seeds[0])
    changed = {"contract": contract, "keys": keys(entry.keys), "spare": keys(entry.spare), "fingerprint": name}
    return entry.model_copy(update=changed)


@dataclass
class Awaited:
    """Tells once, until somebody comes, whose machines are not there while something of theirs is to be measured."""

    mixed: Mixed
    tell: Tell
    missing: set[str] = field(default_factory=set)

    def look(self, collection: Collection) -> None:
        """Tell what is new since last time."""
        for name, one in collection.plan.fingerprints.items():
            if self.mixed.slots(name):
                self.missing.discard(name)
            elif name not in self.missing and (waiting := waiting_for(name, collection)):
                self.missing.add(name)
                origin = next(iter(one.provenance.values()))
                self.tell(
                    f"no worker is there that measures on {origin.machine} with Python {origin.python} (fingerprint"
                    f" {name}): {named(waiting)} {'waits' if len(waiting) == 1 else 'wait'} for one, as all of a"
                    " submission is measured on one kind of machine (Ctrl-C ends this; the same command goes on)."
                )


def waiting_for(name: str, collection: Collection) -> list[StudentEntry]:
    """Return of whom something is still to be measured on machines of a fingerprint."""
    people = collection.plan.everyone
    return [s for s in people if any(e.fingerprint == name and collection.open.get(asking(e)) for e in s.tasks)]
