"""Which worker runs what, and whose fault it is when one is lost: bookkeeping alone, without an engine.

A worker that is lost leaves units behind, one of which may have taken it along. All of them become suspects, and a
suspect runs while nothing else does on its worker; so what is lost with a worker then is one unit, and known. What
belongs to the same submission is suspect from then on, before it runs.
"""

from collections import Counter, deque
from dataclasses import dataclass, field

from harness.workflow.plan import Unit

MOST_LOST = 2  # workers that one unit may take along while it runs alone


@dataclass
class WorkerLoad:
    """A worker that takes units. One that is `reserved` is for suspects, one after the other.

    Of what is `running`, `slow` ones may take long.
    """

    address: str
    slots: int
    running: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    reserved: bool = False

    def free(self, *, ahead: bool) -> int:
        """Return how many units it takes now: with `ahead` one more than it has slots, behind none that is slow."""
        return 0 if self.reserved else max(0, self.slots + (ahead and not self.slow) - len(self.running))


@dataclass
class Again:
    """A unit that is offered again, on another worker than `avoid` where there is one; `alone` if it is a suspect."""

    unit: Unit
    avoid: str = ""
    alone: bool = False


@dataclass
class Assignment:
    """The workers there are by address, the units that run and the worker of each, and what is offered again.

    Units of a `brief` stage are known to be short: a worker that runs nothing else has one more than it has slots,
    which begins without asking. `guilty` counts the units that took along too many workers, by task and source of their
    submission.
    """

    members: dict[str, WorkerLoad] = field(default_factory=dict)
    units: dict[str, tuple[Unit, str]] = field(default_factory=dict)
    waiting: deque[Again] = field(default_factory=deque)
    alone: set[str] = field(default_factory=set)
    lost: Counter[str] = field(default_factory=Counter)
    guilty: Counter[tuple[str, str]] = field(default_factory=Counter)
    brief: frozenset[int] = frozenset()

    @property
    def slots(self) -> int:
        return sum(member.slots for member in self.members.values())

    def free(self) -> int:
        """Return how many new units may be started beside those that are offered again."""
        free = sum(member.free(ahead=bool(self.brief)) for member in self.members.values())
        return max(0, free - sum(not again.alone for again in self.waiting))

    def join(self, address: str, slots: int) -> None:
        self.members[address] = WorkerLoad(address, slots)

    def leave(self, address: str, *, orderly: bool) -> list[Unit]:
        """Take a worker out and offer its units again; return those that have taken along too many workers by now."""
        guilty = list[Unit]()
        if address not in self.members:
            return guilty
        for key in sorted(self.members.pop(address).running):
            unit, _ = self.units.pop(key)
            was_alone = key in self.alone
            self.alone.discard(key)
            self.lost[key] += was_alone and not orderly
            if self.lost[key] >= MOST_LOST:
                self.guilty[unit.task, unit.source] += 1
                guilty.append(unit)
            else:
                self.waiting.append(Again(unit, alone=was_alone or not orderly))
        return guilty

    def start(self, unit: Unit, avoid: str = "") -> str:
        """Note that a unit runs on the worker with most free slots, and return that; `free` must have said so.

        What would stand behind a slow one waits, and so does, until it can be alone, what belongs to a submission that
        is guilty: no worker is returned then.
        """
        free = {address: member.free(ahead=bool(self.brief)) for address, member in self.members.items()}
        room = {address: some for address, some in free.items() if some}
        if (alone := bool(self.guilty[unit.task, unit.source])) or not room:
            self.waiting.append(Again(unit, alone=alone))
            return ""
        best = self.members[max(room, key=lambda a: (a != avoid, room[a] / self.members[a].slots, room[a]))]
        self._run(unit, best)
        return best.address

    def end(self, unit: Unit) -> str:
        """Note that a unit has ended, and return where."""
        _, address = self.units.pop(unit.key)
        member = self.members[address]
        member.running.discard(unit.key)
        member.slow.discard(unit.key)
        if unit.key in self.alone:
            self.alone.discard(unit.key)
            member.reserved = False
        return address

    def again(self, unit: Unit, avoid: str = "") -> None:
        """Offer a unit that has ended once more, on another worker than `avoid` if there is one."""
        self.waiting.append(Again(unit, avoid, bool(self.guilty[unit.task, unit.source])))

    def crowded(self, address: str) -> bool:
        """Say whether a worker has one more than it has slots, so that what it was given last cannot have begun."""
        member = self.members.get(address)
        return member is not None and len(member.running) > member.slots

    def due(self) -> list[tuple[Unit, str]]:
        """Start what is offered again as far as there is room, and return it with its worker."""
        found, left = list[tuple[Unit, str]](), deque[Again]()
        for again in self.waiting:
            place = self._place_alone() if again.alone else self._place(again.avoid)
            if place is None:
                left.append(again)
                continue
            if again.alone:
                self.alone.add(again.unit.key)
            self._run(again.unit, place)
            found.append((again.unit, place.address))
        self.waiting = left
        self._reserve(sum(again.alone for again in left))
        return found

    def _run(self, unit: Unit, member: WorkerLoad) -> None:
        member.running.add(unit.key)
        if unit.stage not in self.brief:
            member.slow.add(unit.key)
        self.units[unit.key] = unit, member.address

    def _place(self, avoid: str) -> WorkerLoad | None:
        others = [m for m in self.members.values() if m.address != avoid]
        return next((m for m in others or self.members.values() if m.free(ahead=False)), None)

    def _place_alone(self) -> WorkerLoad | None:
        """Return a worker on which nothing runs, kept for one suspect from now on."""
        idle = [m for m in self.members.values() if not m.running]
        found = min(idle, key=lambda m: not m.reserved, default=None)
        if found:
            found.reserved = True
        return found

    def _reserve(self, suspects: int) -> None:
        """Keep as many workers free of new units as suspects wait, those that will be idle soonest; let others go."""
        busy = [m for m in self.members.values() if not m.running & self.alone]
        busy.sort(key=lambda m: (not m.reserved, len(m.running)))
        for place, member in enumerate(busy):
            member.reserved = place < suspects
