"""One task under one profile as it is planned: what goes into every key of a measurement. Nothing here needs data."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Self

from harness.records.models import Frozen, Plain, Provenance
from harness.task import Profile, Task

CONTRACT = "contract"  # the name under which the check before training is recorded
MULTIPLY_ADDS = "multiply_adds"  # what it says of how much a submission computes: a sign of its record


class Fingerprint(Frozen):
    """How machines of one kind measure: each task's provenance, and the keys of what the harness computes itself."""

    provenance: dict[str, Provenance]
    given: dict[str, dict[str, str]]


@dataclass(frozen=True)
class PlannedTask:
    """A task as it is measured, here or on other machines.

    `chosen` are the settings that a submission chose, by variant; see `harness.workflow.candidates`.
    """

    task: Task
    profile: Profile
    provenance: Provenance
    chosen: Mapping[str, Mapping[str, Plain]] = field(default_factory=dict, kw_only=True)

    def choosing(self, chosen: Mapping[str, Mapping[str, Plain]]) -> Self:
        return replace(self, chosen=chosen)

    def key(self, source: str, variant: str, seed: int) -> str:
        """Return the key of a measurement: a hash over everything it depends on."""
        facts = {
            "source": source,
            "task": f"{self.task.name}@{self.task.version}{self.task.files_sha256}",
            "variant": variant,
            "seed": seed,
            "profile": asdict(self.profile),
            "data": self.provenance.data_sha256,
            "key": self.provenance.key,
            "harness": self.provenance.harness,
            "python": self.provenance.python,
            "libraries": self.provenance.libraries,
            "backend": self.provenance.backend,
            "device": self.provenance.device,
            "machine": self.provenance.machine,
            **({"settings": dict(self.chosen[variant])} if variant in self.chosen else {}),
        }
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]
