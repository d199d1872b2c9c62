"""A class on virtual workers that the real driver leads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.workflow.collect import Collection
from harness.workflow.execute import Made
from harness.workflow.plan import Unit
from harness.workflow.planned import CONTRACT
from harness.workflow.schedule import Board, run_units
from scaling.class_work import ClassWork
from scaling.made_up_class import Answers, answers_for, collected, task_number
from scaling.simulation import Assumed, Outcome, VirtualCluster


@dataclass
class VirtualWorkers:
    """Workers, in the sense of `harness.workflow.workers`, that answer at once and take their time on its own clock."""

    cluster: VirtualCluster
    answers: Answers
    sent: list[Unit] = field(default_factory=list)

    @property
    def slots(self) -> int:
        return self.cluster.assumed.workers

    def free(self, fingerprint: str = "") -> int:
        del fingerprint  # all are alike
        return self.cluster.free()

    def submit(self, unit: Unit) -> None:
        self.cluster.submit(len(self.sent), self.seconds(unit))
        self.sent.append(unit)

    def finished(self, timeout_s: float) -> Sequence[tuple[Unit, Made]]:
        del timeout_s  # nobody waits
        return [(self.sent[n], self.answers.made(self.sent[n])) for n in self.cluster.finished()]

    def expect(self, waiting: int) -> None:
        """There are as many workers as there are."""

    def close(self) -> None:
        """Nothing runs."""

    def seconds(self, unit: Unit) -> float:
        if unit.variant == CONTRACT:
            return self.cluster.assumed.check_s
        variant = int(unit.variant[1:])
        return self.answers.work.trained_s(unit.student, task_number(unit.task), variant, unit.seed - 1)


def driven(work: ClassWork, assumed: Assumed, folder: Path) -> Outcome:
    """Return what comes of a class that the real driver leads, with records in an empty folder."""
    with collected(work, folder) as (collection, _):
        return led(collection, VirtualWorkers(VirtualCluster(assumed, work.seed), answers_for(collection, work)))


def led(collection: Collection, workers: VirtualWorkers) -> Outcome:
    def follow(unit: Unit, made: Made) -> Sequence[Unit]:
        more = list(collection.follow(unit, made))
        for _, entry in collection.awaiting.get(unit.key, []):
            if unit.variant != CONTRACT and not collection.open_keys(entry):
                workers.cluster.draw()
        entries = collection.plan.students[unit.student].tasks
        if not workers.cluster.first_card_at and not any(map(collection.open_keys, entries)):
            workers.cluster.card()
        return more

    run_units(collection.first(), workers, follow, Board(), lambda board: None, collection.expect)
    return workers.cluster.outcome()
