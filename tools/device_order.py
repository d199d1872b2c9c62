"""In which order references are measured, and which of their seeds are complete."""

from collections.abc import Sequence
from dataclasses import replace

from harness.records.models import Measurement
from harness.workflow.collect import Collection
from harness.workflow.plan import (
    TRAINING,
    ClassPlan,
    TaskEntry,
    Unit,
    asking,
    contract_unit,
    first_keys,
    given_units,
    slot,
    unslot,
    variant_units,
)


def entries(plan: ClassPlan) -> list[TaskEntry]:
    return [entry for student in plan.students for entry in student.tasks]


def ordered(collection: Collection) -> list[Unit]:
    """Return what is known and not measured yet: the first seed of every task with its given answers, then the next.

    A check comes before only where it has to tell which candidates a reference names: it has passed it otherwise. These
    are known when it is there, and winners when all candidates are.
    """
    plan = collection.plan
    ranks = {entry.task: rank for rank, entry in enumerate(entries(plan))}
    units = [replace(u, stage=TRAINING, student=ranks[u.task], position=-1) for u in given_units(plan)]
    for rank, entry in enumerate(entries(plan)):
        if entry.chooses:
            units.append(replace(contract_unit(rank, entry), stage=TRAINING, position=-2))
        settings = collection.settings(entry) if collection.passed(entry.contract) else {}
        for unit in variant_units(rank, entry, first_keys(plan, entry), settings, {}):
            units.append(replace(unit, student=rank + len(plan.students) * entry.seeds.index(unit.seed)))
    return [unit for unit in units if unit.key not in collection.have]


def of_complete_seeds(entry: TaskEntry, collection: Collection) -> tuple[list[Measurement], list[int]]:
    """Return the measurements of the seeds under which every variant ran without a fault, and these seeds."""
    have = {key: m for key, m in collection.have.items() if m.fault is None}
    given = collection.plan.given.get(entry.task, {})
    seeds = [
        seed for seed in entry.seeds if all(key in have for key in (*keys_of(entry, seed, collection), *given.values()))
    ]
    found = [have[key] for seed in seeds for key in keys_of(entry, seed, collection)]
    repeated = [have[key].model_copy(update={"seed": seed}) for key in given.values() for seed in seeds]
    return [*found, *repeated], seeds


def keys_of(entry: TaskEntry, seed: int, collection: Collection) -> Sequence[str]:
    """Return the keys of all that is measured under a seed; an empty one for what is not known yet."""
    known = first_keys(collection.plan, entry)
    chosen = not entry.chooses or asking(entry) in collection.plan.chosen
    awaited = ["" for name in entry.winners if slot(name, seed) not in known]
    return [*(key for name, key in known.items() if unslot(name)[1] == seed), *awaited, *([] if chosen else [""])]
