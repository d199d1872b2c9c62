"""What the origin of a band quotes, held against the baselines and the published figures: numbers in prose go stale.

Of an origin, these forms are read, with a semicolon between them; anything else is for people:

    reference 0.943, sd 0.008, least 0.93, ten seeds      mean, sd (n - 1) and worst value over the seeds of a baseline
    reference 0.0063 against 0.0081, one seed             the two means behind a comparison
    A 0.0068 against 0.0089, C 0.0080                     what course reports published of the variants compared
    mean − 2 sd is 0.0166                                 such a threshold, of the baseline that was quoted before
    floor: logistic regression on pixels, 0.8746          the best answer without learning

A number agrees with one that rounds to it in as many digits as it has.
"""

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from harness.grading.baselines import Baseline
from harness.grading.proposal import spelled
from harness.grading.reference import naive_figures
from harness.grading.rubric_model import Criterion, Rubric
from harness.grading.words import number
from harness.task import Task

NUMBER: Final = r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)"
OVER: Final = rf"(?: (?:against|over) {NUMBER})?"
REFERENCE: Final = re.compile(rf"\breference {NUMBER}{OVER}(?:, sd {NUMBER})?(?:, least {NUMBER})?(?:, (\w+) seeds?)?")
REPORTED: Final = re.compile(rf"\b([A-E]) {NUMBER}{OVER}")
THRESHOLD: Final = re.compile(rf"mean ([−+]) (\d) sd is {NUMBER}")
FLOOR: Final = re.compile(rf"floor: [^;]*?, {NUMBER}(?:;|$)")


@dataclass(frozen=True)
class Place:
    """Where an origin stands: in which criterion, under which profile."""

    criterion: Criterion
    profile: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.criterion.measure, self.criterion.over)))


@dataclass(frozen=True)
class Quotable:
    """What a baseline has of what REFERENCE quotes, over its `n` seeds; `other` is the mean of the other side."""

    mean: float
    other: float | None
    sd: float | None
    least: float
    n: int

    @property
    def seeds(self) -> str:
        return f"{spelled(self.n)} seed{'' if self.n == 1 else 's'}"


def quotable(place: Place, baseline: Baseline, *, compares: bool) -> Quotable:
    """Return what the baseline has of a measure, or of its advantage; where it `compares`, of both sides apart."""
    measure, over, better = place.criterion.measure, place.criterion.over, place.criterion.better or "higher"
    values = baseline.values(measure, "" if compares else over, better)
    other = statistics.fmean(baseline.values(over)) if compares and over else None
    sd = statistics.stdev(values) if len(values) > 1 else None
    worst = min(values) if over or better == "higher" else max(values)
    return Quotable(statistics.fmean(values), other, sd, worst, len(values))


def stale_origins(rubric: Rubric, task: Task, profile: str, baselines: Sequence[Baseline]) -> dict[str, list[str]]:
    """Return what origins of a rubric quote that no baseline of the profile and no report says, by criterion.

    `baselines` are those of all devices. A criterion without a word to mend is left out.
    """
    found = {
        c.id: list(stale(band.origin, Place(c, profile), task, baselines))
        for c in rubric.criteria
        if (band := c.profiles.get(profile))
    }
    return {name: said for name, said in found.items() if said}


def stale(origin: str, place: Place, task: Task, baselines: Sequence[Baseline]) -> Iterator[str]:
    """Yield a sentence for everything that an origin quotes and that is not so."""
    for match in REFERENCE.finditer(origin):
        yield from _reference(match, place, baselines)
    for match in REPORTED.finditer(origin):
        yield from _reported(match, place, task)
    if quoted := THRESHOLD.search(origin):
        yield from _threshold(quoted, place, baselines)
    if floor := FLOOR.search(origin):
        known = [f for b in [*baselines, None] for f in naive_figures(task, place.names[0], place.profile, b)[-1:]]
        if not any(agrees(floor[1], f.value) for f in known):
            yield f"the floor is quoted as {floor[1]}, but is {_either(number(f.value, 4) for f in known)}"


def agrees(quoted: str, value: float) -> bool:
    """Say whether a value rounds to the number quoted, in as many digits as that has."""
    digit = Decimal(1).scaleb(int(Decimal(quoted).as_tuple().exponent))
    return abs(Decimal(quoted) - Decimal(value)) <= digit / 2 * (1 + Decimal("1e-6"))


def _reference(match: re.Match[str], place: Place, baselines: Sequence[Baseline]) -> Iterator[str]:
    """Hold the mean, sd, worst value and number of seeds against each baseline: all must be those of one of them."""
    _, other, _, _, seeds = match.groups()
    if seeds is None:
        yield f"'{match[0]}' does not say under how many seeds"
    if not baselines:
        yield f"'{match[0]}' is quoted, but there is no baseline"
        return
    wrong = [_unlike(match, place, b, compares=other is not None) for b in baselines]
    if all(wrong):
        yield f"'{match[0]}' is quoted, but the baseline has {_either(wrong)}"


def _unlike(match: re.Match[str], place: Place, baseline: Baseline, *, compares: bool) -> str:
    """Return what this baseline has instead; nothing where it says the same."""
    if not baseline.has(*place.names):
        return f"no {' or '.join(place.names)}"
    *quoted, seeds = match.groups()
    known = quotable(place, baseline, compares=compares)
    figures = known.mean, known.other, known.sd, known.least
    has = list(zip(quoted, figures, ("", "against ", "sd ", "least "), strict=True))
    right = all(told is None or (value is not None and agrees(told, value)) for told, value, _ in has)
    if right and seeds in (None, spelled(known.n), str(known.n)):
        return ""
    said = [f"{word}{number(v, 4)}" for told, v, word in has if told is not None and v is not None]
    return f"{', '.join(said)}, {known.seeds}"


def _threshold(match: re.Match[str], place: Place, baselines: Sequence[Baseline]) -> Iterator[str]:
    found = [v for b in baselines if b.has(*place.names) and (v := limit(match, place, b)) is not None]
    if not any(agrees(match[3], value) for value in found):
        yield f"'{match[0]}' is quoted, but it is {_either([number(v, 4) for v in found])}"


def limit(match: re.Match[str], place: Place, baseline: Baseline) -> float | None:
    """Return the threshold that THRESHOLD matched as a baseline has it; None for one seed."""
    known = quotable(place, baseline, compares=False)
    return None if known.sd is None else known.mean + (1 if match[1] == "+" else -1) * int(match[2]) * known.sd


def _reported(match: re.Match[str], place: Place, task: Task) -> Iterator[str]:
    """Hold what a report is said to publish against what the task knows of the variants, whatever the measure."""
    report, *quoted = match.groups()
    variants = {name.partition(".")[0] for name in place.names}
    known = {
        p.value
        for p in task.published
        if p.source == f"course report {report}" and p.measure.partition(".")[0] in variants
    }
    for value in filter(None, quoted):
        if float(value) not in known:
            yield f"'{match[0]}' is quoted, but report {report} has {_either(f'{v:g}' for v in sorted(known))}"


def _either(said: Iterator[str] | Sequence[str]) -> str:
    return " or ".join(said) or "none"
