"""One line of values to scale: what each seed reached between floor and target, and beside whom.

Positions are percent of the width, and better is always to the right; the template draws them as SVG, so that a class
of hundreds of cards needs no plotting library for it and the colours follow the reader's scheme.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from harness.report.words.phrase import Phrase, listed
from harness.report.words.text import number

EDGE = 3.0  # percent of the width that stays free on both sides
REACH = 1.2  # of the way from floor to target is shown beyond either end; what lies further stands at the edge


@dataclass(frozen=True)
class Tick:
    """A value at `at` percent; `beyond` is -1 or 1 where it lies further left or right than the line shows."""

    at: float
    text: str
    beyond: int = 0

    @property
    def words(self) -> str:
        """Return the text, and whether the value lies where the line does not reach."""
        return listed([self.text, Phrase("(beyond this line)")], " ") if self.beyond else self.text


@dataclass(frozen=True)
class Span:
    """From `at` percent over `width` percent."""

    at: float
    width: float
    text: str


@dataclass(frozen=True)
class Band:
    """`way` runs from floor to target, `beyond` from there to the right; `earned` is the part of it that earned marks.

    A step has a target alone.
    """

    target: Tick
    beyond: Span
    floor: Tick | None = None
    way: Span | None = None
    earned: Span | None = None


@dataclass(frozen=True)
class Strip:
    """What is drawn; None for what there is not."""

    seeds: list[Tick]
    median: Tick | None
    band: Band | None = None
    interval: Span | None = None
    reference: Tick | None = None
    published: Span | None = None


@dataclass(frozen=True)
class Reading:
    """What a strip shows, in the measure's unit.

    `band` is (floor, target), of a step twice the target; `earned` the share of the points, 0 to 1; `lower` says that
    lower is better.
    """

    values: Sequence[float]
    value: float | None = None
    band: tuple[float, float] | None = None
    earned: float = 0.0
    interval: tuple[float, float] | None = None
    reference: float | None = None
    published: Sequence[float] = field(default_factory=list)
    lower: bool = False
    unit: str = ""

    @cached_property
    def known(self) -> list[float]:
        """Return every finite value that the strip shows."""
        others = [*self.values, *self.published, *(self.interval or ()), *(self.band or ())]
        single = [v for v in (self.value, self.reference) if v is not None]
        return [v for v in (*others, *single) if math.isfinite(v)]


@dataclass(frozen=True)
class Scale:
    """From values to percent of the width: `worst` stands at the left edge, `best` at the right."""

    worst: float
    best: float

    def at(self, value: float) -> float:
        share = (value - self.worst) / (self.best - self.worst)
        return round(EDGE + (100 - 2 * EDGE) * min(1.0, max(0.0, share)), 2)

    def beyond(self, value: float) -> int:
        share = (value - self.worst) / (self.best - self.worst)
        return -1 if share < -1e-9 else 1 if share > 1 + 1e-9 else 0

    def tick(self, value: float, text: str) -> Tick:
        return Tick(self.at(value), text, self.beyond(value))

    def span(self, one: float, other: float, text: str) -> Span:
        left, right = sorted((self.at(one), self.at(other)))
        return Span(left, round(right - left, 2), text)


def scale_of(readings: Iterable[Reading]) -> Scale | None:
    """Return the scale that shows all readings, None where none has a finite value; lines that compare share it."""
    every = list(readings)
    known = [v for r in every for v in r.known]
    if not known:
        return None
    low, high = min(known), max(known)
    bands = [sorted(r.band) for r in every if r.band and r.band[0] != r.band[1]]
    if bands:  # one seed that ran away must not press everything else together
        start, end = min(b[0] for b in bands), max(b[1] for b in bands)
        room = REACH * (end - start)
        low, high = max(low, start - room), min(high, end + room)
    if low == high:
        pad = 0.1 * abs(low) or 1.0
        low, high = low - pad, high + pad
    return Scale(high, low) if any(r.lower for r in every) else Scale(low, high)


def strip(reading: Reading, scale: Scale | None = None) -> Strip | None:
    """Return the line of one reading, on the `scale` of several or on its own; None where nothing can be shown.

    Of NaN and infinite values nothing is shown: the words beside the line name them.
    """
    scale = scale or scale_of([reading])
    if scale is None or not reading.known:
        return None
    unit = reading.unit
    finite = [v for v in reading.values if math.isfinite(v)]
    middle = reading.value if reading.value is not None else median(finite) if finite else None
    shown = middle is not None and math.isfinite(middle)
    return Strip(
        seeds=[
            scale.tick(v, Phrase("seed %(n)s: %(value)s", n=i, value=number(v, unit)))
            for i, v in enumerate(reading.values, 1)
            if v in finite
        ],
        median=scale.tick(middle, Phrase("median %(value)s", value=number(middle, unit)))
        if shown and middle is not None
        else None,
        band=_band(reading, scale),
        interval=_span(scale, reading.interval, Phrase("95 % interval of the mean"), unit),
        reference=_tick(scale, reading.reference, Phrase("reference model"), unit),
        published=_span(scale, reading.published, Phrase("published"), unit),
    )


def _band(reading: Reading, scale: Scale) -> Band | None:
    if reading.band is None:
        return None
    floor, target = reading.band
    end = scale.tick(target, number(target, reading.unit))
    beyond = Span(scale.at(target), round(100 - scale.at(target), 2), Phrase("target reached"))
    if floor == target:
        return Band(end, beyond)
    begin = scale.tick(floor, number(floor, reading.unit))
    earned = scale.span(floor, floor + reading.earned * (target - floor), "") if reading.earned else None
    return Band(end, beyond, begin, scale.span(floor, target, Phrase("from floor to target")), earned)


def _tick(scale: Scale, value: float | None, what: str, unit: str) -> Tick | None:
    if value is None or not math.isfinite(value):
        return None
    return scale.tick(value, listed([what, number(value, unit)], " "))


def _span(scale: Scale, values: Sequence[float] | None, what: str, unit: str) -> Span | None:
    finite = [v for v in values or () if math.isfinite(v)]
    if not finite:
        return None
    low, high = min(finite), max(finite)
    ends = Phrase("%(low)s to %(high)s", low=number(low, unit), high=number(high, unit))
    return scale.span(low, high, listed([what, number(low, unit) if low == high else ends], " "))
