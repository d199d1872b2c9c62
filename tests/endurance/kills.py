"""Counts what comes of verbs that are killed at random moments: afterwards the same marks, and nothing left behind."""

import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

from endurance.flips import Marks, outcome, seen
from endurance.killed import do, killed_after
from workflow.classes import graded, options

SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SERVED_S = 0.6  # how long a desk is open at most


def kills(verb: str, folder: Path, times: int, seed: int) -> Counter[str]:
    """Kill a verb so many times between its start and its end, and grade again after each; count what came of it."""
    rng = random.Random(f"{verb}/{seed}")
    right = seen(graded(folder / "class", options(folder)))
    do("publish", folder)
    took_s = SERVED_S if verb == "serve" else _timed(verb, folder)
    counts: Counter[str] = Counter()
    for _ in range(times):
        if verb == "grade":
            for path in (folder / "out" / "records").glob("records.sqlite*"):
                path.unlink()
        killed_after(verb, folder, rng.uniform(0, 1.1 * took_s), rng.choice(SIGNALS))
        counts[_found(folder, right)] += 1
    return counts


def _timed(verb: str, folder: Path) -> float:
    started = time.monotonic()
    if verb == "grade":
        for path in (folder / "out" / "records").glob("records.sqlite*"):
            path.unlink()
    do(verb, folder)
    return time.monotonic() - started


def _found(folder: Path, right: Marks) -> str:
    """Return what stands after a kill: marks when graded again, cards when published again, and what is left over."""
    cards = {p.name for p in (folder / "out" / "published").glob("*.html")}
    found = outcome(lambda f: seen(graded(f / "class", options(f))), folder, right)
    if found != "same":
        return found
    do("publish", folder)
    if {p.name for p in (folder / "out" / "published").glob("*.html")} != cards:
        return "ANOTHER CARD"
    left = [*(folder / "out").glob("work*"), *Path(tempfile.gettempdir()).glob("harness-read-*")]
    return f"LEFT {left[0].name}" if left else "same"
