"""Reports that hold what people entered: who writes them takes turns, and reads the newest decisions when it is his."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.grading.astray import astray
from harness.grading.results import ClassResult
from harness.records.hand_marks import read_newest
from harness.records.locks import locked
from harness.records.models import Newest
from harness.records.roster import people_of

Tell = Callable[[str], None]
SO_FAR = "records/so-far.json"  # results of a class that is still being graded, for `harness serve` to read


@contextmanager
def turn_to_write(out: Path) -> Iterator[Newest]:
    """Wait until nobody else writes reports into `out`, and yield people's decisions of that moment.

    A decision made later is put into the reports by who enters it, who waits for this turn to end. The turn ends with
    the process, however it ends. Raises ResultsError where `out` cannot be written or the decisions not be read.
    """
    with locked(out / "records" / "reports.lock"):
        yield read_newest(out)


def tell_astray(result: ClassResult, by_hand: Newest, out: Path, tell: Tell) -> None:
    """Tell of every decision that applies to nothing in the class."""
    if found := astray(result, by_hand):
        names = {person.slug: person.name for person in people_of(out)}
        for some in found:
            tell(f"{some.told(names)}; they count for nothing now, and are kept.")
