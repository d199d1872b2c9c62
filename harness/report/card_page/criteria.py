"""One criterion as the card shows it: marks, the line of its values, reasons, and the numbers in words."""

import math
from dataclasses import dataclass

from harness.grading.results import CriterionResult
from harness.report.card_page.measured import Fact
from harness.report.card_page.strip import Reading, Strip, strip
from harness.report.words.marks import Outcome, criterion_outcome
from harness.report.words.phrase import Phrase, listed
from harness.report.words.text import count, number, points, sentence


@dataclass(frozen=True)
class CriterionView:
    """`strip` shows the values between floor and target; None where there is none. `share` of the points, 0 to 100.

    `changed` says in one sentence what a person changed; empty where nobody did.
    """

    text: str
    outcome: Outcome
    points: str
    worth: float
    share: int
    facts: list[Fact]
    strip: Strip | None
    alternative: str
    reason: str
    hint: str
    comment: str
    changed: str


def criterion_view(criterion: CriterionResult) -> CriterionView:
    return CriterionView(
        text=criterion.text,
        outcome=criterion_outcome(criterion),
        points=_points(criterion),
        worth=criterion.points,
        share=round(100 * _share(criterion)),
        facts=[] if criterion.manual else _facts(criterion),
        strip=None if criterion.manual else strip(reading(criterion)),
        alternative=alternative(criterion),
        reason=sentence(criterion.reason),
        hint=sentence(criterion.hint),
        comment=criterion.comment.strip(),
        changed=_changed(criterion),
    )


def reading(criterion: CriterionResult) -> Reading:
    """Return what the line of a criterion shows. An advantage is stored so that positive is better."""
    band = None
    if criterion.target is not None:  # of a step, marks begin at the target
        band = (criterion.target if criterion.floor is None else criterion.floor, criterion.target)
    return Reading(
        values=criterion.values,
        value=criterion.value,
        band=band,
        earned=_share(criterion),
        interval=criterion.interval,
        reference=criterion.reference,
        published=criterion.published,
        lower=criterion.better == "lower" and not criterion.over,
        unit=criterion.unit,
    )


def alternative(criterion: CriterionResult) -> str:
    """Return the line in words, for those who do not see it."""
    percent = way_percent(criterion)
    if percent is None:
        return Phrase("Measured: %(measured)s.", measured=_measured(criterion))
    return Phrase(
        "%(measured)s; %(percent)s % of the way from floor %(floor)s to target %(target)s.",
        measured=_measured(criterion),
        percent=percent,
        floor=number(criterion.floor),
        target=number(criterion.target),
    )


def way_percent(criterion: CriterionResult) -> int | None:
    """Return how far from floor to target the value came, 0 to 100; NaN is the worst value there is."""
    value, target, floor = criterion.value, criterion.target, criterion.floor
    if value is None or target is None or floor is None or target == floor:
        return None
    share = (value - floor) / (target - floor)
    return 0 if math.isnan(share) else round(100 * min(1.0, max(0.0, share)))


def _share(criterion: CriterionResult) -> float:
    if not criterion.earned or criterion.points <= 0:
        return 0.0
    return min(1.0, max(0.0, criterion.earned / criterion.points))


def _points(criterion: CriterionResult) -> str:
    if criterion.earned is None:
        return Phrase("worth %(points)s", points=count(criterion.points, "point"))
    return Phrase("%(earned)s of %(n)s", earned=points(criterion.earned), n=count(criterion.points, "point"))


def _changed(criterion: CriterionResult) -> str:
    if not criterion.override:
        return ""
    before = Phrase("no mark") if criterion.automatic is None else count(round(criterion.automatic, 2), "point")
    reason = sentence(criterion.override)
    return Phrase("Changed by a person (it was %(before)s): %(reason)s", before=before, reason=reason)


def _facts(criterion: CriterionResult) -> list[Fact]:
    unit = criterion.unit
    facts = [Fact(Phrase("Measure"), _measure(criterion)), Fact(Phrase("Measured"), _measured(criterion))]
    if criterion.target is not None:
        facts.append(Fact(Phrase("Target"), _target(criterion)))
    if criterion.floor is not None:
        facts.append(
            Fact(Phrase("Floor"), Phrase("no points at %(floor)s or worse", floor=number(criterion.floor, unit)))
        )
    if criterion.reference is not None:
        facts.append(Fact(Phrase("Reference model"), number(criterion.reference, unit)))
    if criterion.same_key is not None:
        words = Phrase("%(value)s, under the key and seeds of this class", value=number(criterion.same_key, unit))
        facts.append(Fact(Phrase("The same model here"), words))
    if criterion.published:
        facts.append(Fact(Phrase("Published"), ", ".join(number(v, unit) for v in sorted(criterion.published))))
    if criterion.interval is not None:
        low, high = (number(end, unit) for end in criterion.interval)
        words = Phrase("%(low)s to %(high)s, of the mean over seeds", low=low, high=high)
        facts.append(Fact(Phrase("95 % interval"), words))
    if criterion.certainty:
        facts.append(Fact(Phrase("How sure"), sentence(criterion.certainty)))
    return facts


def _target(criterion: CriterionResult) -> str:
    # A comparison is stored as an advantage: positive is better whatever the direction of the measure.
    target = number(criterion.target, criterion.unit)
    if criterion.better == "lower" and not criterion.over:
        return Phrase("at most %(target)s", target=target)
    return Phrase("at least %(target)s", target=target)


def _measure(criterion: CriterionResult) -> str:
    if criterion.over:
        return Phrase("advantage of %(this)s over %(that)s", this=criterion.measure, that=criterion.over)
    if criterion.better == "lower":
        return Phrase("%(measure)s, lower is better", measure=criterion.measure)
    return Phrase("%(measure)s, higher is better", measure=criterion.measure) if criterion.better else criterion.measure


def _measured(criterion: CriterionResult) -> str:
    # A seed without a value stands in the list as NaN, whether it stopped or computed NaN.
    seeds = listed(Phrase("no value") if math.isnan(value) else number(value) for value in criterion.values)
    if criterion.value is None:
        measured = any(math.isfinite(value) for value in criterion.values)
        return Phrase("no median; seeds: %(seeds)s", seeds=seeds) if measured else Phrase("not measured")
    value = number(criterion.value, criterion.unit)
    n = len(criterion.values)
    if n == 1:
        return value
    return Phrase("%(value)s, the median of %(n)s seeds: %(seeds)s", value=value, n=n, seeds=seeds)
