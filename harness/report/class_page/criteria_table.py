"""The criteria of a class: how marks for each are spread, and which of them told strong work from weak."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from harness.grading.item_rest import ItemRest
from harness.grading.results import CriterionResult, StudentResult
from harness.records.models import Status
from harness.report.class_page.shares import Column, Key, columns, separation
from harness.report.class_page.spread import Bin, Part, bins, parts
from harness.report.words.marks import criterion_outcome
from harness.report.words.phrase import Phrase
from harness.report.words.text import MISSING, percent

LISTED = 4  # criteria in one sentence; the table has all
ENOUGH = 10  # measured submissions without which nothing is said about the class


@dataclass(frozen=True)
class CriterionRow:
    """`mean` is that of the shares earned; `bins` spreads them; `parts` counts outcomes, those not decided included.

    `rest` is the corrected item-total correlation in words with `over` how many submissions, and `value` as a number.
    """

    task: str
    text: str
    points: float
    hidden: bool
    manual: bool
    decided: int
    reached: int
    mean: str
    share: float
    bins: list[Bin]
    parts: list[Part]
    rest: str
    interval: str
    value: float | None
    over: int

    @property
    def words(self) -> str:
        """Return the bins in words, for those who do not see them."""
        return ", ".join(f"{b.label}: {b.n}" for b in self.bins)


@dataclass(frozen=True)
class CriteriaTable:
    """`notes` are sentences on what stands out, `striking` those of them that say more than that nothing does."""

    notes: list[Phrase]
    striking: list[Phrase]
    rows: list[CriterionRow]


def criteria_table(students: Sequence[StudentResult]) -> CriteriaTable:
    """Arrange every criterion of a class, hidden ones included."""
    found = columns(students)
    rest = separation(found)
    several = len({column.task for column in found.values()}) > 1
    separated, best = _separated(found, rest, several)
    reaches = _reaches(found, several)
    rows = [_row(column, rest[key]) for key, column in found.items()]
    return CriteriaTable([separated, *reaches], [separated, *reaches] if best else reaches, rows)


def reached(column: Column) -> int:
    return sum(c.status is Status.PASSED and not c.manual for c in column.results.values())


def _row(column: Column, rest: ItemRest) -> CriterionRow:
    first = column.first
    shares = [_share(c) for c in column.decided if c.points > 0]
    mean = fmean(shares) if shares else None
    return CriterionRow(
        task=column.title,
        text=first.text,
        points=first.points,
        hidden=first.hidden,
        manual=first.manual,
        decided=len(shares),
        reached=reached(column),
        mean=percent(mean),
        share=-1.0 if mean is None else mean,
        bins=bins(shares),
        parts=parts(criterion_outcome(c) for c in column.results.values()),
        rest=MISSING if rest.r is None else signed(rest.r),
        interval="" if rest.interval is None else f"{signed(rest.interval[0])} … {signed(rest.interval[1])}",
        value=rest.r,
        over=rest.n,
    )


def _share(criterion: CriterionResult) -> float:
    return (criterion.earned or 0.0) / criterion.points


def signed(r: float) -> str:
    """Return a correlation with two decimals and a real minus."""
    return f"{r:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _reaches(found: Mapping[Key, Column], several: bool) -> list[Phrase]:
    """Say which targets nobody and which everybody reached."""
    automatic = [c for c in found.values() if not c.first.manual and len(c.decided) > 1]
    nobody = [_named(c, several) for c in automatic if not reached(c)]
    everybody = [_named(c, several) for c in automatic if reached(c) == len(c.results)]
    notes = []
    if nobody:
        notes.append(Phrase("Nobody reached the target: %(criteria)s.", criteria=_listed(nobody)))
    if everybody:
        notes.append(Phrase("Everybody reached the target: %(criteria)s.", criteria=_listed(everybody)))
    return notes


def _listed(names: Sequence[str]) -> str:
    first = "; ".join(names[:LISTED])
    more = len(names) - LISTED
    return Phrase("%(first)s and %(n)s more", first=first, n=more) if more > 0 else first


def _separated(found: Mapping[Key, Column], rest: Mapping[Key, ItemRest], several: bool) -> tuple[Phrase, bool]:
    """Say which criterion separated the class most, and whether there is one."""
    if max((r.n for r in rest.values()), default=0) < ENOUGH:
        words = Phrase(
            "Fewer than %(n)s submissions were measured: too few to say which criterion separated the class.", n=ENOUGH
        )
        return words, False
    ranked = sorted((k for k, r in rest.items() if r.n >= ENOUGH and r.separates), key=lambda k: -(rest[k].r or 0))
    if not ranked:
        return Phrase("No criterion separated the class by more than chance would."), False
    best = rest[ranked[0]]
    words = Phrase(
        "What separated the class most: %(criterion)s; r = %(r)s with the mark in everything else, over %(n)s"
        " submissions.",
        criterion=_named(found[ranked[0]], several),
        r=signed(best.r or 0),
        n=best.n,
    )
    return words, True


def _named(column: Column, several: bool) -> str:
    text = f"“{column.first.text.strip()}”"
    return Phrase("%(criterion)s in %(task)s", criterion=text, task=column.title) if several else text
