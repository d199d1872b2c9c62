"""The leaderboard: ranks and measures under pseudonyms, on a page that students may see.

Nothing of it comes from a name, a slug or a card, nor from what people decided; hidden criteria count only once they
are revealed.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.grading.by_hand import by_harness
from harness.grading.marks import share_of_band
from harness.grading.results import ClassResult, CriterionResult, StudentResult, TaskResult
from harness.grading.scale import percentage
from harness.records.models import Status
from harness.report.words.marks import counts_text
from harness.report.words.moments import date
from harness.report.words.phrase import Phrase
from harness.report.words.text import MISSING, clean, number, percent, points, short_name

NAMELESS = Phrase("(no pseudonym)")
SAME = 1e-9  # marks that differ by less are equal: they are sums of rounded numbers


@dataclass(frozen=True)
class Head:
    """A column of measures: the criterion's words, what is measured, and which way is good."""

    text: str
    measure: str
    better: str


@dataclass(frozen=True)
class RankedLine:
    """One line. `rank` is 1 for the best and shared by equals, who are followed by a gap; empty for the reference."""

    rank: str
    name: str
    mark: str
    percent: str
    share: float
    values: list[str]
    numbers: list[float | None]
    is_reference: bool = False


@dataclass(frozen=True)
class Ranking:
    """The ranks in one task, or overall, where `heads` are tasks. `unranked` have no mark yet and are not listed.

    `passing` of the entries, the first ones, reach the pass mark by what counts here; None where it is not for this.
    """

    title: str
    heads: list[Head]
    entries: list[RankedLine]
    unranked: int
    passing: int | None = None


@dataclass(frozen=True)
class Leaderboard:
    """`overall` is None where there is one task only. `pass_mark` is a percentage, `share` the same in [0, 1]."""

    title: str
    created: str
    complete: bool
    note: Phrase
    counts: str
    pass_mark: str
    share: float
    overall: Ranking | None
    boards: list[Ranking]


@dataclass(frozen=True)
class Standing:
    """What one submission earned of the points that could be decided, as far as students may know."""

    name: str
    earned: float
    possible: float
    criteria: Mapping[str, CriterionResult]

    @property
    def share(self) -> float:
        return self.earned / self.possible


def leaderboard(result: ClassResult) -> Leaderboard:
    """Arrange a class for its students.

    In a task, the share earned of what could be decided gives the rank. Overall it is the share of the points of the
    tasks that count for a submission (see `harness.report.words.marks.COUNTS`), as on every other page.
    """
    titles = {task.task: task.title for student in result.students for task in student.tasks}
    by_task = {name: _standings(result, name) for name in titles}
    boards = [_board(titles[name], standings) for name, standings in by_task.items()]
    if len(boards) == 1:
        (standings,) = by_task.values()
        boards = [replace(boards[0], passing=_passing(result, filter(None, standings.values())))]
    return Leaderboard(
        title=result.title,
        created=date(result.created),
        complete=result.complete,
        note=_note(result),
        counts=counts_text(result),
        pass_mark=percentage(result.scale.pass_mark),
        share=result.scale.pass_mark,
        overall=_overall(result, titles, by_task) if len(titles) > 1 else None,
        boards=boards,
    )


def _note(result: ClassResult) -> Phrase:
    if result.revealed or not any(c.hidden for s in result.students for t in s.tasks for c in t.criteria):
        return Phrase("What counts here is what was measured; what a person marks is left out.")
    return Phrase("What counts here is what was measured; what a person marks and what is still hidden is left out.")


def _passing(result: ClassResult, standings: Iterable[Standing]) -> int:
    return sum(result.scale.passes(s.earned, s.possible) for s in standings)


def name_of(student: StudentResult) -> str:
    return short_name(student.pseudonym, NAMELESS, 40)


def _standings(result: ClassResult, name: str) -> dict[str, Standing | None]:
    """Return everybody who handed in for a task, by slug; None for who has no mark."""
    found: dict[str, Standing | None] = {}
    for student in result.students:
        for task in student.tasks:
            if task.task == name:
                found[student.slug] = standing(name_of(student), task, revealed=result.revealed)
    return found


def standing(name: str, task: TaskResult, *, revealed: bool) -> Standing | None:
    """Return how a submission stands by what was measured of it and students may see; None if nothing is decided."""
    seen = [by_harness(c) for c in task.criteria if not c.manual and (revealed or not c.hidden)]
    counting = [c for c in seen if c.earned is not None and math.isfinite(c.earned)]
    decided = [c for c in counting if c.status is not Status.HARNESS_ERROR]
    possible = math.fsum(c.points for c in decided)
    if possible <= 0:
        return None
    return Standing(name, math.fsum(c.earned or 0.0 for c in decided), possible, {c.id: c for c in seen})


