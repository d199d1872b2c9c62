"""Measures a class: finds out what is not recorded yet and runs it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from harness.records.models import GIVEN, Measurement
from harness.records.store import Records
from harness.workflow.context import TaskContext
from harness.workflow.execute import Made
from harness.workflow.plan import (
    ClassPlan,
    TaskEntry,
    Unit,
    asking,
    contract_unit,
    extra_keys,
    given_units,
    variant_units,
    wanted_keys,
)
from harness.workflow.protection import Protection

Place = tuple[int, TaskEntry]
Judge = Callable[[TaskEntry, ClassPlan, Mapping[str, Measurement]], Mapping[str, str]]


def no_more(entry: TaskEntry, plan: ClassPlan, have: Mapping[str, Measurement]) -> Mapping[str, str]:
    """Leave everything at the first seeds."""
    del entry, plan, have
    return {}


@dataclass
class Collection:
    """The measurements of a class by record key, and what is still to be made.

    A submission goes through three gates, so that a broken one costs little: the contract check, then its first
    variant, then the rest; the rest is left out if the first variant ran into a limit. When all of it has run, `judge`
    says which variants run under the spare seeds as well; the answer depends on the first seeds alone and is kept in
    the plan, so that neither the order in which units end nor an interruption changes it.
    """

    plan: ClassPlan
    contexts: Mapping[str, TaskContext]
    records: Records
    protection: Protection = field(default_factory=Protection)
    judge: Judge = no_more
    have: dict[str, Measurement] = field(default_factory=dict)
    queued: set[str] = field(default_factory=set)
    places: dict[str, list[Place]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for i, student in enumerate(self.plan.students):
            for entry in student.tasks:
                awaited = self.plan.given.get(entry.task, {}).values()
                for key in (entry.contract, *entry.keys.values(), *entry.spare.values(), *awaited):
                    self.places.setdefault(key, []).append((i, entry))
        found = self.records.find(all_keys(self.plan))
        self.have.update({key: m for key, m in found.items() if self.counts(m)})

    def counts(self, measurement: Measurement) -> bool:
        """Say whether a record can be used: not if student code made it behind a weaker barrier than asked for."""
        return measurement.source == GIVEN or self.protection.accepts(measurement.provenance.isolation)

    def first(self) -> list[Unit]:
        """Return what can be started at once."""
        units = [u for u in given_units(self.plan) if u.key not in self.have]
        for i, student in enumerate(self.plan.students):
            for entry in student.tasks:
                units += self.due(i, entry)
        return units

    def due(self, student: int, entry: TaskEntry) -> list[Unit]:
        """Return the units of one submission that its gates let through and that nobody has queued yet."""
        if entry.fault:
            return []
        contract = contract_unit(student, entry)
        lead, *rest = variant_units(student, entry, entry.keys)
        open_gates = [[contract]]
        if self.passed(contract):
            open_gates.append([lead])
            if self.passed(lead, only_limits=True):
                open_gates.append(rest)
        if self.may_ask(entry):
            self.ask(entry)
            open_gates.append(variant_units(student, entry, extra_keys(self.plan, entry)))
        found = [u for gate in open_gates for u in gate if u.key not in self.have and u.key not in self.queued]
        self.queued.update(u.key for u in found)
        return found

    def may_ask(self, entry: TaskEntry) -> bool:
        """Say whether all has run under the first seeds that will, comparisons' other side included."""
        given = self.plan.given.get(entry.task, {}).values()
        contract = self.have.get(entry.contract)
        ran = all(key in self.have for key in (*entry.keys.values(), *given))
        return bool(entry.spare) and contract is not None and contract.fault is None and ran

    def ask(self, entry: TaskEntry) -> None:
        """Decide, once for identical submissions, which variants need more seeds, and keep that before they run."""
        name = asking(entry)
        if name in self.plan.asked:
            return
        asked = {**self.plan.asked, name: dict(self.judge(entry, self.plan, self.have))}
        self.plan = self.plan.model_copy(update={"asked": asked})
        if any(key not in self.have for key in extra_keys(self.plan, entry).values()):
            self.records.put_document("plan", self.plan.model_dump_json())

    def passed(self, unit: Unit, only_limits: bool = False) -> bool:
        done = self.have.get(unit.key)
        if done is None:
            return False
        return done.fault is None or (only_limits and done.fault.kind != "limit")

    def follow(self, unit: Unit, made: Made) -> Iterable[Unit]:
        """Keep what was made and return what it lets through. A fault of the harness is not recorded."""
        measurement = made.measurement
        if measurement.fault is None or measurement.fault.owner == "student":
            measurement = self.records.add(measurement, made.evidence, made.log)
        self.have[unit.key] = measurement
        return [more for place in self.places.get(unit.key, []) for more in self.due(*place)]

    def left(self, running: Iterable[Unit]) -> int:
        """Return how many units may still have to be made, those running included."""
        keys = {key for s in self.plan.students for e in s.tasks for key in self.open_keys(e)}
        keys |= {k for keys in self.plan.given.values() for k in keys.values() if k not in self.have}
        return len(keys | {u.key for u in running})

    def open_keys(self, entry: TaskEntry) -> list[str]:
        if entry.fault:
            return []
        contract = self.have.get(entry.contract)
        lead = self.have.get(next(iter(entry.keys.values())))
        stopped = (contract and contract.fault) or (lead and lead.fault and lead.fault.kind == "limit")
        wanted = (entry.contract, *wanted_keys(self.plan, entry).values())
        return [] if stopped else [k for k in wanted if k not in self.have]


def all_keys(plan: ClassPlan) -> list[str]:
    """Return every record key the plan may need, spare seeds included."""
    entries = [entry for student in plan.students for entry in student.tasks]
    keys = [key for e in entries for key in (e.contract, *e.keys.values(), *e.spare.values()) if key]
    return keys + [key for given in plan.given.values() for key in given.values()]
