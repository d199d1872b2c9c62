"""How far grading has come, on a page that is written while it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.grading.results import ClassResult
from harness.records.models import Status
from harness.report.class_page.rows import StudentRow
from harness.report.words.moments import date
from harness.report.words.phrase import Phrase, plural


@dataclass(frozen=True)
class Live:
    """A page written while grading goes on, at `written` (UTC in ISO 8601); the next follows after `every_s`.

    `left_s` is an estimate of the seconds to the end, None where there is none yet. `cards` are the slugs of those
    whose card is there already, who are the submissions that are finished.
    """

    written: str
    every_s: float
    left_s: float | None = None
    cards: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ClassProgress:
    """`done` of `of` submissions are graded. `live` is None where grading was interrupted."""

    done: int
    of: int
    live: Live | None

    @property
    def written(self) -> str:
        return date(self.live.written) if self.live else ""

    @property
    def percent(self) -> int:
        return 100 * self.done // self.of if self.of else 0

    @property
    def text(self) -> Phrase:
        return plural(
            self.of,
            "%(done)s of %(n)s submission graded",
            "%(done)s of %(n)s submissions graded",
            done=f"{self.done:,}",
            n=f"{self.of:,}",
        )

    @property
    def left(self) -> Phrase | None:
        """Return about how long it still takes."""
        if self.live is None or self.live.left_s is None:
            return None
        minutes = round(self.live.left_s / 60)
        if minutes < 1:
            return Phrase("less than a minute left")
        hours, rest = divmod(minutes, 60)
        return Phrase("about %(time)s left", time=f"{hours} h {rest} min" if hours else f"{minutes} min")


def progress(
    result: ClassResult, rows: Sequence[StudentRow], expected: int | None, live: Live | None
) -> ClassProgress | None:
    """Return how far a class has come; None where grading is complete."""
    if result.complete and live is None:
        return None
    done = len(live.cards) if live else sum(row.status is not Status.NOT_RUN for row in rows)
    return ClassProgress(done, max(len(rows), expected or 0), live)
