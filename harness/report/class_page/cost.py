"""What grading took: time, CPU hours, memory and, where an hour has a price, money."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from harness.grading.results import ClassResult, StudentResult, TaskResult
from harness.records.models import GIVEN, Measurement
from harness.report.card_page.variants import peak_memory
from harness.report.words.links import ALL, Cards, Link
from harness.report.words.moments import duration
from harness.report.words.phrase import Phrase
from harness.report.words.text import MISSING

DEAREST = 5
HOUR_S = 3600


@dataclass(frozen=True)
class Dear:
    """One submission in one task that took much."""

    student: Link
    task: str
    trainings: int
    cpu: str
    wall: str
    memory: str
    price: str


@dataclass(frozen=True)
class Cost:
    """`facts` are terms and values; `dearest` the submissions that took the most CPU time, `priced` if that has one."""

    facts: list[tuple[str, str]]
    dearest: list[Dear]
    priced: bool


@dataclass(frozen=True)
class Price:
    """Money for an hour of one core."""

    per_hour: float
    currency: str

    def of(self, seconds: float) -> str:
        return f"{seconds / HOUR_S * self.per_hour:,.2f} {self.currency}".rstrip()


MOST = 1e12  # seconds: what is more can be no time


def cpu_seconds(measurement: Measurement) -> float:
    """Return the CPU seconds of all steps of a measurement; what can be no time is left out."""
    return sum(usage.cpu_s for usage in measurement.usage.values() if 0 <= usage.cpu_s < MOST)


def cost(
    result: ClassResult,
    cards: Cards = ALL,
    *,
    price_per_cpu_hour: float | None = None,
    currency: str | None = None,
) -> Cost:
    """Sum up what trainings took; identical submissions share one training, which counts once in the totals.

    The check before training is left out: what it used is not kept with the results.
    """
    price = None if price_per_cpu_hour is None else Price(price_per_cpu_hour, currency or "")
    runs = {m.key: m for s in result.students for t in s.tasks for m in _trained(t)}
    own = [(s, sum(cpu_seconds(m) for t in s.tasks for m in _trained(t))) for s in result.students]
    own = [(student, seconds) for student, seconds in own if seconds > 0]
    cpu = sum(map(cpu_seconds, runs.values()))
    facts: list[tuple[str, str]] = [
        (Phrase("Time, all runs together"), duration(result.seconds)),
        (Phrase("Trainings"), f"{len(runs):,}"),
        (Phrase("CPU time"), _hours(cpu)),
        (Phrase("Mean CPU time a student"), duration(fmean(s for _, s in own)) if own else MISSING),
        (Phrase("Most CPU time a student"), _most(own)),
        (Phrase("Largest memory"), _memory(list(runs.values()))),
    ]
    if price:
        facts.append((Phrase("Price of the CPU time"), price.of(cpu)))
        facts += [(Phrase("Mean price a student"), price.of(fmean(s for _, s in own)))] if own else []
    return Cost(facts, _dearest(result.students, price, cards), price is not None)


def _trained(task: TaskResult) -> list[Measurement]:
    return [m for m in task.measurements if m.source != GIVEN]


def _hours(seconds: float) -> str:
    return duration(seconds) if seconds < HOUR_S else f"{seconds / HOUR_S:,.1f} h"


def _most(own: Sequence[tuple[StudentResult, float]]) -> str:
    if not own:
        return MISSING
    student, seconds = max(own, key=lambda pair: pair[1])
    return f"{duration(seconds)}, {ALL.of(student).name}"


def _memory(runs: Sequence[Measurement]) -> str:
    peak = max((peak for m in runs if (peak := peak_memory(m)) is not None), default=None)
    return MISSING if peak is None else f"{peak:,.0f} MB"


def _dearest(students: Sequence[StudentResult], price: Price | None, cards: Cards) -> list[Dear]:
    found = [(sum(map(cpu_seconds, _trained(t))), s, t) for s in students for t in s.tasks]
    found = sorted((entry for entry in found if entry[0] > 0), key=lambda entry: -entry[0])
    return [_dear(seconds, cards.of(s), t, price) for seconds, s, t in found[:DEAREST]]


def _dear(seconds: float, student: Link, task: TaskResult, price: Price | None) -> Dear:
    runs = _trained(task)
    return Dear(
        student=student,
        task=task.title,
        trainings=len(runs),
        cpu=duration(seconds),
        wall=duration(sum(usage.wall_s for m in runs for usage in m.usage.values())),
        memory=_memory(runs),
        price=price.of(seconds) if price else "",
    )
