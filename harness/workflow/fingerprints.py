"""The kinds of machines that a class is measured on, where they are several: what goes by the fingerprint of each."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from harness.records.models import Provenance
from harness.workflow.plan import ClassPlan, StudentEntry, TaskEntry, asking
from harness.workflow.planned import Fingerprint, PlannedTask

KINDS: Final = ("python", "libraries", "machine")  # what two fingerprints of a class differ in, as record keys do
OWN: Final = (*KINDS, "speed", "isolation")  # what a provenance says of the machine and not of the task

Contexts = Mapping[str, PlannedTask]


def name_of(provenance: Mapping[str, Provenance]) -> str:
    """Return the name of a fingerprint, 12 hex digits, by how any of its tasks is measured: all say the same."""
    one = next(iter(provenance.values()))
    facts = json.dumps({name: getattr(one, name) for name in KINDS}, sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()[:12]


def as_measured_on(contexts: Contexts, machine: Mapping[str, Provenance]) -> dict[str, PlannedTask]:
    """Return the tasks as machines measure them of which some other provenance is known."""
    one = next(iter(machine.values()))
    own = {name: getattr(one, name) for name in OWN}
    return {
        name: PlannedTask(c.task, c.profile, c.provenance.model_copy(update=own), chosen=c.chosen)
        for name, c in contexts.items()
    }


def provenance_of(plan: ClassPlan, entry: TaskEntry) -> Provenance:
    """Return how a submission in a task is measured."""
    pinned = plan.fingerprints.get(entry.fingerprint)
    return pinned.provenance[entry.task] if pinned else plan.provenance[entry.task]


def given_of(plan: ClassPlan, entry: TaskEntry) -> dict[str, str]:
    """Return the keys of what the harness computes itself for a submission: on machines of its fingerprint."""
    pinned = plan.fingerprints.get(entry.fingerprint)
    return (pinned.given if pinned else plan.given).get(entry.task, {})


def all_given(plan: ClassPlan) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield what the harness computes itself: a fingerprint, empty for a class of one, a task, and the keys."""
    for name, given in (("", plan.given), *((name, one.given) for name, one in plan.fingerprints.items())):
        for task, keys in given.items():
            yield name, task, keys


def together(one: Mapping[str, Fingerprint], other: Mapping[str, Fingerprint]) -> dict[str, Fingerprint]:
    """Return the fingerprints of both; of one that both have, the tasks of both, as `other` says where they differ."""
    found = {**one, **other}
    for name in one.keys() & other.keys():
        found[name] = Fingerprint(
            provenance={**one[name].provenance, **other[name].provenance},
            given={**one[name].given, **other[name].given},
        )
    return found


def used(plan: ClassPlan, entries: Iterable[TaskEntry]) -> dict[str, Fingerprint]:
    """Return the fingerprints of a plan that any of these submissions is pinned to."""
    names = {entry.fingerprint for entry in entries}
    return {name: one for name, one in plan.fingerprints.items() if name in names}


def with_fingerprints(plan: ClassPlan) -> ClassPlan:
    """Return a plan whose every submission is pinned: to the one fingerprint there was, where it was not yet."""
    if not plan.provenance:
        return plan
    name = name_of(plan.provenance)

    def pinned(student: StudentEntry) -> StudentEntry:
        tasks = [
            entry.model_copy(update={"fingerprint": name}) if entry.source and not entry.fingerprint else entry
            for entry in student.tasks
        ]
        return student.model_copy(update={"tasks": tasks})

    everyone = {e.slug: pinned(e) for e in plan.everyone}
    names = {asking(e): asking(n) for s in plan.everyone for e, n in zip(s.tasks, everyone[s.slug].tasks, strict=True)}
    sole = {name: Fingerprint(provenance=plan.provenance, given=plan.given)} if plan.given else {}
    return plan.model_copy(
        update={
            "students": [everyone[s.slug] for s in plan.students],
            "reference": everyone[plan.reference.slug] if plan.reference else None,
            "asked": {names.get(old, old): some for old, some in plan.asked.items()},
            "chosen": {names.get(old, old): some for old, some in plan.chosen.items()},
            "fingerprints": together(plan.fingerprints, sole),
            "given": {},
        }
    )
