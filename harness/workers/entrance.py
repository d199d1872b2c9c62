"""Where workers come in and go out: each is asked how it measures before it is given anything."""

from dataclasses import dataclass, field
from typing import Final

from harness.errors import UsageError
from harness.workers.asked import check_safe
from harness.workers.crew import Crew
from harness.workers.link import Answer, Joined, Left, Link
from harness.workers.post import Leaving
from harness.workers.reception import Reception
from harness.workers.station import TakenOver, introduce
from harness.workers.terms import Introduction
from harness.workflow.place import Tell
from harness.workflow.plan import Unit

EVERY_S: Final = 0.25


@dataclass
class Entrance:
    """Keeps in `crews`, by fingerprint, the workers that may measure: in one of no name where all have the same.

    `asked` are calls to those that have not answered yet.
    """

    link: Link
    reception: Reception
    tell: Tell
    crews: dict[str, Crew] = field(default_factory=lambda: {"": Crew()})
    asked: dict[int, str] = field(default_factory=dict)
    undecided: dict[str, Introduction] = field(default_factory=dict)
    lonely: bool = False

    def open(self) -> Introduction:
        """Wait until it is known how all measure, and return that. Raises UsageError if none of the workers can."""
        self.link.want(1)
        while self.reception.like is None:
            for news in self.link.news(EVERY_S):
                if isinstance(news, Joined):
                    self.joined(news)
                elif isinstance(news, Left):
                    self.left(news)
                else:
                    self.introduced(news)
            self._settle()
            self.tell_if_alone()
        return self.reception.like

    def joined(self, news: Joined) -> None:
        """Ask a worker how it measures. Raises UsageError for one beyond this machine without TLS."""
        check_safe(news.address)
        known = {*self.asked.values(), *self.undecided, *(a for crew in self.crews.values() for a in crew.members)}
        if news.address not in known:
            self.asked[self.link.call(news.address, introduce)] = news.address

    def left(self, news: Left) -> list[Unit]:
        """Let a worker go; return the units that have taken too many along."""
        self.undecided.pop(news.address, None)
        for call in [call for call, address in self.asked.items() if address == news.address]:
            del self.asked[call]
            self.link.forget(call)
        return self.crew_at(news.address).leave(news.address, orderly=news.orderly)

    def crew(self, fingerprint: str) -> Crew:
        """Return the workers of a fingerprint, of whom there may be none yet."""
        return self.crews.setdefault(fingerprint, Crew())

    def crew_at(self, address: str) -> Crew:
        """Return the workers among whom one is, or any others where nobody knows it."""
        return next((crew for crew in self.crews.values() if address in crew.members), self.crew(""))

    def introduced(self, answer: Answer) -> None:
        """Take what a worker says of itself; one that is leaving says nothing."""
        address = self.asked.pop(answer.call, "")
        if not address or isinstance(answer.error, Leaving):
            return
        if isinstance(answer.error, TakenOver):
            raise answer.error
        said = refusal(answer.error) if answer.error else answer.value
        if self.reception.like is None:
            self.undecided[address] = said
        else:
            self._admit(address, said)

    def tell_if_alone(self) -> None:
        """Say once, until somebody comes, that nobody is there."""
        alone = not (any(crew.members for crew in self.crews.values()) or self.asked or self.undecided)
        if alone and not self.lonely:
            self.tell("no worker is there that can measure this class; waiting for one (Ctrl-C ends this).")
        self.lonely = alone

    def _settle(self) -> None:
        fit = [said for said in self.undecided.values() if not self.reception.can(said)]
        known = next((said for said in fit if self.reception.as_recorded(said)), None)
        if (known is None or self.reception.mixed) and self.asked:
            return
        if found := known or next(iter(fit), None):
            self.reception.settle(found)
            for address, said in self.undecided.items():
                self._admit(address, said)
            self.undecided = {}
        elif self.undecided:
            why = self.reception.can(next(iter(self.undecided.values())))
            raise UsageError(f"None of the workers can measure this class: {why}")

    def _admit(self, address: str, said: Introduction) -> None:
        if self.reception.lets_in(address, said):
            self.crew(self.reception.fingerprint(said)).join(address, said.slots)


def refusal(error: BaseException) -> Introduction:
    """Return why a worker could not even say how it measures: most often it lacks the harness, or has another."""
    return Introduction(
        refused=f"Expected coursework-harness of the same version on the worker, received {type(error).__name__}:"
        f" {error}."
    )
