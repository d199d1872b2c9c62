"""Who is graded in what: the plan of a class, stored with the records so that it can be marked again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import Field

from harness.grading.scale import GradingScale
from harness.records.models import GIVEN, Fault, Frozen, Plain, Provenance
from harness.workflow.planned import CONTRACT, Fingerprint


class TaskEntry(Frozen):
    """One submission in one task. `keys` holds `variant/seed` to record key; empty when `fault` stops it.

    They are in the order of their `seeds`; `spare` holds the keys under `spare_seeds`, which run only where these leave
    a doubt. `variants` are all to train, in the task's order: those of candidates and of `winners`, whose keys a plan
    knows when their settings are chosen, included. `data_bytes` of the `source_bytes` are literals and comments, and
    all take `packed_bytes` when compressed. `fingerprint` is that of the machines it is pinned to in a mixed class.
    """

    task: str
    source: str
    contract: str
    keys: dict[str, str]
    spare: dict[str, str] = Field(default_factory=dict)
    fault: Fault | None = None
    source_bytes: int = 0
    data_bytes: int = 0
    packed_bytes: int = 0
    variants: list[str] = Field(default_factory=list)
    winners: list[str] = Field(default_factory=list)
    seeds: list[int] = Field(default_factory=list)
    spare_seeds: list[int] = Field(default_factory=list)
    fingerprint: str = ""

    @property
    def chooses(self) -> list[str]:
        """Return the variants of candidates, of which a submission need not have all, and of winners."""
        fixed = {unslot(name)[0] for name in self.keys}
        return [name for name in self.variants if name not in fixed]


Only = Mapping[tuple[str, str], Collection[str]]  # of a student in a task: the variants to train, where not all


class StudentEntry(Frozen):
    """One submission. `wish` is the pseudonym it asks for, as handed in; `pseudonym` the one it was given.

    `remarks` are those of the notes that say what a person should look at in its source.
    """

    name: str
    slug: str
    notes: list[str]
    remarks: list[str] = Field(default_factory=list)
    fault: Fault | None
    tasks: list[TaskEntry]
    wish: str | None = None
    pseudonym: str = ""


class ClassPlan(Frozen):
    """A class under one profile. `given` maps a task to the keys of what the harness computes itself.

    `seeds` are those that every submission runs under. `asked` maps a submission (see `asking`) to the variants that
    run under its spare seeds as well, with the reason; `chosen` maps it to the keys, as an entry's, of the candidates
    that it chose and of the winners among them. `scale` is what students are judged by. `versions` are those of the
    tasks, and `recorded` how many measurements were there when the plan was last kept: fewer later on are a loss.
    `reference` is the references of the tasks, where they are graded beside the class. `fingerprints` has those that
    submissions are pinned to.
    """

    title: str
    created: str
    profile: str
    seeds: list[int]
    tasks: list[str]
    provenance: dict[str, Provenance]
    given: dict[str, dict[str, str]]
    students: list[StudentEntry]
    reference: StudentEntry | None = None
    asked: dict[str, dict[str, str]] = Field(default_factory=dict)
    chosen: dict[str, dict[str, str]] = Field(default_factory=dict)
    scale: GradingScale = Field(default_factory=GradingScale)
    seconds: float = 0.0
    versions: dict[str, str] = Field(default_factory=dict)
    recorded: int = 0
    fingerprints: dict[str, Fingerprint] = Field(default_factory=dict)

    @property
    def everyone(self) -> list[StudentEntry]:
        """Return whoever is measured: the students, and last the reference if it is."""
        return [*self.students, *([self.reference] if self.reference else [])]

    def person(self, number: int) -> StudentEntry:
        """Return who is at a place of `everyone`."""
        return self.students[number] if number < len(self.students) or self.reference is None else self.reference


class Decided(Frozen):
    """What was decided about one submission in a task while it was measured: its part of a plan's `asked`, `chosen`."""

    asked: dict[str, str] | None = None
    chosen: dict[str, str] | None = None


GIVEN_STAGE, CHECKING, TRAINING = range(3)