def _board(title: str, standings: Mapping[str, Standing | None]) -> Ranking:
    ranked = [s for s in standings.values() if s is not None]
    criteria = {c.id: c for s in ranked for c in s.criteria.values() if c.measure}
    heads = [Head(clean(c.text), _measure(c), _better(c)) for c in criteria.values()]
    entries = [
        _entry(
            rank, s.name, s.earned, s.possible, [_value(s.criteria.get(i)) for i in criteria], list(criteria.values())
        )
        for rank, s in _ranks([(s.share, s) for s in ranked])
    ]
    reference = _reference(list(criteria.values()))
    return Ranking(title, heads, [*entries, *reference], len(standings) - len(ranked))


def _measure(criterion: CriterionResult) -> str:
    if not criterion.over:
        return criterion.measure
    return Phrase("%(measure)s over %(other)s", measure=criterion.measure, other=criterion.over)


def _better(criterion: CriterionResult) -> str:
    return "higher" if criterion.over else criterion.better


def _value(criterion: CriterionResult | None) -> float | None:
    return None if criterion is None else criterion.value


def _entry(
    rank: str,
    name: str,
    earned: float,
    possible: float,
    values: Sequence[float | None],
    criteria: Sequence[CriterionResult],
    *,
    is_reference: bool = False,
) -> RankedLine:
    return RankedLine(
        rank=rank,
        name=name,
        mark=f"{points(earned)} / {points(possible)}",
        percent=percent(earned / possible),
        share=round(earned / possible, 6),
        values=[number(v, c.unit) for v, c in zip(values, criteria, strict=True)],
        numbers=[_short(v) for v in values],
        is_reference=is_reference,
    )


def _short(value: float | None) -> float | None:
    """Return a value to sort by; None for what is no number."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.6g}")


def _reference(criteria: Sequence[CriterionResult]) -> list[RankedLine]:
    """Return the reference's line, with marks by the same bands; nothing where nobody measured it."""
    values = [c.reference for c in criteria]
    if not any(v is not None for v in values):
        return []
    known = [(c, v, c.target) for c, v in zip(criteria, values, strict=True) if v is not None]
    bands = [(c.points, _share(c, v, t)) for c, v, t in known if t is not None and t != c.floor]
    possible = math.fsum(p for p, _ in bands)
    if not possible:
        return []
    earned = math.fsum(p * share for p, share in bands)
    return [_entry("", "Reference model", earned, possible, values, criteria, is_reference=True)]


def _share(criterion: CriterionResult, value: float, target: float) -> float:
    """Return the share of the points that a value earns; without a floor the target is a step."""
    if criterion.floor is not None:
        return share_of_band(value, target, criterion.floor)
    return float(value <= target if criterion.better == "lower" and not criterion.over else value >= target)


def _ranks(scored: Iterable[tuple[float, Standing]]) -> list[tuple[str, Standing]]:
    """Return the best first with standard competition ranks, 1 2 2 4; equals in the order of their pseudonyms."""
    order = sorted(scored, key=lambda pair: (-round(pair[0] / SAME), pair[1].name.casefold()))
    found: list[tuple[str, Standing]] = []
    for place, (score, standing_) in enumerate(order):
        tied = place > 0 and abs(order[place - 1][0] - score) < SAME
        found.append((found[-1][0] if tied else str(place + 1), standing_))
    return found


def _overall(
    result: ClassResult, titles: Mapping[str, str], by_task: Mapping[str, Mapping[str, Standing | None]]
) -> Ranking:
    """Rank by the points of the tasks that count, without what could not be decided, as for a fault of the harness."""
    scored: list[tuple[float, Standing]] = []
    shares: dict[int, list[float | None]] = {}
    for student in result.students:
        own = {name: by_task[name].get(student.slug) for name in titles}
        if any(own.values()):
            earned = math.fsum(s.earned for s in own.values() if s)
            possible = math.fsum(s.possible for s in own.values() if s)
            whole = Standing(name_of(student), earned, possible, {})
            scored.append((whole.share, whole))
            shares[id(whole)] = [None if (s := own[name]) is None else s.share for name in titles]
    entries = [
        RankedLine(
            rank=rank,
            name=s.name,
            mark=f"{points(s.earned)} / {points(s.possible)}",
            percent=percent(s.share),
            share=round(s.share, 6),
            values=[percent(v) if v is not None else MISSING for v in shares[id(s)]],
            numbers=[_short(v) for v in shares[id(s)]],
        )
        for rank, s in _ranks(scored)
    ]
    heads = [Head(title, "", "") for title in titles.values()]
    passing = _passing(result, (s for _, s in scored))
    return Ranking(Phrase("Overall"), heads, entries, len(result.students) - len(scored), passing)
