"""Where workers come in and go out: each is asked how it measures before it is given anything."""

from dataclasses import dataclass, field
from typing import Final

from harness.errors import UsageError
from harness.workers.admission import Admission
from harness.workers.asked import check_safe
from harness.workers.assignment import Assignment
from harness.workers.connection import Answer, Connection, Joined, Left
from harness.workers.messages import WorkerReport
from harness.workers.plugin import TakenOver, report
from harness.workers.runner import Leaving
from harness.workflow.place import Tell
from harness.workflow.plan import Unit

EVERY_S: Final = 0.25
SHOWN: Final = 300  # characters of an error that a worker tells


@dataclass
class Registration:
    """Keeps in `assignments`, by fingerprint, the workers that may measure: in one of no name where all are alike.

    `asked` are calls to those that have not answered yet.
    """

    connection: Connection
    admission: Admission
    tell: Tell
    assignments: dict[str, Assignment] = field(default_factory=lambda: {"": Assignment()})
    asked: dict[int, str] = field(default_factory=dict)
    undecided: dict[str, WorkerReport] = field(default_factory=dict)
    lonely: bool = False

    def open(self) -> WorkerReport:
        """Wait until it is known how all measure, and return that. Raises UsageError if none of the workers can."""
        self.connection.want(1)
        while self.admission.like is None:
            for news in self.connection.news(EVERY_S):
                if isinstance(news, Joined):
                    self.joined(news)
                elif isinstance(news, Left):
                    self.left(news)
                else:
                    self.reported(news)
            self._settle()
            self.tell_if_alone()
        return self.admission.like

    def joined(self, news: Joined) -> None:
        """Ask a worker how it measures. Raises UsageError for one beyond this machine without TLS."""
        check_safe(news.address)
        known = {*self.asked.values(), *self.undecided, *(a for one in self.assignments.values() for a in one.members)}
        if news.address not in known:
            self.asked[self.connection.call(news.address, report)] = news.address

    def left(self, news: Left) -> list[Unit]:
        """Let a worker go; return the units that have taken too many along."""
        self.undecided.pop(news.address, None)
        for call in [call for call, address in self.asked.items() if address == news.address]:
            del self.asked[call]
            self.connection.forget(call)
        return self.assignment_at(news.address).leave(news.address, orderly=news.orderly)

    def assignment(self, fingerprint: str) -> Assignment:
        """Return the workers of a fingerprint, of whom there may be none yet."""
        return self.assignments.setdefault(fingerprint, Assignment())

    def assignment_at(self, address: str) -> Assignment:
        """Return the workers among whom one is, or any others where nobody knows it."""
        return next((one for one in self.assignments.values() if address in one.members), self.assignment(""))

    def reported(self, answer: Answer) -> None:
        """Take what a worker says of itself; one that is leaving says nothing."""
        address = self.asked.pop(answer.call, "")
        if not address or isinstance(answer.error, Leaving):
            return
        if isinstance(answer.error, TakenOver):
            raise answer.error
        said = refusal(answer.error) if answer.error else answer.value
        if self.admission.like is None:
            self.undecided[address] = said
        else:
            self._admit(address, said)

    def tell_if_alone(self) -> None:
        """Say once, until somebody comes, that nobody is there."""
        alone = not (any(one.members for one in self.assignments.values()) or self.asked or self.undecided)
        if alone and not self.lonely:
            self.tell("no worker is there that can measure this class; waiting for one (Ctrl-C ends this).")
        self.lonely = alone

    def _settle(self) -> None:
        fit = [said for said in self.undecided.values() if not self.admission.can(said)]
        known = next((said for said in fit if self.admission.as_recorded(said)), None)
        if (known is None or self.admission.mixed) and self.asked:
            return
        if found := known or next(iter(fit), None):
            self.admission.settle(found)
            for address, said in self.undecided.items():
                self._admit(address, said)
            self.undecided = {}
        elif self.undecided:
            why = self.admission.can(next(iter(self.undecided.values())))
            raise UsageError(f"None of the workers can measure this class: {why}")

    def _admit(self, address: str, said: WorkerReport) -> None:
        if self.admission.lets_in(address, said):
            self.assignment(self.admission.fingerprint(said)).join(address, said.slots)


def refusal(error: BaseException) -> WorkerReport:
    """Return why a worker could not even say how it measures: most often it lacks the harness, or has another."""
    return WorkerReport(
        refused=f"Expected coursework-harness of the same version on the worker, received {type(error).__name__}:"
        f" {str(error)[:SHOWN]}."
    )
