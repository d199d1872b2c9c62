"""Lets in the workers that measure alike: one fingerprint for a class, and each fact that differs told once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.records.models import Provenance
from harness.task import Task
from harness.workers.messages import WorkerReport
from harness.workers.runner import version_of
from harness.workflow.place import Tell
from harness.workflow.protection import Protection
from harness.workflow.shards_found import differing


@dataclass
class Admission:
    """Decides who may measure `tasks` under a profile. The first that may sets how; `like` is that, once it is known.

    `recorded` is how each task was measured before, as far as it was.
    """

    tasks: Mapping[str, Task]
    profile: str
    protection: Protection
    tell: Tell
    recorded: Mapping[str, Provenance] = field(default_factory=dict)
    like: WorkerReport | None = None
    told: set[str] = field(default_factory=set)
    readable: list[str] = field(default_factory=list)

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
        return not why

    def _other(self, said: WorkerReport) -> Iterator[str]:
        assert self.like is not None
        facts = (fact for name, one in self.like.provenance.items() for fact in differing(one, said.provenance[name]))
        for fact in dict.fromkeys(facts):
            yield (
                f"it would measure {fact} than the others, and marks of the two do not compare; give it the same"
                " versions and hardware."
            )

    def _tell_once(self, what: str, sentence: str) -> None:
        if what not in self.told:
            self.told.add(what)
            self.tell(sentence)
