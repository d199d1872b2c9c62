"""Reports that hold what people entered: who writes them takes turns, and reads the newest decisions when it is his."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.records.files import writing
from harness.records.hand_marks import read_newest
from harness.records.models import Newest

SO_FAR = "records/so-far.json"  # results of a class that is still being graded, for `harness serve` to read


@contextmanager
def turn_to_write(out: Path) -> Iterator[Newest]:
    """Wait until nobody else writes reports into `out`, and yield people's decisions of that moment.

    A decision made later is put into the reports by who enters it, who waits for this turn to end. The turn ends with
    the process, however it ends. Raises ResultsError where `out` cannot be written or the decisions not be read.
    """
    with writing(out / "records"):
        (out / "records").mkdir(parents=True, exist_ok=True)
        lock = (out / "records" / "reports.lock").open("w")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read_newest(out)
