"""Whether a notebook was run in another order than its cells stand in, so that other values counted there."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from harness.intake.names import clean
from harness.intake.pieces import Chosen, Kind, Names
from harness.intake.taken import Taken


@dataclass(frozen=True)
class Event:
    """A statement that sets a name or changes its object, or else reads it as it runs."""

    place: float
    cell: int
    name: str
    writes: bool


def other_orders(chosen: Chosen, taken: Taken) -> Iterator[str]:
    """Yield a sentence for each name whose value hangs on cells that were run in another order, or were not run."""
    ran = {cell: count for cell, count in chosen.counts.items() if count}
    told: set[tuple[int, int]] = set()
    for events in events_of(chosen, taken).values() if ran else ():
        for before, after in swapped(events, ran):
            if (before.cell, after.cell) not in told:
                told.add((before.cell, after.cell))
                yield (
                    f"Cell {before.cell} was run after cell {after.cell}, but stands before it and counts first "
                    f"({clean(after.name, 60)}): run all cells from the top to see what is graded."
                )
        if idle := not_run(events, ran):
            yield (
                f"Cell {idle.cell} was not run in the notebook as it was saved, but counts "
                f"({clean(idle.name, 60)}): run all cells from the top to see what is graded."
            )


def events_of(chosen: Chosen, taken: Taken) -> dict[str, list[Event]]:
    """Return what is done to each group of names that is read, in the order in which it stands."""
    relevant = {chosen.aliases.of(name) for name in taken.read | taken.wanted}
    found: dict[str, list[Event]] = defaultdict(list)

    def add(place: float, cell: int, names: Names, *, writes: bool) -> None:
        for name in sorted(names):
            if (group := chosen.aliases.of(name)) in relevant:
                found[group].append(Event(place, cell, name, writes))

    for place, piece in enumerate(chosen.pieces):
        if piece.kind is not Kind.IMPORT:
            add(place, piece.cell, piece.at_once, writes=False)
            add(place, piece.cell, piece.sets | piece.changes, writes=True)
    for left in chosen.left:
        add(left.place - 0.5, left.cell, left.sets | left.changes, writes=True)
    return {group: sorted(events, key=lambda event: event.place) for group, events in found.items()}


def swapped(events: list[Event], ran: dict[int, int]) -> Iterator[tuple[Event, Event]]:
    """Yield pairs of which the first stands before the other and was run after it, if one of them writes."""
    last: dict[bool, Event] = {}
    for event in (event for event in events if event.cell in ran):
        seen = [one for writes, one in last.items() if writes or event.writes]
        latest = max(seen, key=lambda one: ran[one.cell], default=event)
        if ran[latest.cell] > ran[event.cell]:
            yield latest, event
        known = last.get(event.writes, event)
        last[event.writes] = max(known, event, key=lambda one: ran[one.cell])


def not_run(events: list[Event], ran: dict[int, int]) -> Event | None:
    """Return what writes a name in a cell that was not run, if one that was run writes it, too."""
    writing = [event for event in events if event.writes]
    idle = next((event for event in writing if event.cell not in ran), None)
    return idle if any(event.cell in ran for event in writing) else None
