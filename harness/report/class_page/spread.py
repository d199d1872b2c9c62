"""How marks are spread: ten bins, quartiles and outcomes, for the whole class and for each task."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from harness.report.class_page.rows import StudentRow
from harness.report.words.marks import (
    ABSENT,
    EXCUSED,
    HARNESS_ERROR,
    MISSED,
    NOT_PASSED,
    NOT_RUN,
    OPEN,
    PARTLY,
    PASSED,
    REACHED,
    STUDENT_ERROR,
    Outcome,
)
from harness.report.words.phrase import Phrase
from harness.report.words.text import percent

BINS = 10
OUTCOMES = (PASSED, NOT_PASSED, OPEN, REACHED, PARTLY, MISSED, STUDENT_ERROR, HARNESS_ERROR, NOT_RUN, ABSENT, EXCUSED)


@dataclass(frozen=True)
class Bin:
    """How many marks lie in ten percent points; `height` is relative to the fullest bin, in percent."""

    label: str
    n: int
    height: int


@dataclass(frozen=True)
class Part:
    """How many have one outcome; `share` is in [0, 1] of all."""

    outcome: Outcome
    n: int
    share: float


@dataclass(frozen=True)
class Spread:
    """The marks of a class, or of one task in it. `unmarked` have no mark yet and are not counted in `n`."""

    title: str
    n: int
    unmarked: int
    mean: str
    median: str
    middle: str
    bins: list[Bin]
    parts: list[Part]

    @property
    def words(self) -> str:
        """Return the bins in words, for those who do not see them."""
        return ", ".join(f"{b.label}: {b.n}" for b in self.bins)


def spread(title: str, shares: Sequence[float | None], outcomes: Iterable[Outcome]) -> Spread:
    """Arrange marks as shares in [0, 1], None for one that is not decided."""
    marked = [share for share in shares if share is not None]
    low, mid, high = quartiles(marked)
    return Spread(
        title=title,
        n=len(marked),
        unmarked=len(shares) - len(marked),
        mean=percent(fmean(marked) if marked else None),
        median=percent(mid),
        middle=Phrase("%(low)s to %(high)s", low=percent(low), high=percent(high)) if len(marked) > 3 else "–",
        bins=bins(marked),
        parts=parts(outcomes),
    )


def quartiles(shares: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """Return the quartiles, interpolated between the values as NumPy does; None where there is no value."""
    if len(shares) > 1:
        low, mid, high = quantiles(shares, n=4, method="inclusive")
        return low, mid, high
    return (shares[0], shares[0], shares[0]) if shares else (None, None, None)


def bins(shares: Iterable[float]) -> list[Bin]:
    """Count shares in [0, 1] by ten percent points; 100 % falls in the last bin."""
    counts = [0] * BINS
    for share in shares:
        # A mark of 7 / 10 must not fall below 70 % by a rounding error.
        counts[max(0, min(BINS - 1, int(min(1.0, max(0.0, share)) * BINS + 1e-9)))] += 1
    most = max(counts) or 1
    return [Bin(f"{10 * i}–{10 * i + 10} %", n, round(100 * n / most)) for i, n in enumerate(counts)]


def parts(outcomes: Iterable[Outcome]) -> list[Part]:
    """Count outcomes, those that occur, the best first."""
    counts = Counter(outcomes)
    every = sum(counts.values())
    return [Part(outcome, counts[outcome], counts[outcome] / every) for outcome in OUTCOMES if counts[outcome]]


def task_spreads(titles: Sequence[str], rows: Sequence[StudentRow]) -> list[Spread]:
    """Return the marks of each task; who handed nothing in for it is left out."""
    found = []
    for column, title in enumerate(titles):
        cells = [cell for row in rows if (cell := row.cells[column]) is not None]
        found.append(spread(title, [c.mark.share for c in cells], [c.outcome for c in cells]))
    return found


def class_spread(title: str, rows: Sequence[StudentRow]) -> Spread:
    """Return the marks of the whole class."""
    return spread(title, [row.mark.share for row in rows], [row.outcome for row in rows])
