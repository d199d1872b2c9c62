"""Lets in the workers that measure alike: one fingerprint for a class, and each fact that differs told once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.records.models import Provenance
from harness.task import Task
from harness.workers.messages import WorkerReport, version_of
from harness.workflow.fingerprints import OWN, name_of
from harness.workflow.place import Tell
from harness.workflow.protection import Protection
from harness.workflow.shards_found import ALIKE, differing


@dataclass
class Admission:
    """Decides who may measure `tasks` under a profile. The first that may sets how; `like` is that, once it is known.

    `recorded` is how each task was measured before, as far as it was. With `mixed`, machines may differ: `kinds`
    says how those of each fingerprint measure that came in. Once submissions are pinned, `planned` ones alone come in.
    """

    tasks: Mapping[str, Task]
    profile: str
    protection: Protection
    tell: Tell
    recorded: Mapping[str, Provenance] = field(default_factory=dict)
    like: WorkerReport | None = None
    told: set[str] = field(default_factory=set)
    readable: list[str] = field(default_factory=list)
    mixed: bool = False
    kinds: dict[str, Mapping[str, Provenance]] = field(default_factory=dict)
    planned: frozenset[str] | None = None

    def fingerprint(self, said: WorkerReport) -> str:
        """Return the name of a worker's fingerprint; empty where all have one."""
        return name_of(said.provenance) if self.mixed else ""

    def can(self, said: WorkerReport) -> str:
        """Return in a sentence why a worker cannot measure, whatever the others do; empty if it can."""
        if said.refused:
            return said.refused
        for name, task in self.tasks.items():
            if said.versions[name] != version_of(task, task.profile(self.profile)):
                return (
                    f"Expected the task {name} as it is here, received another version or profile of it; install the"
                    " same version of the harness there, or copy the same course folder."
                )
        for one in said.provenance.values():
            if not self.protection.accepts(one.isolation):
                return f"Expected isolation of at least {self.protection.minimum}, received {one.isolation}."
        return ""

    def as_recorded(self, said: WorkerReport) -> bool:
        """Say whether a worker measures as was recorded before."""
        both = said.provenance.keys() & self.recorded.keys()
        return not any(next(differing(self.recorded[name], said.provenance[name]), "") for name in both)

    def settle(self, said: WorkerReport) -> None:
        """Let this be how all measure."""
        self.like = said

    def lets_in(self, address: str, said: WorkerReport) -> bool:
        """Say whether a worker may measure; where it may not, tell why, each reason once."""
        why = [reason] if (reason := self.can(said)) else [*self._other(said)]
        for reason in why:
            self._tell_once(reason, f"the worker {address} gets nothing: {reason}")
        for sentence in said.readable if not why else ():
            if sentence not in self.readable:
                self.readable.append(sentence)
                self.tell(sentence)
        if self.mixed and not why:
            self.kinds.setdefault(self.fingerprint(said), said.provenance)
        return not why

    def _other(self, said: WorkerReport) -> Iterator[str]:
        assert self.like is not None
        alike, like = OWN if self.mixed else ALIKE, self.like.provenance
        facts = [fact for name, one in like.items() for fact in differing(one, said.provenance[name], alike)]
        if not facts and self.planned is not None and self.fingerprint(said) not in self.planned:
            yield "no submission is pinned to machines like it; new ones of the next run can be, if it is there then."
        for fact in dict.fromkeys(facts):
            yield (
                f"it would measure {fact} than the others, and marks of the two do not compare; give it the same"
                " versions and hardware."
            )

    def _tell_once(self, what: str, sentence: str) -> None:
        if what not in self.told:
            self.told.add(what)
            self.tell(sentence)