@dataclass(frozen=True, order=True)
class Unit:
    """One record to make: the contract check of a submission, or one variant under one seed.

    `settings` are those of a candidate. Ordered so that all contract checks come first, and then one student after the
    other.
    """

    stage: int
    student: int
    position: int
    seed: int
    task: str
    variant: str
    key: str
    source: str
    settings: Mapping[str, Plain] = field(default_factory=dict, compare=False)
    fingerprint: str = field(default="", compare=False)


def slot(variant: str, seed: int) -> str:
    return f"{variant}/{seed}"


def unslot(name: str) -> tuple[str, int]:
    variant, _, seed = name.rpartition("/")
    return variant, int(seed)


def asking(entry: TaskEntry) -> str:
    """Return the name under which a plan keeps what was asked for; identical submissions share it."""
    return asking_name(entry.task, entry.source, entry.fingerprint)


def asking_name(task: str, source: str, fingerprint: str = "") -> str:
    """Return that name of a source in a task, under a fingerprint if it is pinned to one."""
    return f"{task}/{source}@{fingerprint}" if fingerprint else f"{task}/{source}"


def is_choosing(plan: ClassPlan, entry: TaskEntry) -> bool:
    """Say whether it is not known yet which candidates a submission chose, or which of them win."""
    known = plan.chosen.get(asking(entry))
    winners = [slot(name, seed) for name in entry.winners for seed in entry.seeds]
    return bool(entry.chooses) and (known is None or any(name not in known for name in winners))


def first_keys(plan: ClassPlan, entry: TaskEntry) -> dict[str, str]:
    """Return `variant/seed` to record key of what runs in any case, by seed and in the task's order of variants."""
    known = {**entry.keys, **plan.chosen.get(asking(entry), {})}
    order = [slot(variant, seed) for seed in entry.seeds for variant in entry.variants] or known
    return {name: known[name] for name in order if name in known}


def extra_keys(plan: ClassPlan, entry: TaskEntry) -> dict[str, str]:
    """Return `variant/seed` to record key of what runs under spare seeds."""
    asked = plan.asked.get(asking(entry), {})
    known = {**entry.spare, **plan.chosen.get(asking(entry), {})}
    order = [slot(variant, seed) for seed in entry.spare_seeds for variant in entry.variants] or entry.spare
    return {name: known[name] for name in order if name in known and unslot(name)[0] in asked}


def wanted_keys(plan: ClassPlan, entry: TaskEntry) -> dict[str, str]:
    """Return `variant/seed` to record key of all that has to be measured of a submission, as far as is known."""
    return {**first_keys(plan, entry), **extra_keys(plan, entry)}


def contract_unit(student: int, entry: TaskEntry) -> Unit:
    key, kind = entry.contract, entry.fingerprint
    return Unit(CHECKING, student, 0, entry.seeds[0], entry.task, CONTRACT, key, entry.source, fingerprint=kind)


def given_units(plan: ClassPlan) -> Iterable[Unit]:
    for kind, given in (("", plan.given), *((name, one.given) for name, one in plan.fingerprints.items())):
        for task, keys in given.items():
            for position, (variant, key) in enumerate(keys.items()):
                yield Unit(GIVEN_STAGE, 0, position, 0, task, variant, key, GIVEN, fingerprint=kind)


def variant_units(
    student: int,
    entry: TaskEntry,
    keys: Mapping[str, str],
    chosen: Mapping[str, Mapping[str, Plain]],
    seconds: Mapping[str, float],
) -> list[Unit]:
    """Return the units of one submission in one task under `keys`, with what it chose by slot.

    Those whose variants are expected to take most `seconds` come first, so that no slot is left waiting for one of them
    in the end; else they keep their order.
    """
    longest = sorted(keys, key=lambda name: -seconds.get(unslot(name)[0], 0.0))
    kind, places = entry.fingerprint, {name: place for place, name in enumerate(longest)}
    return [
        Unit(TRAINING, student, places[name], seed, entry.task, variant, key, entry.source, chosen.get(name, {}), kind)
        for name, key in keys.items()
        for variant, seed in [unslot(name)]
    ]
