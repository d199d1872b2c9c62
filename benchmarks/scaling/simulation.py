"""Workers, network and driver of a class as a simulation of discrete events, with a clock of its own.

`VirtualCluster` takes units as long as slots are free, and hands back those that came in. A worker has one slot. Files
on the way to it share the driver's line; on the way back, every unit passes the scheduler and that line. With a worker
its unit is lost, which is offered again, before others, once that is noticed. All of it follows from a seed.
"""

import heapq
from collections import deque
from dataclasses import dataclass, fields
from typing import Final, Literal

import numpy as np

HOUR: Final = 3600.0
READY, DONE, LOST = range(3)
NOTHING: Final = -1
Event = tuple[float, int, int, int, float]  # when, what, to which worker, the unit, its seconds
Resource = Literal["workers", "driver", "pictures", "scheduler", "network", "disk"]
Shared = Literal["driver's core", "scheduler", "network", "disk"]


@dataclass(frozen=True)
class Assumed:
    """What a simulation takes for granted. Times in seconds, sizes in bytes (10^6 a MB), rates as named.

    Of the class: `doubted` is the share of variants that one seed leaves in doubt, `broken` the share of submissions in
    a task that break the contract, `spread` by how much the work of students differs from the reference's (standard
    deviation of its logarithm), `misjudged` by how much what contract checks say of that is off (likewise), `check_s`
    what a contract check takes.
    Of a worker: `start_s` from its start, data included, to its first unit, `away_s` from its loss until another starts
    in its place, `noticed_s` from its loss until the driver knows; `losses_an_hour` hit one worker alone, and every
    `wave_every_h` hours (0: never) a share `wave_share` is taken at once, as by a queue that preempts.
    Of the driver's core, for one unit: `plan_s`, `submit_s` (handing it to Dask and taking it back) and `member_s` for
    each worker there is, `follow_s` (recording and judging), and `mark_s` and `page_s` at the end; for a submission in
    a task: `draw_s` for its pictures, which a second thread draws on the same core. While it does, following a unit
    takes `beside_s`. What is not drawn by the end is drawn by `cores`.
    `own_mb` and `unit_mb` are the memory of the driver with no unit and for each, once marked.
    """

    workers: int = 64
    students: int = 500
    doubted: float = 0.25
    broken: float = 0.03
    spread: float = 0.3
    misjudged: float = 0.3
    check_s: float = 1.0
    start_s: float = 8.0
    away_s: float = 120.0
    losses_an_hour: float = 1 / 24
    wave_every_h: float = 2.0
    wave_share: float = 0.1
    noticed_s: float = 1.0
    record_bytes: float = 30_000
    files_bytes: float = 12_000
    bytes_a_second: float = 125e6
    latency_s: float = 0.0005
    scheduler_s: float = 0.003
    disk_bytes_a_second: float = 100e6
    plan_s: float = 25e-6
    submit_s: float = 2e-3
    member_s: float = 0.4e-6
    follow_s: float = 0.28e-3
    beside_s: float = 0.9e-3
    mark_s: float = 0.09e-3
    page_s: float = 0.24e-3
    draw_s: float = 0.08
    cores: float = 4
    own_mb: float = 200.0
    unit_mb: float = 0.0047

    def told(self) -> str:
        return ", ".join(f"{f.name} {getattr(self, f.name):g}" for f in fields(self))


@dataclass(frozen=True)
class Outcome:
    """What came of a simulated class; times in seconds.

    `made` are units that were handed back, `lost` those that a worker took with it. `measure_s` is from the first unit
    to the last, `first_card_s` until all of a first student is done, `tail_s` the end of it during which slots were
    idle for want of units, `late_s` what pictures take after it. `busy` are the seconds that each resource worked: all
    workers together, the others one each.
    """

    assumed: Assumed
    made: int
    lost: int
    trained_s: float
    wasted_s: float
    plan_s: float
    measure_s: float
    first_card_s: float
    tail_s: float
    late_s: float
    finish_s: float
    busy: dict[Resource, float]

    @property
    def makespan_s(self) -> float:
        return self.plan_s + self.measure_s + self.late_s + self.finish_s

    @property
    def utilisation(self) -> float:
        """Return the share of the workers' time that went into units that were handed back."""
        return self.trained_s / (self.assumed.workers * self.measure_s)

    @property
    def loads(self) -> dict[Resource, float]:
        """Return how long each resource worked, as a share of the time of measuring; pictures that are late pass 1."""
        number = {"workers": self.assumed.workers}
        return {name: seconds / (number.get(name, 1) * self.measure_s) for name, seconds in self.busy.items()}

    @property
    def feeds(self) -> dict[Shared, float]:
        """Return how many workers each thing that they share can keep busy, by what units cost it and them."""
        busy = self.busy
        shared: dict[Shared, float] = {"driver's core": busy["driver"] + busy["pictures"]}
        shared |= {"scheduler": busy["scheduler"], "network": busy["network"], "disk": busy["disk"]}
        return {name: busy["workers"] / seconds for name, seconds in shared.items() if seconds > 0}

    @property
    def memory_mb(self) -> float:
        return self.assumed.own_mb + self.made * self.assumed.unit_mb


