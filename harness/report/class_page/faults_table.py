"""What went wrong, by whose fault it was, with the way to the log of the step."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from harness.grading.results import StudentResult
from harness.records.models import Fault
from harness.report.words.links import ALL, Cards, Link, log_path
from harness.report.words.phrase import Phrase
from harness.report.words.text import sentence

NAMED = 12
EVERY = Phrase("every task")
HasLog = Callable[[str], bool]


@dataclass(frozen=True)
class Affected:
    """A student with a fault; `log` is the way to what the step printed, empty where there is none."""

    student: Link
    log: str


@dataclass(frozen=True)
class FaultGroup:
    owner: str
    task: str
    where: str
    reason: str
    n: int
    students: list[Affected]

    @property
    def unnamed(self) -> int:
        return self.n - len(self.students)


def no_logs(key: str) -> bool:
    """Say that there is no log, where there are no records to look into."""
    del key
    return False


def fault_groups(students: Sequence[StudentResult], has_log: HasLog = no_logs, cards: Cards = ALL) -> list[FaultGroup]:
    """Group faults by owner, task, place and sentence; the most frequent first, each student once a group."""
    groups: dict[tuple[str, str, str, str], dict[str, Affected]] = {}
    for student in students:
        for task, fault, key in _faults_of(student):
            group = groups.setdefault((fault.owner, task, _where(fault), sentence(fault.message)), {})
            if not (known := group.get(student.slug)) or not known.log:
                log = log_path(key) if key.isalnum() and has_log(key) else ""
                group[student.slug] = Affected(cards.of(student), log)
    ordered = sorted(groups.items(), key=lambda item: -len(item[1]))
    return [FaultGroup(*key, len(members), list(members.values())[:NAMED]) for key, members in ordered]


def _where(fault: Fault) -> str:
    """Return the step, and which limit ended it."""
    step = fault.step or fault.kind
    return Phrase("%(step)s (%(limit)s limit)", step=step, limit=fault.limit) if fault.limit else step


def _faults_of(student: StudentResult) -> Iterable[tuple[str, Fault, str]]:
    """Yield each fault with the task and the record that it is of."""
    if student.fault is not None:
        yield EVERY, student.fault, ""
    for task in student.tasks:
        if task.fault is not None:
            yield task.title, task.fault, task.contract
        for m in task.measurements:
            if m.fault is not None:
                yield task.title, m.fault, m.key
