"""What waits for a slot: units in their order, but a long one before it would be the last to end."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Generic, NamedTuple, TypeVar

T = TypeVar("T", bound=Any)  # units are ordered and can be hashed

SOON: Final = 2.0  # by simulation: with less, slots wait in the end; with more, cards and pictures come later


class Span(NamedTuple):
    """Seconds that a unit is expected to take, and those until what waits for it may have run as well."""

    own: float
    whole: float


@dataclass
class Waiting(Generic[T]):
    """Units that wait for slots, of each of which `expect` says how long it takes.

    They go in their order, student by student, as long as enough waits to keep the slots busy for `SOON` times what the
    longest of them takes; then that one goes first (Graham 1969, Bounds on multiprocessing timing anomalies: longest
    first ends at most a third later than the best order). What has no length goes in order, and nothing else before it:
    how long the rest is should be asked when all that tells about it is on its way. Each unit goes through two heaps.
    """

    expect: Callable[[T], Span | None]
    _in_order: list[T] = field(default_factory=list)
    _longest: list[tuple[float, T]] = field(default_factory=list)
    _new: list[T] = field(default_factory=list)
    _own: dict[T, float] = field(default_factory=dict)
    _seconds: float = 0.0

    def __len__(self) -> int:
        return len(self._own)

    def push(self, unit: T) -> None:
        self._own[unit] = 0.0
        self._new.append(unit)
        heapq.heappush(self._in_order, unit)

    def pop(self, slots: int) -> T:
        """Take out what comes next where there are so many slots. Raises IndexError where nothing waits."""
        unit = self._first()
        if self.expect(unit) is not None:
            self._measure_new()
            while self._longest[0][1] not in self._own:
                heapq.heappop(self._longest)
            whole, longest = -self._longest[0][0], self._longest[0][1]
            unit = longest if self._seconds <= SOON * slots * whole else unit
        self._seconds -= self._own.pop(unit)
        return unit

    def _first(self) -> T:
        while self._in_order[0] not in self._own:
            heapq.heappop(self._in_order)
        return self._in_order[0]

    def _measure_new(self) -> None:
        for unit in self._new:
            if unit in self._own and (span := self.expect(unit)):
                self._own[unit] = span.own
                self._seconds += span.own
                heapq.heappush(self._longest, (-span.whole, unit))
        self._new.clear()
