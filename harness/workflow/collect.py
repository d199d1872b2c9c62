"""Measures a class: finds out what is not recorded yet and runs it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from harness.records.models import GIVEN, Measurement
from harness.records.store import Records
from harness.workflow.candidates import Settings, by_variant
from harness.workflow.entries import keys_under
from harness.workflow.estimates import Estimates
from harness.workflow.execute import Made
from harness.workflow.fingerprints import Contexts, all_given, given_of
from harness.workflow.measured import Measured
from harness.workflow.plan import (
    TRAINING,
    ClassPlan,
    Decided,
    TaskEntry,
    Unit,
    asking,
    asking_name,
    contract_unit,
    extra_keys,
    first_keys,
    given_units,
    is_choosing,
    unslot,
    variant_units,
    wanted_keys,
)
from harness.workflow.planned import PlannedTask
from harness.workflow.protection import Protection
from harness.workflow.stored import DECIDED
from harness.workflow.waiting import Span
from harness.workflow.winners import settings_of, won

Awaiting = tuple[int, TaskEntry]
Judge = Callable[[TaskEntry, Measured], Mapping[str, str]]


def no_more(entry: TaskEntry, measured: Measured) -> Mapping[str, str]:
    """Leave everything at the first seeds."""
    del entry, measured
    return {}


@dataclass
class Collection:
    """The measurements of a class by record key, and what is still to be made.

    A submission that breaks the contract in all of its builders is not trained. Otherwise each variant stands for
    itself: what one of them lacks, or a limit that it ran into, costs no other. When all of it has run, `judge` says
    which variants run under the spare seeds as well; the answer depends on the first seeds alone and is kept in the
    plan, so that neither the order in which units end nor an interruption changes it. So is what the contract check
    says about the candidates that a submission chose, and which of them win.
    `open` has the keys that are still to be made, by submission in a task, and `expected` how many those are.
    `sources` are those at hand, by task and source: of others nothing can be run, and nothing that the harness computes
    itself for a task that nobody `runs` in. What is recorded of those in `anew`
    does not count, until it has been measured again. `pinned` has the tasks as machines of each fingerprint measure
    them, for submissions that are pinned to one, and `estimates` say how long variants will take.
    """

    plan: ClassPlan
    contexts: Mapping[str, PlannedTask]
    records: Records
    protection: Protection = field(default_factory=Protection)
    judge: Judge = no_more
    sources: frozenset[tuple[str, str]] | None = None
    anew: frozenset[tuple[str, str]] = frozenset()
    pinned: Mapping[str, Contexts] = field(default_factory=dict)
    estimates: Estimates = field(default_factory=Estimates)
    have: dict[str, Measurement] = field(default_factory=dict)
    queued: set[str] = field(default_factory=set)
    awaiting: dict[str, list[Awaiting]] = field(default_factory=dict)
    runs: set[tuple[str, str]] = field(default_factory=set)
    open: dict[str, frozenset[str]] = field(default_factory=dict)
    expected: int = 0

    def __post_init__(self) -> None:
        own = {"asked": {**self.plan.asked}, "chosen": {**self.plan.chosen}}  # grow with every decision
        self.plan = self.plan.model_copy(update=own)
        for i, student in enumerate(self.plan.everyone):
            for entry in student.tasks:
                self.runs |= {(entry.fingerprint, entry.task)} if self.can_run(entry) else set()
                awaited = given_of(self.plan, entry).values()
                self.settle((i, entry), (entry.contract, *entry.keys.values(), *entry.spare.values(), *awaited))
        self.look_up(all_keys(self.plan))
        for entry in (e for student in self.plan.everyone for e in student.tasks):
            self.count(entry)

    @property
    def measured(self) -> Measured:
        """Return the class as far as it is measured by now."""
        return Measured(self.plan, self.have)

    def settle(self, place: Awaiting, keys: Iterable[str]) -> None:
        """Note that a submission is looked at again when one of these is there."""
        for key in keys:
            self.awaiting.setdefault(key, []).append(place)

    def look_up(self, keys: Iterable[str]) -> None:
        """Take over what is recorded under these keys and can be used."""
        found = {key: m for key, m in self.records.find(keys, whole=True).items() if self.counts(m)}
        self.have.update(found)
        for measurement in found.values():
            self.estimates.note(measurement)

    def counts(self, measurement: Measurement) -> bool:
        """Say whether a record can be used: not if student code made it behind a weaker barrier than asked for."""
        if (measurement.task, measurement.source) in self.anew:
            return False
        return measurement.source == GIVEN or self.protection.accepts(measurement.provenance.isolation)

    def first(self) -> list[Unit]:
        """Return what can be started at once."""
        units = [u for u in given_units(self.plan) if u.key not in self.have and (u.fingerprint, u.task) in self.runs]
        for i, student in enumerate(self.plan.everyone):
            for entry in student.tasks:
                units += self.due(i, entry)
        return units

    def due(self, student: int, entry: TaskEntry) -> list[Unit]:
        """Return the units of one submission that can be started and that nobody has queued yet."""
        if not self.can_run(entry):
            return []
        units = [contract_unit(student, entry)]
        if self.passed(entry.contract):
            self.choose(entry)
            self.crown(entry)
            units += self.units(student, entry, first_keys(self.plan, entry))
        if self.may_ask(entry):
            self.ask(entry)
            units += self.units(student, entry, extra_keys(self.plan, entry))
        found = [u for u in units if u.key not in self.have and u.key not in self.queued]
        self.queued.update(u.key for u in found)
        self.count(entry)
        return found

    def count(self, entry: TaskEntry) -> None:
        """Note which units of a submission are still to be made, and how many those are of all."""
        name, now = asking(entry), frozenset(self.open_keys(entry))
        self.expected += len(now) - len(self.open.get(name, ()))
        self.open[name] = now

    def can_run(self, entry: TaskEntry) -> bool:
        """Say whether anything can be run of a submission: it has no fault, and its task and files are at hand."""
        there = self.sources is None or (entry.task, entry.source) in self.sources
        return entry.fault is None and entry.task in self.measured_by(entry) and there

    def measured_by(self, entry: TaskEntry) -> Contexts:
        """Return the tasks as the machines of a submission measure them; none where nobody knows these any more."""
        return self.pinned.get(entry.fingerprint, {}) if entry.fingerprint else self.contexts

    def recorded(self) -> int:
        """Return how many of the measurements are in the records: a fault of the harness is not."""
        return sum(m.fault is None or m.fault.owner == "student" for m in self.have.values())

    def may_ask(self, entry: TaskEntry) -> bool:
        """Say whether all has run under the first seeds that will, comparisons' other side included."""
        given = given_of(self.plan, entry).values()
        contract = self.have.get(entry.contract)
        known = not is_choosing(self.plan, entry)
        ran = known and all(key in self.have for key in (*first_keys(self.plan, entry).values(), *given))
        return bool(entry.spare_seeds) and contract is not None and contract.fault is None and ran

    def units(self, student: int, entry: TaskEntry, keys: Mapping[str, str]) -> list[Unit]:
        return variant_units(student, entry, keys, self.settings(entry), self.estimates.seconds.get(entry.task, {}))

    def settings(self, entry: TaskEntry) -> dict[str, Settings]:
        """Return what a submission chose, by slot: the settings of its candidates, and of the winners known by now."""
        keys = self.plan.chosen.get(asking(entry), {})
        return settings_of(self.contexts[entry.task].task, entry, keys, self.have) if entry.chooses else {}

    def choose(self, entry: TaskEntry) -> None:
        """Plan, once for identical submissions, the candidates that the contract check found, and keep that."""
        name, context = asking(entry), self.measured_by(entry)[entry.task]
        if not entry.chooses or name in self.plan.chosen:
            return
        chosen = by_variant(context.task, self.have[entry.contract].candidates)
        seeds = (*entry.seeds, *entry.spare_seeds)
        self.note(entry, keys_under(context.choosing(chosen), entry.source, chosen, seeds))

    def crown(self, entry: TaskEntry) -> None:
        """Plan, once for identical submissions, the winners among candidates that are measured, and keep that."""
        if not is_choosing(self.plan, entry):
            return
        context, keys = self.measured_by(entry)[entry.task], dict[str, str]()
        for place, settings in won(self.settings(entry), entry).items():
            variant, seed = unslot(place)
            keys[place] = context.choosing({variant: settings}).key(entry.source, variant, seed)
        if new := {k: v for k, v in keys.items() if k not in self.plan.chosen[asking(entry)]}:
            self.note(entry, new)

    def note(self, entry: TaskEntry, keys: Mapping[str, str]) -> None:
        """Keep in the plan the keys, by slot, of what a submission chose, and take over what is recorded of them."""
        name = asking(entry)
        self.plan.chosen[name] = {**self.plan.chosen.get(name, {}), **keys}
        for place in [p for p in self.awaiting[entry.contract] if asking(p[1]) == name]:
            self.settle(place, keys.values())
        self.look_up(keys.values())
        if any(key not in self.have for key in keys.values()):
            self.keep(name)

    def ask(self, entry: TaskEntry) -> None:
        """Decide, once for identical submissions, which variants need more seeds, and keep that before they run."""
        name = asking(entry)
        if name in self.plan.asked:
            return
        self.plan.asked[name] = dict(self.judge(entry, self.measured))
        if any(key not in self.have for key in extra_keys(self.plan, entry).values()):
            self.keep(name)

    def keep(self, name: str) -> None:
        """Store what was decided about a submission; the whole plan is stored before and after."""
        decided = Decided(asked=self.plan.asked.get(name), chosen=self.plan.chosen.get(name))
        self.records.put_document(f"{DECIDED}{name}", decided.model_dump_json())

    def passed(self, key: str) -> bool:
        done = self.have.get(key)
        return done is not None and done.fault is None

    def follow(self, unit: Unit, made: Made) -> Iterable[Unit]:
        """Keep what was made and return what it lets through. A fault of the harness is not recorded."""
        measurement = made.measurement
        if measurement.fault is None or measurement.fault.owner == "student":
            measurement = self.records.add(measurement, made.evidence, made.log)
        self.have[unit.key] = measurement
        self.estimates.note(measurement)
        return [more for place in self.awaiting.get(unit.key, []) for more in self.due(*place)]

    def expect(self, unit: Unit) -> Span | None:
        """Return how long a training is expected to take; under the first seeds, with the longest that may follow."""
        if unit.stage != TRAINING:
            return None
        _, entry = self.awaiting[unit.key][0]
        more = entry.variants if unit.seed in entry.seeds else ()
        return self.estimates.span(unit.task, unit.source, unit.variant, more)

    def left(self, running: Iterable[Unit]) -> int:
        """Return how many units may still have to be made, those running included."""
        computed = (keys.values() for name, task, keys in all_given(self.plan) if (name, task) in self.runs)
        given = {key for keys in computed for key in keys if key not in self.have}
        known = (given, *(self.open.get(asking_name(u.task, u.source, u.fingerprint), ()) for u in running))
        return self.expected + len(given) + sum(all(u.key not in some for some in known) for u in running)

    def open_keys(self, entry: TaskEntry) -> list[str]:
        if not self.can_run(entry):
            return []
        contract = self.have.get(entry.contract)
        wanted = (entry.contract, *wanted_keys(self.plan, entry).values())
        return [] if contract and contract.fault else [k for k in wanted if k not in self.have]


def all_keys(plan: ClassPlan) -> list[str]:
    """Return every record key the plan may need, spare seeds included."""
    entries = [entry for student in plan.everyone for entry in student.tasks]
    keys = [key for entry in entries for key in keys_of(plan, entry)]
    return list(dict.fromkeys(keys + [key for _, _, given in all_given(plan) for key in given.values()]))


def keys_of(plan: ClassPlan, entry: TaskEntry) -> list[str]:
    """Return every record key that one submission in one task may need, spare seeds included."""
    chosen = plan.chosen.get(asking(entry), {})
    return [key for key in (entry.contract, *entry.keys.values(), *entry.spare.values(), *chosen.values()) if key]
