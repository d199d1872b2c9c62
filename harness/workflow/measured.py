"""What was measured of a class, submission by submission. Nothing here trains or marks."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.records.models import Fault, Measurement
from harness.task import Task
from harness.workflow.candidates import present
from harness.workflow.fingerprints import given_of
from harness.workflow.plan import ClassPlan, TaskEntry, asking, extra_keys, is_choosing, unslot, wanted_keys


@dataclass(frozen=True)
class Measured:
    """A class as far as it was measured, which is all of it unless `interrupted`; `have` is by record key.

    Of a shard, `part` names the submissions in a task that are its own (see `plan.asking`).
    """

    plan: ClassPlan
    have: Mapping[str, Measurement]
    interrupted: bool = False
    part: frozenset[str] = frozenset()

    def of(self, entry: TaskEntry) -> list[Measurement]:
        """Return what was measured of a submission, and what the harness computed itself under each of its seeds.

        Variant by variant in the order of the task, each in the order of its seeds.
        """
        wanted = wanted_keys(self.plan, entry)
        order = list(dict.fromkeys(unslot(name)[0] for name in wanted))
        measured = self._there(wanted)
        measured.sort(key=lambda m: order.index(m.variant))
        seeds = dict.fromkeys(unslot(name)[1] for name in wanted)
        given = self._there(given_of(self.plan, entry))
        repeated = [m.model_copy(update={"seed": seed}) for m in given for seed in seeds]
        return [*measured, *repeated] if measured else []

    def fault(self, entry: TaskEntry) -> Fault | None:
        """Return what kept a submission from being trained at all: its intake, or its contract."""
        contract = self.have.get(entry.contract)
        return entry.fault or (contract.fault if contract else None)

    def complete(self, entry: TaskEntry) -> bool:
        """Say whether all that will be measured of a submission has been."""
        wanted = (entry.contract, *wanted_keys(self.plan, entry).values())
        return bool(self.fault(entry)) or (
            not is_choosing(self.plan, entry) and all(key in self.have for key in wanted)
        )

    def task(self, entry: TaskEntry, task: Task) -> Task:
        """Return the task with the variants that a submission has; all of them until its contract check has passed."""
        contract = self.have.get(entry.contract)
        return task if contract is None or contract.fault else present(task, contract.candidates)

    def asked_for(self, entry: TaskEntry) -> dict[str, str]:
        """Return the keys of what was measured under further seeds, with what asked for it."""
        asked = self.plan.asked.get(asking(entry), {})
        extra = extra_keys(self.plan, entry)
        return {key: asked[unslot(name)[0]] for name, key in extra.items() if key in self.have}

    def extra_trainings(self) -> int:
        """Return how many variants were trained because one seed left a doubt, once for identical submissions."""
        keys = {key for s in self.plan.students for e in s.tasks for key in extra_keys(self.plan, e).values()}
        return len(keys & self.have.keys())

    def _there(self, keys: Mapping[str, str]) -> list[Measurement]:
        return [self.have[key] for key in keys.values() if key in self.have]