class VirtualCluster:
    """Workers with a clock `now`, in seconds. A unit is a number that the driver chose."""

    def __init__(self, assumed: Assumed, seed: int = 1) -> None:
        self.assumed = assumed
        self.now = 0.0  # when all is planned and workers are started
        self.made, self.lost, self.trained_s, self.wasted_s = 0, 0, 0.0, 0.0
        self.busy: dict[Resource, float] = dict.fromkeys(("driver", "pictures", "scheduler", "network", "disk"), 0.0)
        self.full_at = self.drawn_at = self.first_card_at = 0.0
        self._rng = np.random.default_rng((seed, assumed.workers))
        self._events = [(assumed.start_s, READY, n, NOTHING, 0.0) for n in range(assumed.workers)]
        self._free = list[int]()
        self._again = deque[tuple[int, float]]()
        self._lost_at = [self._next_loss(assumed.start_s) for _ in range(assumed.workers)]
        self._out_free = self._in_free = self._scheduler_free = 0.0

    def free(self) -> int:
        return len(self._free)

    def submit(self, unit: int, seconds: float) -> None:
        """Send a unit, which takes so many seconds, to a free worker."""
        self._spend(self.assumed.submit_s + self.assumed.workers * self.assumed.member_s)
        self._send(unit, seconds)

    def finished(self) -> list[int]:
        """Let the clock run until something happened at the driver, and return the units that came in by then.

        What the driver does about each counts as done when this returns.
        """
        if not self._free:
            self.full_at = max(self.now, self._events[0][0])
        found = list[int]()
        while not found or (self._events and self._known_at(self._events[0]) <= self.now):
            if self._take(found):
                break
        for _ in found:
            self._spend(self.assumed.beside_s if self.drawn_at > self.now else self.assumed.follow_s)
        while self._again and self._free:
            self._send(*self._again.popleft())
        return found

    def draw(self) -> None:
        """Have pictures of a submission drawn when those before are done."""
        self.busy["pictures"] += self.assumed.draw_s
        self.drawn_at = max(self.drawn_at, self.now) + self.assumed.draw_s

    def card(self) -> None:
        """Take note that all of a student is done."""
        self.first_card_at = self.first_card_at or self.now

    def outcome(self) -> Outcome:
        """Return what came of it, when no unit is left."""
        assumed = self.assumed
        return Outcome(
            assumed,
            made=self.made,
            lost=self.lost,
            trained_s=self.trained_s,
            wasted_s=self.wasted_s,
            plan_s=self.made * assumed.plan_s,
            measure_s=self.now,
            first_card_s=self.first_card_at,
            tail_s=self.now - self.full_at,
            late_s=max(0.0, self.drawn_at - self.now) / assumed.cores,
            finish_s=self.made * (assumed.mark_s + assumed.page_s),
            busy={**self.busy, "workers": self.trained_s + self.wasted_s},
        )

    def _spend(self, seconds: float) -> None:
        """Let the driver work; pictures wait for its core meanwhile."""
        if self.drawn_at > self.now:
            self.drawn_at += seconds
        self.now += seconds
        self.busy["driver"] += seconds

    def _send(self, unit: int, seconds: float) -> None:
        assumed, worker = self.assumed, self._free.pop()
        self._out_free = max(self._out_free, self.now) + assumed.files_bytes / assumed.bytes_a_second
        begun = self._out_free + assumed.latency_s
        end, lost = begun + seconds, self._lost_at[worker]
        if lost < end:
            self.wasted_s += max(0.0, lost - begun)
            noticed = max(lost, self.now) + assumed.noticed_s
            heapq.heappush(self._events, (noticed, LOST, worker, unit, seconds))
        else:
            heapq.heappush(self._events, (end, DONE, worker, unit, seconds))

    def _take(self, found: list[int]) -> bool:
        """Let the next event happen; say whether units can be sent that could not."""
        event = heapq.heappop(self._events)
        at, kind, worker, unit, seconds = event
        self.now = max(self.now, self._known_at(event))
        if kind == DONE:
            self._come_in(at)
            self.trained_s += seconds
            self.made += 1
            found.append(unit)
        elif kind == LOST:
            self.lost += 1
            self._again.append((unit, seconds))
            begins = max(at, self._lost_at[worker] + self.assumed.away_s) + self.assumed.start_s
            self._lost_at[worker] = self._next_loss(begins)
            heapq.heappush(self._events, (begins, READY, worker, NOTHING, 0.0))
        if kind != LOST:
            self._free.append(worker)
        return kind != DONE and bool(self._free)

    def _known_at(self, event: Event) -> float:
        """Return when the driver knows of an event: of a unit that is done, when its record came in."""
        at, kind = event[:2]
        if kind != DONE:
            return at
        assumed = self.assumed
        passed = max(self._scheduler_free, at + assumed.latency_s) + assumed.scheduler_s
        return max(self._in_free, passed) + assumed.record_bytes / assumed.bytes_a_second

    def _come_in(self, at: float) -> None:
        """Bring what a worker made at a time to the driver: by the scheduler, and by the driver's line."""
        assumed, line = self.assumed, self.assumed.record_bytes / self.assumed.bytes_a_second
        self._scheduler_free = max(self._scheduler_free, at + assumed.latency_s) + assumed.scheduler_s
        self._in_free = max(self._in_free, self._scheduler_free) + line
        self.busy["scheduler"] += assumed.scheduler_s
        self.busy["network"] += line
        self.busy["disk"] += assumed.record_bytes / assumed.disk_bytes_a_second

    def _next_loss(self, after: float) -> float:
        """Return when a worker that stands since then is lost: alone, or with others in a wave."""
        assumed = self.assumed
        alone = after + self._rng.exponential(HOUR / assumed.losses_an_hour) if assumed.losses_an_hour else np.inf
        if not assumed.wave_every_h:
            return float(alone)
        every = assumed.wave_every_h * HOUR
        return float(min(alone, (after // every + self._rng.geometric(assumed.wave_share)) * every))
